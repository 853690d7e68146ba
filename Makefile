# SPDX-License-Identifier: Apache-2.0
#
# make                 build/openitr
# make unit            every unit test (src/**/*_test.c), run
# make MODE=asan|tsan  the same into build/asan, build/tsan
# make sql             every SQL statement, prepared on both engines (OPENITR_TEST_PG names the PostgreSQL)
# make fuzz            fuzz targets of tests/fuzz into build/fuzz (clang libFuzzer)
# make docs            docs/openitr.1 and packaging/openitr.bash-completion from the program's own tables
# make install         into $(DESTDIR)$(PREFIX)
# make web             the browser app into web/dist (embedded by the next make)
# make floors          checks that no folder includes from a floor above
MODE ?= release
O := build$(if $(filter-out release,$(MODE)),/$(MODE))
CC ?= gcc
PKGS := libmicrohttpd libsodium glib-2.0 yaml-0.1 sqlite3 libpq expat zlib liblzma libzstd gmime-3.0 libcurl
CFLAGS ?= -O2 -g
CFLAGS_release := -fno-plt
CFLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
CFLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
CFLAGS_tsan := -O1 -fsanitize=thread -fno-omit-frame-pointer
WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wno-unused-parameter
VERSION := $(shell cat VERSION)
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS))
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE -pthread -Isrc -I$(O) -DOPENITR_VERSION='"$(VERSION)"' $(WARN) $(CFLAGS) $(CFLAGS_$(MODE)) $(PKG_CFLAGS)
LDLIBS := $(shell pkg-config --libs $(PKGS)) -pthread -lm

SRC := $(sort $(shell find src -name '*.c' ! -name '*_test.c'))
TEST := $(sort $(shell find src -name '*_test.c'))
OBJ := $(SRC:src/%.c=$(O)/obj/%.o)
LIBOBJ := $(filter-out $(O)/obj/cmd/main.o,$(OBJ)) $(O)/gen/embed.o
TESTBIN := $(TEST:src/%.c=$(O)/unit/%)
FUZZBIN := $(patsubst tests/fuzz/%.c,$(O)/%,$(sort $(wildcard tests/fuzz/*_fuzz.c)))
EMBED := $(sort $(shell find demo models rules notices maps web/dist -type f \( -name '*.yaml' -o -path 'web/dist/*' \) 2>/dev/null))

.PHONY: all unit unit-build sql fuzz fuzz-build floors clean web docs install
all: $(O)/openitr floors

$(O)/openitr: $(O)/obj/cmd/main.o $(O)/libopenitr.a
	@echo "  LD $@"
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(O)/libopenitr.a: $(LIBOBJ)
	@rm -f $@
	@ar rcs $@ $^

$(O)/obj/%.o: src/%.c | $(O)/gen/names.h
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The version is in no file that these include.
$(patsubst src/%.c,$(O)/obj/%.o,$(shell grep -rl OPENITR_VERSION src --include='*.c')): VERSION

# Names of entities, fields, states and hooks as C enums: a wrong name in C does not compile.
$(O)/gen/names.h: tools/names.awk $(wildcard models/*.yaml)
	@mkdir -p $(@D)
	@awk -f tools/names.awk $(sort $(wildcard models/*.yaml)) > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
	@touch $@

$(O)/gen/embed.S: tools/embed $(EMBED) build/.embed-list
	@mkdir -p $(@D)
	@tools/embed $(EMBED) > $@
$(O)/gen/embed.o: $(O)/gen/embed.S
	@$(CC) -c -o $@ $<
# Changes only when the list of files does, so that a removed file is noticed too.
build/.embed-list: force
	@mkdir -p build
	@echo '$(EMBED)' | cmp -s - $@ || echo '$(EMBED)' > $@
.PHONY: force
force:

$(O)/unit/%: src/%.c $(O)/libopenitr.a
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(O)/libopenitr.a $(LDLIBS) -lcmocka

unit: $(TESTBIN)
	tools/run-unit $(TESTBIN)

unit-build: $(TESTBIN)

# Every SQL literal and every statement made from the model, prepared on both engines.
sql: $(O)/sql-prepare
	tools/sql-literals $(SRC) | $<
$(O)/sql-prepare: tests/sql/prepare.c $(O)/libopenitr.a
	$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(O)/libopenitr.a $(LDLIBS)

fuzz:
	@$(MAKE) --no-print-directory MODE=fuzz CC=clang fuzz-build
fuzz-build: $(FUZZBIN)
$(O)/%_fuzz: tests/fuzz/%_fuzz.c $(O)/libopenitr.a
	@echo "  LD $@"
	@$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -MMD -MP -MF $@.d -o $@ $< $(O)/libopenitr.a $(LDLIBS)

floors:
	@tools/floors

web:
	tools/build-web

docs: $(O)/openitr
	$< help --format man > docs/openitr.1
	$< help --format bash > packaging/openitr.bash-completion

PREFIX ?= /usr/local
install: $(O)/openitr
	install -D -m 755 $< $(DESTDIR)$(PREFIX)/bin/openitr
	install -D -m 644 docs/openitr.1 $(DESTDIR)$(PREFIX)/share/man/man1/openitr.1
	install -D -m 644 packaging/openitr.bash-completion $(DESTDIR)$(PREFIX)/share/bash-completion/completions/openitr
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|@PREFIX@|$(PREFIX)|' packaging/openitr.service > $(DESTDIR)$(PREFIX)/lib/systemd/system/openitr.service

clean:
	rm -rf build

-include $(OBJ:.o=.d) $(TESTBIN:=.d) $(FUZZBIN:=.d) $(O)/sql-prepare.d
