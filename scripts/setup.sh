#!/bin/sh
# Looks for what errand needs on this machine, says what is missing, and installs it with the
# package manager of the system (apt-get or brew).
#
#   scripts/setup.sh run     what `make run` needs
#   scripts/setup.sh test    that, and the clients and the browser that the tests use
#
# It installs without asking when it runs as root, in CI, or with ERRAND_SETUP_YES=1; at a
# terminal it asks first; otherwise it only says what to type. What is optional is skipped.
set -eu

cd "$(dirname "$0")/.."
. scripts/common.sh

RUST_MIN_MINOR=89
kind=${1:-run}
case $kind in
run | test) ;;
*)
    echo "usage: scripts/setup.sh [run|test]" >&2
    exit 2
    ;;
esac

# The command that installs packages, for showing and for running; empty when there is none.
installer() {
    if has apt-get; then
        if [ "$(id -u)" = 0 ]; then
            echo "apt-get install -y --no-install-recommends"
        elif has sudo; then
            echo "sudo apt-get install -y --no-install-recommends"
        fi
    elif has brew; then
        echo "brew install"
    fi
}

may_install() {
    [ "$(id -u)" = 0 ] || [ -n "${CI:-}" ] || [ "${ERRAND_SETUP_YES:-}" = 1 ] && return 0
    [ -t 0 ] && [ -t 1 ] || return 1
    printf 'ask   %s is missing. Run this? %s [y/N] ' "$1" "$2"
    read -r answer || return 1
    case $answer in y | Y | yes) return 0 ;; *) return 1 ;; esac
}

lists_are_fresh=no

# install WHAT PACKAGE...: true when the package manager has done it.
install() {
    what=$1
    shift
    with=$(installer)
    [ -n "$with" ] && may_install "$what" "$with $*" || return 1
    doing "$with $*"
    # Left unquoted on purpose: the command has words.
    if has apt-get && [ $lists_are_fresh = no ]; then
        ${with%% install*} update -q >/dev/null 2>&1 || true
        lists_are_fresh=yes
    fi
    # A package manager must not eat what a person types ahead.
    DEBIAN_FRONTEND=noninteractive $with "$@" </dev/null >/dev/null 2>&1
}

# The remedy in words: the command to type, or a hint where there is no package manager.
remedy() {
    with=$(installer)
    if [ -n "$with" ]; then echo "$with $*"; else echo "install: $*"; fi
}

# The names of packages on apt and on brew.
for_system() { if has apt-get; then echo "$1"; else echo "$2"; fi; }

check_rust() {
    if ! has rustc || ! has cargo; then
        fail "no Rust toolchain" "install it from https://rustup.rs, then open a new terminal"
        return 1
    fi
    version=$(rustc --version | cut -d' ' -f2)
    minor=$(echo "$version" | cut -d. -f2)
    if [ "$minor" -lt $RUST_MIN_MINOR ]; then
        fail "Rust $version is too old, 1.$RUST_MIN_MINOR is needed" "rustup update stable"
        return 1
    fi
    ok "Rust $version"
}

check_compiler() {
    packages=$(for_system build-essential gcc)
    if has cc || { install "a C compiler" "$packages" && has cc; }; then
        ok "C compiler ($(command -v cc))"
        return 0
    fi
    fail "no C compiler (SQLite and the cryptography are built from C)" "$(remedy "$packages")"
    return 1
}

check_node() {
    packages=$(for_system "nodejs npm" node)
    # shellcheck disable=SC2086
    if has npm || { install "Node.js (for the library of the web page)" $packages && has npm; }; then
        ok "Node.js $(node --version)"
    else
        skip "no Node.js: the web page will say that its library is missing, the terminal works" \
            "$(remedy "$packages")"
    fi
}

has_venv() { python3 -m ensurepip --version >/dev/null 2>&1; }

check_python() {
    packages=$(for_system "python3 python3-venv" python)
    # shellcheck disable=SC2086
    if has_venv || { install "Python with venv" $packages && has_venv; }; then
        ok "$(python3 --version)"
    else
        skip "no Python with venv: tests with foreign Python clients are left out" \
            "$(remedy "$packages")"
    fi
}

