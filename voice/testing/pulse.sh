#!/bin/sh
# A sound server of its own, without a sound card, in real time and both ways:
#
#   voice/testing/pulse.sh COMMAND...
#
# runs a command whose microphone is the sink `vmic_in` and whose loudspeaker can be heard at `vspk.monitor`:
#   paplay --device=vmic_in said.wav
#   parec --device=vspk.monitor --format=s16le --rate=48000 --channels=1
# Programs that use ALSA reach it as well, and nothing but these two: what is gone is not stood in for. No configuration of the
# system is read or changed, root will do, and the server ends with the command. Its process is told in ERRAND_PULSE_PID, and
# a program that starts it again, when it was killed, in ERRAND_PULSE_SERVE. Exit code 77: something is not installed.
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
finish() {
    # A test may have killed it: that is no failure of what ran here.
    if [ -f "$RUN/pid" ]; then kill "$(cat "$RUN/pid")" 2>/dev/null || true; fi
    rm -rf "$RUN"
}
trap finish EXIT
trap 'exit 130' INT TERM

export XDG_RUNTIME_DIR="$RUN" HOME="$RUN" PULSE_RUNTIME_PATH="$RUN/pulse"
unset DBUS_SESSION_BUS_ADDRESS DISPLAY PULSE_SINK PULSE_SOURCE || true
mkdir -m700 "$PULSE_RUNTIME_PATH"
export PULSE_SERVER="unix:$RUN/pulse.sock" ERRAND_PULSE_SERVE="$RUN/serve"

# A null sink renders up to two seconds ahead and takes them back when somebody begins to play: what listens to it then loses as
# much, now and then a whole sentence. Without rewinds it renders 50 ms ahead and loses nothing.
cat >"$RUN/serve" <<'END'
#!/bin/sh
set -eu
rm -f "$XDG_RUNTIME_DIR/pulse.sock"
pulseaudio -n --daemonize=no --use-pid-file=no --exit-idle-time=-1 --log-target=stderr --log-level=error \
    -L "module-native-protocol-unix socket=$XDG_RUNTIME_DIR/pulse.sock auth-anonymous=1" \
    -L "module-null-sink sink_name=vmic_in rate=48000 channels=1 norewinds=1" \
    -L "module-null-sink sink_name=vspk rate=48000 channels=2 norewinds=1" \
    -L "module-remap-source source_name=vmic master=vmic_in.monitor" >/dev/null 2>"$XDG_RUNTIME_DIR/log" &
echo $! >"$XDG_RUNTIME_DIR/pid"
tries=0
until pactl set-default-sink vspk 2>/dev/null && pactl set-default-source vmic 2>/dev/null; do
    tries=$((tries + 1))
    if [ $tries -gt 300 ] || ! kill -0 "$(cat "$XDG_RUNTIME_DIR/pid")" 2>/dev/null; then
        echo "the sound server does not start:" >&2
        cat "$XDG_RUNTIME_DIR/log" >&2
        exit 1
    fi
    sleep 0.1
done
END
chmod +x "$RUN/serve"
"$RUN/serve"
ERRAND_PULSE_PID=$(cat "$RUN/pid")
export ERRAND_PULSE_PID
cat >"$RUN/alsa.conf" <<'END'
</usr/share/alsa/alsa.conf>
pcm.!default {
    type asym
    playback.pcm { type pulse device vspk }
    capture.pcm { type pulse device vmic }
}
ctl.!default { type pulse }
END
export ALSA_CONFIG_PATH="$RUN/alsa.conf"

"$@"
