#!/bin/sh
# A sound server of its own, without a sound card, in real time and both ways:
#
#   voice/testing/pulse.sh COMMAND...
#
# runs a command whose microphone is the sink `vmic_in` and whose loudspeaker can be heard at `vspk.monitor`:
#   paplay --device=vmic_in said.wav
#   parec --device=vspk.monitor --format=s16le --rate=48000 --channels=1
# Programs that use ALSA reach it as well. No configuration of the system is read or changed, root will do, and the server
# ends with the command (its process is told in ERRAND_PULSE_PID). Exit code 77: something is not installed.
set -eu

for program in pulseaudio pactl paplay parec; do
    if ! command -v $program >/dev/null 2>&1; then
        echo "SKIPPED $program is not installed; remedy: scripts/setup.sh test" >&2
        exit 77
    fi
done
if ! ls /usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so >/dev/null 2>&1; then
    echo "SKIPPED ALSA cannot reach PulseAudio; remedy: scripts/setup.sh test (libasound2-plugins)" >&2
    exit 77
fi

RUN=$(mktemp -d)
server=
finish() {
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    rm -rf "$RUN"
}
trap finish EXIT
trap 'exit 130' INT TERM

export XDG_RUNTIME_DIR="$RUN" HOME="$RUN" PULSE_RUNTIME_PATH="$RUN/pulse"
unset DBUS_SESSION_BUS_ADDRESS DISPLAY PULSE_SINK PULSE_SOURCE || true
mkdir -m700 "$PULSE_RUNTIME_PATH"
pulseaudio -n --daemonize=no --use-pid-file=no --exit-idle-time=-1 --log-target=stderr --log-level=error \
    -L "module-native-protocol-unix socket=$RUN/pulse.sock auth-anonymous=1" \
    -L "module-null-sink sink_name=vmic_in rate=48000 channels=1" \
    -L "module-null-sink sink_name=vspk rate=48000 channels=2" \
    -L "module-remap-source source_name=vmic master=vmic_in.monitor" 2>"$RUN/log" &
server=$!
export PULSE_SERVER="unix:$RUN/pulse.sock" ERRAND_PULSE_PID="$server"
tries=0
until pactl info >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
        echo "the sound server does not start:" >&2
        cat "$RUN/log" >&2
        exit 1
    fi
    sleep 0.1
done
pactl set-default-sink vspk
pactl set-default-source vmic
printf '</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n' >"$RUN/alsa.conf"
export ALSA_CONFIG_PATH="$RUN/alsa.conf"

"$@"
