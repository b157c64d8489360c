#!/bin/sh
# Makes one Python environment per foreign client under target/pytools, from pinned files with
# hashes. Clients do not share one: they want different versions of the same libraries.
# A client that cannot be installed is skipped, and the tests that need it say so.
set -eu

cd "$(dirname "$0")/.."
. scripts/common.sh

home=target/pytools

find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if has $name && $name -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo $name
            return
        fi
    done
}

# make NAME: the environment target/pytools/NAME from tests/foreign/requirements-NAME.txt.
make_one() {
    name=$1
    pinned=tests/foreign/requirements-$name.txt
    stamp=$home/$name/.made-from
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint "$pinned")" ]; then
        ok "Python client $name"
        return
    fi
    if [ -z "$python" ]; then
        skip "Python client $name: no Python 3.11 or later" "install python3 and python3-venv"
        return
    fi
    doing "Python client $name"
    rm -rf "${home:?}/$name"
    log=$home/$name.log
    # Where a file begins with this, it lists all that is wanted.
    deps=
    case $(head -n 1 "$pinned") in "# no-deps"*) deps=--no-deps ;; esac
    if $python -m venv "$home/$name" >"$log" 2>&1 &&
        "$home/$name/bin/python" -m pip install --quiet --disable-pip-version-check --timeout 60 \
            $deps --require-hashes -r "$pinned" >>"$log" 2>&1; then
        fingerprint "$pinned" >"$stamp"
        ok "Python client $name"
    else
        rm -rf "${home:?}/$name"
        skip "Python client $name could not be installed" "see $log, then run scripts/pytools.sh again"
    fi
}

mkdir -p $home/bin
python=$(find_python)
for client in spck openai agents wyoming satellite livekit pipecat litellm; do
    make_one $client
done
ln -sf ../spck/bin/spck-conformance $home/bin/spck-conformance
