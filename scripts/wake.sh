#!/bin/sh
# Fetches the network of the wake word for the tests, into target/voice/wake: the same files, from the same place and with the
# same digests, as `errand voice setup wake` (voice/models.toml).
set -eu

cd "$(dirname "$0")/.."
. scripts/common.sh

list=voice/models.toml
home=target/voice

# The value of a key in the list's entry `wake`; the second word says which one, where there are several.
of() { sed -n '/^name = "wake"/,$p' $list | sed -n "s/^$1 = \"\(.*\)\"\$/\1/p" | sed -n "${2:-1}p"; }

digest() { if has sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1; }

is_there() {
    for n in 1 2; do
        file=$home/wake/$(of file $((n + 1)))
        [ -f "$file" ] && [ "$(digest "$file")" = "$(of sha256 $((n + 1)))" ] || return 1
    done
}

get() { if has curl; then curl -sSfL --retry 2 -o "$1" "$2"; else wget -qO "$1" "$2"; fi; }

if ! is_there; then
    mkdir -p $home/wake
    package=$home/$(of file)
    get "$package.part" "$(of base)$(of path)"
    [ "$(digest "$package.part")" = "$(of sha256)" ] || {
        rm -f "$package.part"
        echo "the package is not the one that $list means" >&2
        exit 1
    }
    mv "$package.part" "$package"
    for n in 1 2; do
        tar -xzOf "$package" "$(of path $((n + 1)))" >"$home/wake/$(of file $((n + 1)))"
    done
    is_there || {
        echo "a file of the package is not the one that $list means" >&2
        exit 1
    }
fi
