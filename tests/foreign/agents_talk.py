"""Talks to errand by voice with the unmodified `openai-agents` client, and interrupts it once.

    python agents_talk.py --url ws://127.0.0.1:PORT/v1/realtime?model=errand [--keep] FIRST SECOND

`--keep` asks that speech does not stop the answer at the server, so that the client cancels it itself. The token comes in the
environment variable ERRAND_TOKEN.
"""

import argparse
import asyncio
import json
import os

from agents.realtime import RealtimeAgent, RealtimeModelSendRawMessage, RealtimeRunner

from speech import Microphone

STEP_SECONDS = 90


class Talk:
    def __init__(self, session):
        self.session = session
        self.events = []
        self.errors = []
        self.audio = 0
        self.interrupted = 0
        self.came = asyncio.Event()

    async def read(self):
        async for event in self.session:
            if event.type == "error":
                self.errors.append(str(event.error))
            elif event.type == "audio":
                self.audio += len(event.audio.data)
            elif event.type == "audio_interrupted":
                self.interrupted += 1
            elif event.type == "raw_model_event":
                data = event.data
                if data.type == "exception":
                    self.errors.append(str(data.exception))
                if data.type == "raw_server_event":
                    self.events.append(data.data)
            self.came.set()

    async def until(self, what, count=1):
        """Waits until an event of this type came so often."""

        async def enough():
            while sum(1 for event in self.events if event["type"] == what) < count:
                self.came.clear()
                await self.came.wait()

        await asyncio.wait_for(enough(), STEP_SECONDS)
        return [event for event in self.events if event["type"] == what][count - 1]


def shown(event):
    """An event without its sound."""
    kept = {key: value for key, value in event.items() if key in ("type", "item_id", "transcript", "delta", "audio_end_ms", "audio_start_ms")}
    if event["type"] == "response.output_audio.delta":
        kept["delta"] = len(event["delta"])
    if event["type"] == "response.done":
        kept["status"] = event["response"]["status"]
        kept["details"] = event["response"]["status_details"]
    if event["type"] == "conversation.item.retrieved":
        kept["item"] = event["item"]
    return kept


async def main():
    args = argparse.ArgumentParser()
    args.add_argument("--url", required=True)
    args.add_argument("--keep", action="store_true")
    args.add_argument("first")
    args.add_argument("second")
    args = args.parse_args()
    turns = {"type": "server_vad", "silence_duration_ms": 500, "interrupt_response": not args.keep, "create_response": True}
    settings = {
        "model_settings": {
            "model_name": "errand", "modalities": ["audio"], "turn_detection": turns,
            "input_audio_transcription": {"model": "gpt-4o-mini-transcribe"},
        },
        "tracing_disabled": True,
    }
    runner = RealtimeRunner(starting_agent=RealtimeAgent(name="errand", instructions="Shop for the person."), config=settings)
    session = await runner.run(model_config={"url": args.url, "api_key": os.environ["ERRAND_TOKEN"]})
    async with session:
        talk = Talk(session)
        reader = asyncio.create_task(talk.read())
        microphone = Microphone(24_000, session.send_audio)
        speaker = asyncio.create_task(microphone.run())
        await talk.until("session.updated")
        microphone.say(args.first)
        first = await talk.until("response.output_audio.delta")
        # Into the middle of the answer.
        await asyncio.sleep(1.2)
        microphone.say(args.second)
        cut = await talk.until("conversation.item.truncated")
        message = RealtimeModelSendRawMessage(message={"type": "conversation.item.retrieve", "other_data": {"item_id": cut["item_id"]}})
        await session.model.send_event(message)
        before = sum(1 for event in talk.events if event["type"] == "response.done")
        await talk.until("response.done", max(before, 1) + 1)
        await asyncio.sleep(1)
        speaker.cancel()
        reader.cancel()
    print(json.dumps({
        "events": [shown(event) for event in talk.events], "errors": talk.errors, "audio": talk.audio,
        "interrupted": talk.interrupted, "first_item": first["item_id"],
    }))


asyncio.run(main())
