# Shared by the set-up scripts: how they speak and how they ask. Sourced, never run.

ok() { printf 'ok    %s\n' "$*"; }
doing() { printf 'do    %s\n' "$*"; }
# skip WHAT REMEDY: something optional is not there.
skip() { printf 'skip  %s\n      remedy: %s\n' "$1" "$2"; }
# fail WHAT REMEDY: something needed is not there.
fail() { printf 'fail  %s\n      remedy: %s\n' "$1" "$2" >&2; }

has() { command -v "$1" >/dev/null 2>&1; }

# One line that changes whenever the file does.
fingerprint() { cksum <"$1"; }

# Whether the speech engines can be compiled here: whisper.cpp needs cmake and C++, sound needs ALSA's headers on Linux.
can_build_voice() {
    has cmake && has c++ || return 1
    [ "$(uname -s)" != Linux ] || { has pkg-config && pkg-config --exists alsa; }
}
