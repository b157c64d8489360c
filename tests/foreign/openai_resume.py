"""Loses its connection in the middle of an answer and comes back, with the reconnect of the unmodified `openai` client.

    python openai_resume.py --url ws://127.0.0.1:PORT/v1 MAIN_SENTENCE

The address is that of a line which the test cuts once, where it wants. The token comes in the environment variable
ERRAND_TOKEN. One JSON line says which events came, over all connections.
"""

import argparse
import asyncio
import json
import os
import re

from openai import AsyncOpenAI

STEP_SECONDS = 60
WORDS = re.compile(r"type these two words: (?P<words>[a-z]+ [a-z]+)", re.IGNORECASE)


class Seen:
    """Every event over all connections, and where a new connection has to go on."""

    def __init__(self):
        self.events = []
        self.said = []
        self.session = None
        self.last = None
        self.connections = []

    def take(self, event):
        kind = event.type
        event_id = getattr(event, "event_id", None)
        if kind == "session.created":
            # Of the connection, not of the session's record: it does not count as the last event.
            self.session = event.session.id
            self.connections.append(event.session.id)
            return
        if kind == "errand.session.resumed":
            self.events.append({"type": kind, "event_id": None, "beside": True, "raw": event.model_dump()})
            return
        self.events.append({"type": kind, "event_id": event_id})
        if event_id is not None:
            self.last = event_id
        if kind == "response.output_text.done":
            self.said.append(event.text)

    def back(self, reconnecting):
        query = {key: value for key, value in reconnecting.extra_query.items()}
        query["resume"] = self.session
        if self.last is not None:
            query["last_event_id"] = self.last
        return {"extra_query": query}


async def main():
    args = argparse.ArgumentParser()
    args.add_argument("--url", required=True)
    args.add_argument("sentence")
    args = args.parse_args()
    seen = Seen()
    client = AsyncOpenAI(api_key=os.environ["ERRAND_TOKEN"], websocket_base_url=args.url)
    answers = asyncio.Queue()

    async def read(connection):
        async for event in connection:
            seen.take(event)
            if event.type == "response.done":
                await answers.put(event.response.status)

    async with client.realtime.connect(
        model="errand", extra_query={"errand_events": "all"}, on_reconnecting=seen.back
    ) as connection:
        reading = asyncio.create_task(read(connection))

        async def say(text):
            before = len(seen.said)
            await connection.conversation.item.create(
                item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
            )
            await connection.response.create()
            await asyncio.wait_for(answers.get(), STEP_SECONDS)
            return "\n".join(seen.said[before:])

        await say(args.sentence)
        answer = await say("the second one")
        for _ in range(6):
            words = WORDS.search(answer)
            if words:
                break
            answer = await say("yes")
        else:
            raise RuntimeError(f"no two words were asked for; the last answer was: {answer}")
        answer = await say(words["words"])
        reading.cancel()
    print(json.dumps({"answer": answer, "events": seen.events, "connections": seen.connections}))


asyncio.run(main())
