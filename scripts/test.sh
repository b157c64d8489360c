#!/bin/sh
# All tests: Rust (nextest where it is installed), doctests, examples, and the web page's own.
set -eu

cd "$(dirname "$0")/.."
. scripts/common.sh

export INSTA_UPDATE=no

if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --workspace ${CI:+--profile ci}
    # nextest runs no doctests.
    cargo test --workspace --doc
else
    cargo test --workspace
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
else
    skip "the web page's own tests" "scripts/setup.sh test"
fi
