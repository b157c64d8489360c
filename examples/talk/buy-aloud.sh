#!/bin/sh
# Buys coffee aloud, without a microphone: a voice of this machine asks, hears what is offered, and says the two words of the
# approval, which are drawn anew each time and which no recording can hold. Everything that errand says is in answer.wav.
# What costs more than the person lets be bought by voice is put on the screen instead (docs/errors/SPEECH-0002.md).
#
#   make run                          in another terminal
#   examples/talk/buy-aloud.sh [ANSWER.wav]
#
# Needs flite and a recogniser (`errand voice doctor`). ERRAND names another program than the one that is built here.
set -eu

answer=${1:-answer.wav}
errand=${ERRAND:-target/debug/errand}
request="order coffee beans"

command -v flite >/dev/null 2>&1 || {
    echo "flite is not installed; remedy: apt-get install flite" >&2
    exit 77
}

work=$(mktemp -d)
talk=
finish() {
    exec 3>&- || true
    [ -n "$talk" ] && kill "$talk" 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

mkfifo "$work/sound"
: >"$work/events"
# Left unquoted on purpose: the command has words.
$errand talk --wav - --out "$answer" --json <"$work/sound" >"$work/events" 2>"$work/errors" &
talk=$!
exec 3>"$work/sound"

# say TEXT: speaks it into the ear of errand. The text goes by standard input, since lists of processes are public.
say() {
    printf '%s\n' "$1" | flite -voice slt -f /dev/stdin -o "$work/said.wav"
    tail -c +45 "$work/said.wav" >&3
}

# quiet: a fifth of a second of silence. The sound is the clock: while errand works or waits for an answer, it stands still.
quiet() { head -c 6400 /dev/zero >&3; }

seen=0
found=
# await PATTERN: sends silence until a new line of events matches; the line is in $found.
await() {
    while :; do
        line=$(tail -n "+$((seen + 1))" "$work/events" | grep -m1 -nE "$1" || true)
        if [ -n "$line" ]; then
            seen=$((seen + ${line%%:*}))
            found=${line#*:}
            return
        fi
        if ! kill -0 "$talk" 2>/dev/null; then
            echo "errand ended:" >&2
            cat "$work/errors" >&2
            exit 1
        fi
        quiet
    done
}

# field NAME: a text of the line in $found.
field() { printf '%s\n' "$found" | sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p"; }

for _ in 1 2 3 4 5; do quiet; done
echo "says    $request"
say "$request"
await '"event":"heard"'
echo "heard   $(field text)"
for _ in 1 2 3 4 5 6 7 8; do
    await '"event":"(approval|bought|resolved)"'
    case $found in
    *'"event":"bought"'*)
        echo "bought  order $(field number)"
        break
        ;;
    *'"kind":"consent"'*)
        await '"event":"silent"'
        echo "says    yes please"
        say "yes please"
        ;;
    *'"event":"approval"'*)
        words=$(field words)
        await '"event":"silent"'
        echo "says    the two words"
        say "$words"
        ;;
    esac
done
await '"event":"silent"'
exec 3>&-
wait "$talk" || true
talk=
echo "answer  $answer"
