#!/bin/sh
# Fetches what is pinned in the package-lock.json files: for `run` the library of the web page,
# for `test` also the foreign clients and the driver of the browser.
set -eu

cd "$(dirname "$0")/.."
. scripts/common.sh

kind=${1:-run}

# fetch FOLDER WHAT FLAG...
fetch() {
    folder=$1
    what=$2
    shift 2
    lock=$folder/package-lock.json
    stamp=$folder/node_modules/.made-from
    wanted="$* $(fingerprint "$lock")"
    everything=" $(fingerprint "$lock")"
    if [ -f "$stamp" ]; then
        made=$(cat "$stamp")
        # Having everything is as good as having what was asked for.
        if [ "$made" = "$wanted" ] || [ "$made" = "$everything" ]; then
            ok "$what"
            return
        fi
    fi
    if ! has npm; then
        skip "$what: no npm" "install Node.js 20 or later, then run scripts/nodetools.sh $kind"
        return
    fi
    doing "$what"
    mkdir -p target
    log=target/npm.log
    if (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund "$@") >"$log" 2>&1; then
        echo "$wanted" >"$stamp"
        ok "$what"
    else
        skip "$what could not be fetched" "see $log, then run scripts/nodetools.sh $kind"
    fi
}

if [ "$kind" = test ]; then
    fetch crates/server/web "library of the web page and its test tools"
    fetch tests/foreign/node "Node.js clients"
else
    fetch crates/server/web "library of the web page" --omit=dev
fi
