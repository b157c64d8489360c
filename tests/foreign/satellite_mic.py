"""A microphone in a quiet room: 16 kHz sound at its pace, and what somebody says when a file with it appears in the folder.

Files are named `say-1`, `say-2`, ...; each is said once.
"""

import os
import sys
import time

CHUNK = 1024
folder = sys.argv[1]
begun, sent, number, said = time.monotonic(), 0, 1, b""
while True:
    path = os.path.join(folder, f"say-{number}")
    if not said and os.path.exists(path):
        with open(path, "rb") as file:
            said = file.read()
        number += 1
    piece, said = said[: CHUNK * 2], said[CHUNK * 2 :]
    sys.stdout.buffer.write(piece.ljust(CHUNK * 2, b"\0"))
    sys.stdout.buffer.flush()
    sent += CHUNK
    time.sleep(max(0.0, begun + sent / 16000 - time.monotonic()))
