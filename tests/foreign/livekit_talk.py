"""Talks to errand by voice with the unmodified `livekit-plugins-openai` client, and interrupts it once.

    python livekit_talk.py --url http://127.0.0.1:PORT/v1 FIRST SECOND

The token comes in the environment variable ERRAND_TOKEN.
"""

import argparse
import asyncio
import json
import os
import time

from livekit import rtc
from livekit.agents import llm
from livekit.plugins import openai

from speech import Microphone

STEP_SECONDS = 90
RATE = 24_000


async def main():
    args = argparse.ArgumentParser()
    args.add_argument("--url", required=True)
    args.add_argument("first")
    args.add_argument("second")
    args = args.parse_args()
    result = {"heard": [], "answers": [], "errors": [], "started": 0, "events": []}
    model = openai.realtime.RealtimeModel(base_url=args.url, api_key=os.environ["ERRAND_TOKEN"], model="errand")
    session = model.session()
    answers = asyncio.Queue()
    truncated = asyncio.Event()
    spoke = asyncio.Event()

    async def answer(event):
        async for message in event.message_stream:
            kept = {"id": message.message_id, "text": "", "ms": 0, "began": 0.0}
            result["answers"].append(kept)

            async def text():
                async for piece in message.text_stream:
                    kept["text"] += piece

            async def sound():
                async for frame in message.audio_stream:
                    if not kept["began"]:
                        kept["began"] = time.monotonic()
                        await answers.put(kept)
                    kept["ms"] += 1000 * frame.samples_per_channel // frame.sample_rate

            await asyncio.gather(text(), sound())

    def raw(event):
        kind = event.get("type")
        result["events"].append(kind)
        if kind == "conversation.item.truncated":
            result["truncated"] = {"id": event["item_id"], "ms": event["audio_end_ms"]}
            truncated.set()
        if kind == "conversation.item.retrieved":
            result["kept"] = event["item"]["content"][0]["transcript"]
            spoke.set()

    def said(event):
        if event.is_final:
            result["heard"].append(event.transcript)

    def started(_):
        result["started"] += 1

    tasks = set()

    def generation(event):
        task = asyncio.create_task(answer(event))
        tasks.add(task)

    session.on("generation_created", generation)
    session.on("openai_server_event_received", raw)
    session.on("input_audio_transcription_completed", said)
    session.on("input_speech_started", started)
    session.on("error", lambda event: result["errors"].append(str(event.error)))

    context = llm.ChatContext.empty()
    context.add_message(role="user", content="hello", id="item_mine_1")
    context.add_message(role="assistant", content="Hello.", id="item_mine_2")
    await session.update_chat_ctx(context)

    async def push(frame):
        session.push_audio(rtc.AudioFrame(data=frame, sample_rate=RATE, num_channels=1, samples_per_channel=len(frame) // 2))

    microphone = Microphone(RATE, push)
    speaker = asyncio.create_task(microphone.run())
    # A reply that the application asks for: it must come within ten seconds, told by the metadata.
    began = time.monotonic()
    asked = await asyncio.wait_for(session.generate_reply(instructions="Greet the person."), 10)
    result["reply_seconds"] = round(time.monotonic() - began, 2)
    result["reply_user_initiated"] = asked.user_initiated
    first = await asyncio.wait_for(answers.get(), STEP_SECONDS)
    await asyncio.sleep(3)
    # An interruption with nothing to interrupt is harmless.
    session.interrupt()
    microphone.say(args.first)
    first = await asyncio.wait_for(answers.get(), STEP_SECONDS)
    await asyncio.sleep(1.2)
    count = result["started"]
    microphone.say(args.second)
    for _ in range(STEP_SECONDS * 100):
        if result["started"] > count:
            break
        await asyncio.sleep(0.01)
    heard_ms = min(int((time.monotonic() - first["began"]) * 1000), first["ms"])
    session.interrupt()
    session.truncate(message_id=first["id"], modalities=["audio", "text"], audio_end_ms=heard_ms)
    result["cut"] = {"id": first["id"], "ms": heard_ms, "said": first["text"]}
    await asyncio.wait_for(truncated.wait(), STEP_SECONDS)
    session.send_event({"type": "conversation.item.retrieve", "item_id": first["id"]})
    await asyncio.wait_for(spoke.wait(), STEP_SECONDS)
    await asyncio.wait_for(answers.get(), STEP_SECONDS)
    await asyncio.sleep(1)
    speaker.cancel()
    await session.aclose()
    for kept in result["answers"]:
        kept.pop("began")
    print(json.dumps(result))


asyncio.run(main())
