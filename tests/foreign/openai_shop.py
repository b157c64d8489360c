"""Shops a whole conversation with the unmodified `openai` client and says in one JSON line what it saw.

    python openai_shop.py --url ws://127.0.0.1:PORT/v1 [--errand] MAIN_SENTENCE

The token comes in the environment variable ERRAND_TOKEN. `--errand` opts in to errand's own events and sends one event
that cannot be right, to see that the answer names it.
"""

import argparse
import asyncio
import json
import os
import re

from openai import AsyncOpenAI

STEP_SECONDS = 60
WORDS = re.compile(r"type these two words: (?P<words>[a-z]+ [a-z]+)", re.IGNORECASE)


def mark(event):
    """What the judge needs of an event: its type, its id, and what tells one from the other."""
    seen = {"type": event.type, "event_id": getattr(event, "event_id", None)}
    for key in ("response_id", "item_id"):
        value = getattr(event, key, None)
        if value is not None:
            seen[key] = value
    response = getattr(event, "response", None)
    if response is not None:
        seen["response_id"] = response.id
        seen["status"] = response.status
    item = getattr(event, "item", None)
    if item is not None:
        seen["item_id"] = item.id
        seen["status"] = getattr(item, "status", None)
        seen["role"] = getattr(item, "role", None)
    if event.type == "error":
        seen["error"] = event.error.model_dump()
    return seen


class Talk:
    def __init__(self, connection):
        self.connection = connection
        self.events = []
        self.said = []

    async def read(self):
        event = await asyncio.wait_for(self.connection.recv(), STEP_SECONDS)
        self.events.append(mark(event))
        if event.type == "response.output_text.done":
            self.said.append(event.text)
        return event

    async def until(self, kind):
        while True:
            event = await self.read()
            if event.type == kind:
                return event

    async def say(self, text):
        """One sentence and its whole answer."""
        before = len(self.said)
        await self.connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
        )
        await self.connection.response.create()
        done = await self.until("response.done")
        return done, "\n".join(self.said[before:])


async def buy(talk, sentence):
    """The whole errand; gives the last answer."""
    _, answer = await talk.say(sentence)
    _, answer = await talk.say("the second one")
    for _ in range(6):
        words = WORDS.search(answer)
        if words:
            _, answer = await talk.say(words["words"])
            return answer
        _, answer = await talk.say("yes")
    raise RuntimeError(f"no two words were asked for; the last answer was: {answer}")


async def main():
    args = argparse.ArgumentParser()
    args.add_argument("--url", required=True)
    args.add_argument("--errand", action="store_true")
    args.add_argument("sentence")
    args = args.parse_args()
    client = AsyncOpenAI(api_key=os.environ["ERRAND_TOKEN"], websocket_base_url=args.url)
    query = {"errand_events": "all"} if args.errand else {}
    async with client.realtime.connect(model="errand", extra_query=query) as connection:
        talk = Talk(connection)
        await talk.until("session.created")
        await connection.session.update(
            session={"type": "realtime", "output_modalities": ["text"], "instructions": "Answer in short sentences."}
        )
        await talk.until("session.updated")
        answer = await buy(talk, args.sentence)
        refused = None
        if args.errand:
            await connection.send({"type": "conversation.item.delete", "item_id": "item_of_nobody", "event_id": "wrong_1"})
            refused = mark(await talk.until("error"))
    print(json.dumps({"answer": answer, "said": talk.said, "events": talk.events, "refused": refused}))


asyncio.run(main())
