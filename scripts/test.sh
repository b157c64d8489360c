#!/bin/sh
# All tests: Rust (nextest where it is installed), doctests, examples, and the web page's own.
set -eu

cd "$(dirname "$0")/.."
. scripts/common.sh

export INSTA_UPDATE=no

packages="--workspace --features errand-cli/native-voice,errand-tests/native-voice,errand-voice-bench/whisper"
if ! can_build_voice; then
    skip "the speech engines" "scripts/setup.sh test"
    packages="--workspace --exclude errand-voice-device"
fi

# Left unquoted on purpose: the flags are words.
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run $packages ${CI:+--profile ci}
    # nextest runs no doctests.
    cargo test $packages --doc
else
    cargo test $packages
fi

for example in examples/src/*.rs; do
    name=$(basename "$example" .rs)
    [ "$name" = lib ] && continue
    doing "example $name"
    cargo run -q -p errand-examples --example "$name" >target/example.log 2>&1 ||
        { cat target/example.log; exit 1; }
done

web=crates/server/web
if has node && [ -d $web/node_modules ]; then
    (cd $web && npm test --silent)
    # In a browser, in real time: a machine that stood still for a moment gets another try.
    (cd $web && { npm run --silent test:page || npm run --silent test:page; })
else
    skip "the web page's own tests" "scripts/setup.sh test"
fi
