"""A speech service made with the `wyoming` library: tells what it heard, and speaks a tone as long as the text.

It prints its port, and ends when its standard input does.
"""

import asyncio
import math
import struct
import sys

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.server import AsyncEventHandler
from wyoming.tts import Synthesize

RATE = 22050


class Service(AsyncEventHandler):
    def __init__(self, reader, writer):
        super().__init__(reader, writer)
        self.asked, self.heard = None, bytearray()

    async def handle_event(self, event):
        if Transcribe.is_type(event.type):
            self.asked = Transcribe.from_event(event)
        elif AudioStart.is_type(event.type):
            start = AudioStart.from_event(event)
            assert (start.rate, start.width, start.channels) == (16000, 2, 1)
        elif AudioChunk.is_type(event.type):
            self.heard += AudioChunk.from_event(event).audio
        elif AudioStop.is_type(event.type):
            samples = struct.unpack(f"<{len(self.heard) // 2}h", self.heard)
            text = f"{len(samples)} samples up to {max(samples, default=0)} in {self.asked.language}"
            await self.write_event(Transcript(text=text).event())
        elif Synthesize.is_type(event.type):
            await self.speak(Synthesize.from_event(event))
        else:
            await self.write_event(Error(text="unexpected", code="unexpected").event())
        return True

    async def speak(self, asked):
        assert asked.voice.name == "alloy"
        count = len(asked.text) * RATE // 20
        tone = [int(8000 * math.sin(2 * math.pi * 220 * n / RATE)) for n in range(count)]
        form = {"rate": RATE, "width": 2, "channels": 1}
        await self.write_event(AudioStart(**form).event())
        for at in range(0, count, 1024):
            part = tone[at : at + 1024]
            await self.write_event(AudioChunk(audio=struct.pack(f"<{len(part)}h", *part), **form).event())
        await self.write_event(AudioStop().event())


async def main():
    server = await asyncio.start_server(lambda reader, writer: Service(reader, writer).run(), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
