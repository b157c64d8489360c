#!/bin/sh
# A loudspeaker that keeps what it plays: satellite_snd.sh FILE
exec cat >>"$1"
