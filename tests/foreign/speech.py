"""Real speech for the clients of this folder: made by flite, 16-bit mono."""

import array
import asyncio
import subprocess
import tempfile
import wave

FRAME_MS = 20


def speech(text, rate, voice="slt"):
    """The samples of a sentence at this rate, as bytes."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", file.name], check=True)
        with wave.open(file.name) as sound:
            made = sound.getframerate()
            samples = array.array("h", sound.readframes(sound.getnframes()))
    out = array.array("h")
    for n in range(int(len(samples) * rate / made)):
        at = n * made / rate
        low = int(at)
        high = min(low + 1, len(samples) - 1)
        out.append(round(samples[low] + (samples[high] - samples[low]) * (at - low)))
    return out.tobytes()


class Microphone:
    """Gives a frame of 20 ms as often as a microphone would: of what is to be said, and else of silence."""

    def __init__(self, rate, take):
        self.rate = rate
        self.take = take
        self.waiting = bytearray()
        self.silence = bytes(rate * FRAME_MS // 1000 * 2)

    def say(self, text):
        self.waiting.extend(speech(text, self.rate))

    async def run(self):
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            frame = bytes(self.waiting[: len(self.silence)])
            del self.waiting[: len(self.silence)]
            await self.take(frame + self.silence[len(frame):])
            due += FRAME_MS / 1000
            await asyncio.sleep(max(0, due - loop.time()))
