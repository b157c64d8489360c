"""Talks to errand by voice with the unmodified `pipecat-ai` client in a pipeline of its own, and interrupts it once.

    python pipecat_talk.py --url ws://127.0.0.1:PORT/v1/realtime FIRST SECOND

The token comes in the environment variable ERRAND_TOKEN.
"""

import argparse
import asyncio
import json
import os
import sys

from loguru import logger
from pipecat.frames.frames import (
    EndFrame, ErrorFrame, InputAudioRawFrame, LLMContextFrame, TranscriptionFrame, TTSAudioRawFrame, TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.openai.realtime import events
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService

from speech import Microphone

STEP_SECONDS = 90
RATE = 16_000


class Watch(FrameProcessor):
    """Writes down what passes."""

    def __init__(self, seen):
        super().__init__()
        self.seen = seen

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        self.seen.take(frame, direction)
        await self.push_frame(frame, direction)


class Seen:
    def __init__(self):
        self.frames = []
        self.text = []
        self.heard = []
        self.errors = []
        self.bytes = 0
        self.came = asyncio.Event()

    def take(self, frame, direction):
        kind = type(frame).__name__
        if isinstance(frame, TTSAudioRawFrame):
            self.bytes += len(frame.audio)
        if isinstance(frame, TTSTextFrame):
            self.text.append(frame.text)
        if isinstance(frame, TranscriptionFrame):
            self.heard.append(frame.text)
        if isinstance(frame, ErrorFrame):
            self.errors.append(str(frame.error))
        if not isinstance(frame, InputAudioRawFrame) and (not self.frames or self.frames[-1] != kind):
            self.frames.append(kind)
        self.came.set()

    async def until(self, check):
        async def enough():
            while not check():
                self.came.clear()
                await self.came.wait()

        await asyncio.wait_for(enough(), STEP_SECONDS)


async def main():
    args = argparse.ArgumentParser()
    args.add_argument("--url", required=True)
    args.add_argument("first")
    args.add_argument("second")
    args = args.parse_args()
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    properties = events.SessionProperties(
        output_modalities=["audio"],
        audio=events.AudioConfiguration(input=events.AudioInput(
            transcription=events.InputAudioTranscription(), turn_detection=events.TurnDetection(silence_duration_ms=500),
        )),
    )
    service = OpenAIRealtimeLLMService(
        api_key=os.environ["ERRAND_TOKEN"], base_url=args.url,
        settings=OpenAIRealtimeLLMService.Settings(model="errand", session_properties=properties),
    )
    sent = []
    send = service.send_client_event

    async def sending(event):
        if event.type != "input_audio_buffer.append":
            sent.append({"type": event.type, **{k: getattr(event, k) for k in ("item_id", "audio_end_ms") if hasattr(event, k)}})
        await send(event)

    # Only looked at: what the client sends is what it sends.
    service.send_client_event = sending
    above, below = Seen(), Seen()
    worker = PipelineWorker(Pipeline([Watch(above), service, Watch(below)]), params=PipelineParams(audio_in_sample_rate=RATE))
    runner = PipelineRunner(handle_sigint=False)
    running = asyncio.create_task(runner.run(worker))
    context = LLMContext(messages=[{"role": "user", "content": "hello"}])
    await worker.queue_frame(LLMContextFrame(context=context))
    await below.until(lambda: "TTSStoppedFrame" in below.frames)

    async def push(frame):
        await worker.queue_frame(InputAudioRawFrame(audio=frame, sample_rate=RATE, num_channels=1))

    microphone = Microphone(RATE, push)
    speaker = asyncio.create_task(microphone.run())
    said = below.bytes
    microphone.say(args.first)
    await below.until(lambda: below.bytes > said)
    await asyncio.sleep(1.2)
    earlier = len(sent)
    microphone.say(args.second)
    for _ in range(STEP_SECONDS * 20):
        cuts = [event for event in sent[earlier:] if event["type"] == "conversation.item.truncate"]
        if cuts:
            break
        await asyncio.sleep(0.05)
    cut = cuts[0]
    kept = await asyncio.wait_for(service.retrieve_conversation_item(cut["item_id"]), STEP_SECONDS)
    before = below.bytes
    await below.until(lambda: below.bytes > before)
    # A cancellation with nothing to cancel does not end the client's loop: it still answers afterwards.
    await asyncio.sleep(5)
    await service.send_client_event(events.ResponseCancelEvent())
    await service.send_client_event(events.ResponseCancelEvent())
    again = await asyncio.wait_for(service.retrieve_conversation_item(cut["item_id"]), STEP_SECONDS)
    speaker.cancel()
    await worker.queue_frame(EndFrame())
    await asyncio.wait_for(running, STEP_SECONDS)
    print(json.dumps({
        "frames": below.frames, "text": below.text, "heard": above.heard, "errors": above.errors + below.errors, "bytes": below.bytes,
        "sent": sent, "cut": cut, "kept": kept.content[0].transcript, "again": again.content[0].transcript,
    }))


asyncio.run(main())
