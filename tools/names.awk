# SPDX-License-Identifier: Apache-2.0
# names.awk MODELS...: enums of entity, field, state, transition and hook names for C, by reading the
# two outer levels of the model files (docs/model-language.md); the model compiler checks the rest.
BEGIN { print "/* Made from models/ by tools/names.awk. */\n#ifndef GEN_NAMES_H\n#define GEN_NAMES_H" }
function emit(kind, e, name,   k) {
        k = toupper(kind "_" (e == "" ? "" : e "_") name); gsub(/[^A-Z0-9_]/, "_", k)
        if (!(k in seen)) { seen[k] = 1; printf "#define %s \"%s\"\n", k, name }
}
FNR == 1 { entity = ""; section = "" }
/^(entity|extend):/ { entity = $2; k = "ENTITY_" toupper(entity); if (!(k in seen)) { seen[k] = 1; printf "#define %s \"%s\"\n", k, entity } next }
/^[a-z_]+:/ { section = substr($1, 1, length($1) - 1); next }
entity != "" && /^  [a-z_0-9]+:/ {
        name = $1; sub(/:.*/, "", name)
        if (section == "fields") emit("field", entity, name)
        else if (section == "states") emit("state", entity, name)
        else if (section == "transitions") emit("move", entity, name)
}
/call: *[a-z_]+/ && entity != "" { match($0, /call: *[a-z_]+/); h = substr($0, RSTART, RLENGTH); sub(/call: */, "", h); emit("hook", "", h) }
END { print "#endif" }
