#!/bin/sh
# Builds errand, with microphone and loudspeaker where they can be built, and starts it with the demo shops.
set -eu

cd "$(dirname "$0")/.."
. scripts/common.sh

features=
if can_build_voice; then
    features="--features native-voice"
else
    skip "microphone, loudspeaker and whisper.cpp are not built in: files and text work" "scripts/setup.sh run"
fi

# Left unquoted on purpose: the flags are words.
exec cargo run -p errand-cli $features -- up
