"""A caller made with the `wyoming` library: asks what there is, is understood, spoken to and answered, and breaks the rules.

It prints one line of JSON with everything that came back.
"""

import argparse
import asyncio
import json
import wave

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop, wav_to_chunks
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.handle import Handled, NotHandled
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeStopped, SynthesizeVoice


class Caller:
    def __init__(self, port):
        self.port = port

    def client(self):
        return AsyncTcpClient("127.0.0.1", self.port, connect_timeout=10, read_timeout=120)

    async def info(self):
        async with self.client() as client:
            await client.write_event(Describe().event())
            info = Info.from_event(await client.read_event())
            await client.write_event(Ping(text="are you there").event())
            pong = Pong.from_event(await client.read_event())
        return {
            "asr": [[program.name, model.name, model.languages] for program in info.asr for model in program.models],
            "tts": [[program.name, voice.name, voice.languages] for program in info.tts for voice in program.voices],
            "handle": [[p.name, m.name, m.languages] for p in info.handle for m in p.models],
            "attributed": all(
                artifact.attribution.name
                for programs in (info.asr, info.tts, info.handle)
                for program in programs
                for artifact in [program, *getattr(program, "models", []), *getattr(program, "voices", [])]
            ),
            "pong": pong.text,
        }

    async def transcribe(self, path):
        async with self.client() as client:
            await client.write_event(Transcribe(language="en").event())
            with wave.open(path, "rb") as sound:
                for event in wav_to_chunks(sound, 1024, start_event=True, stop_event=True):
                    await client.write_event(event.event())
            event = await client.read_event()
        return Transcript.from_event(event).text if Transcript.is_type(event.type) else Error.from_event(event).text

    async def sound(self, client, last):
        """Everything up to the event `last`: rate, bytes, and the kinds in their order without repetition."""
        kinds, count, rate, loudest = [], 0, None, 0
        while True:
            event = await client.read_event()
            assert event is not None, kinds
            if not kinds or kinds[-1] != event.type:
                kinds.append(event.type)
            if AudioStart.is_type(event.type):
                rate = AudioStart.from_event(event).rate
            elif AudioChunk.is_type(event.type):
                chunk = AudioChunk.from_event(event)
                assert (chunk.rate, chunk.width, chunk.channels) == (rate, 2, 1)
                count += len(chunk.audio)
                loudest = max(loudest, *(abs(v) for v in memoryview(chunk.audio).cast("h")))
            if last.is_type(event.type):
                return {"kinds": kinds, "bytes": count, "rate": rate, "loudest": loudest}

    async def synthesize(self, text, voice):
        async with self.client() as client:
            await client.write_event(Synthesize(text=text, voice=SynthesizeVoice(name=voice)).event())
            return await self.sound(client, AudioStop)

    async def stream(self, text):
        async with self.client() as client:
            await client.write_event(SynthesizeStart(voice=SynthesizeVoice(language="en")).event())
            for word in text.split(" "):
                await client.write_event(SynthesizeChunk(text=word + " ").event())
            await client.write_event(Synthesize(text=text).event())
            await client.write_event(SynthesizeStop().event())
            return await self.sound(client, SynthesizeStopped)

    async def handle(self, text, context):
        async with self.client() as client:
            await client.write_event(Transcript(text=text, language="en", context=context).event())
            event = await client.read_event()
        kind = Handled if Handled.is_type(event.type) else NotHandled
        answer = kind.from_event(event)
        return {"kind": event.type, "text": answer.text, "context": answer.context}

    async def too_long(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b'{"type":"' + b"x" * 70_000)
        try:
            await writer.drain()
            left = await asyncio.wait_for(reader.read(), 30)
        except ConnectionError:
            left = b""
        writer.close()
        return left.decode(errors="replace")


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--wav", required=True)
    parser.add_argument("--voice", required=True)
    parser.add_argument("sentences", nargs="+")
    asked = parser.parse_args()
    caller = Caller(asked.port)
    context = {"conversation_id": "01KITCHEN"}
    result = {
        "info": await caller.info(),
        "transcript": await caller.transcribe(asked.wav),
        "spoken": await caller.synthesize("Good morning. Two bags of coffee.", asked.voice),
        "streamed": await caller.stream("Good morning. Two bags of coffee."),
        "handled": [await caller.handle(sentence, context) for sentence in asked.sentences],
        "too_long": await caller.too_long(),
    }
    print(json.dumps(result))


asyncio.run(main())
