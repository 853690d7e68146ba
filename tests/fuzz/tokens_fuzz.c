/* SPDX-License-Identifier: Apache-2.0
 *
 * tokens_fuzz.c -- any text through the search tokenizer: its invariants hold (src/engine/search_tokens.c).
 */
#include "base/text.h"
#include "engine/search_backend.h"
#include <stdlib.h>

static void
check(bool holds)
{
        if (!holds)
                abort();
}

static bool
is_edge(struct str text, size_t at)
{
        return at == text.n || ((unsigned char)text.p[at] & 0xc0) != 0x80;
}

static void
check_word(struct str word)
{
        check(word.n > 0 && word.n <= SEARCH_TOKEN_MAX && text_valid(word));
        for (size_t i = 0; i < word.n; i++)
                check((unsigned char)word.p[i] >= 0x80 || text_is_word((unsigned char)word.p[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str text = {(const char *)data, size};
        struct tokens t = {0};
        uint32_t last = 0;

        if (!text_valid(text))
                return 0;
        struct arena *a = arena_new(0);
        tokens_add(a, text, &t);
        check(t.count <= SEARCH_TOKENS_MAX && t.bytes <= SEARCH_BYTES_MAX);
        for (size_t i = 0; i < t.count; i++) {
                const struct token *token = &t.list[i];
                check_word(token->word);
                check(token->from < token->to && token->to <= size && token->to >= last);
                check(is_edge(text, token->from) && is_edge(text, token->to));
                check(i > 0 || !token->follows);
                last = token->to;
        }
        arena_free(a);
        return 0;
}