check_chromium() {
    for name in chromium chromium-browser google-chrome; do
        if has $name; then
            ok "browser ($name)"
            return
        fi
    done
    if [ -d "/Applications/Google Chrome.app" ] || [ -d "/Applications/Chromium.app" ]; then
        ok "browser (in /Applications)"
    elif install "Chromium (for the test of the web page)" chromium && has chromium; then
        ok "browser (chromium)"
    else
        skip "no Chromium: the test of the web page is left out" "$(remedy chromium)"
    fi
}

# A voice for the tests that need synthetic speech.
check_espeak() {
    if has espeak-ng || { install "espeak-ng (speech for tests)" espeak-ng && has espeak-ng; }; then
        ok "espeak-ng"
    else
        skip "no espeak-ng: tests with synthetic speech are left out" "$(remedy espeak-ng)"
    fi
}

check_nextest() {
    if cargo nextest --version >/dev/null 2>&1; then
        ok "cargo-nextest"
    else
        skip "no cargo-nextest: the tests run with cargo test" "cargo install --locked cargo-nextest"
    fi
}

# What the room voice/device is built with. Without it everything else is built and tested.
check_voice_build() {
    packages=$(for_system "cmake pkg-config g++ libasound2-dev" cmake)
    # shellcheck disable=SC2086
    if can_build_voice || { install "what speech is built with" $packages && can_build_voice; }; then
        ok "speech can be built (cmake, sound headers)"
    else
        skip "microphone, loudspeaker and whisper.cpp are neither built nor tested" "$(remedy "$packages")"
    fi
}

has_voice_engines() {
    has espeak-ng && has flite && [ -f /usr/share/pocketsphinx/model/en-us/en-us/mdef ] &&
        ls /usr/lib/*/libpocketsphinx.so.3 >/dev/null 2>&1
}

has_sound_server() { has pulseaudio && has pactl && ls /usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so >/dev/null 2>&1; }

# Voices and a recogniser that need no model of ours.
check_voice_engines() {
    has apt-get || {
        skip "espeak-ng, flite and PocketSphinx are not set up" "they are set up on Debian and Ubuntu"
        return
    }
    packages="espeak-ng flite libpocketsphinx3 pocketsphinx-en-us libasound2-plugins"
    # shellcheck disable=SC2086
    if has_voice_engines || { install "voices and a recogniser" $packages && has_voice_engines; }; then
        ok "voices and a recogniser (espeak-ng, flite, PocketSphinx)"
    else
        skip "there is nothing to hear and to speak with; text works" "$(remedy "$packages")"
    fi
}

# A sound server for tests without a sound card.
check_sound_server() {
    has apt-get || return 0
    packages="pulseaudio pulseaudio-utils libasound2-plugins"
    if has_sound_server; then
        ok "a sound server for tests (pulseaudio)"
    elif dpkg -s pipewire-alsa >/dev/null 2>&1; then
        skip "PulseAudio cannot be installed beside pipewire-alsa: the tests of the sound card are left out" \
            "run them on a machine without a desktop"
    elif install "a sound server (for tests)" pulseaudio pulseaudio-utils libasound2-plugins && has_sound_server; then
        ok "a sound server for tests (pulseaudio)"
    else
        skip "the tests of the sound card are left out" "$(remedy "$packages")"
    fi
}

check_voice_fixture() {
    if cargo xtask voice-fixture >target/voice-fixture.log 2>&1; then
        ok "the model of the speech tests"
    else
        skip "the model of the speech tests was not composed" "see target/voice-fixture.log, then cargo xtask voice-fixture"
    fi
}

# Models for the tests; people fetch them with `errand voice setup`.
check_model() {
    if scripts/models.sh "$1" >"target/$1.log" 2>&1; then
        ok "$2"
    else
        skip "the tests of $2 are left out" "see target/$1.log, then run scripts/models.sh $1 again"
    fi
}

check_rust
check_compiler
check_node
check_voice_build
check_voice_engines
if [ "$kind" = test ]; then
    check_sound_server
    mkdir -p target
    check_voice_fixture
    check_model wake "the network of the wake word"
    check_model tiny.en "the smallest model of speech"
    check_python
    check_chromium
    check_espeak
    check_nextest
    scripts/pytools.sh
fi
scripts/nodetools.sh "$kind"
