"""Shops a whole conversation with the unmodified `openai-agents` client and says in one JSON line what it saw.

    python agents_shop.py --url ws://127.0.0.1:PORT/v1/realtime?model=errand MAIN_SENTENCE

The token comes in the environment variable ERRAND_TOKEN.
"""

import argparse
import asyncio
import json
import os
import re

from agents.realtime import RealtimeAgent, RealtimeRunner

STEP_SECONDS = 60
WORDS = re.compile(r"type these two words: (?P<words>[a-z]+ [a-z]+)", re.IGNORECASE)


class Talk:
    def __init__(self, session):
        self.session = session
        self.types = []
        self.errors = []
        self.kinds = []
        self.said = []
        self.reader = session.__aiter__()

    async def answer(self):
        """Everything up to the end of the answer."""
        before = len(self.said)
        while True:
            event = await asyncio.wait_for(self.reader.__anext__(), STEP_SECONDS)
            self.kinds.append(event.type)
            if event.type == "error":
                self.errors.append(str(event.error))
            if event.type != "raw_model_event":
                continue
            data = event.data
            if data.type == "exception":
                self.errors.append(str(data.exception))
            if data.type != "raw_server_event":
                continue
            kind = data.data.get("type")
            self.types.append(kind)
            if kind == "response.output_text.done":
                self.said.append(data.data["text"])
            if kind == "response.done":
                return "\n".join(self.said[before:])

    async def say(self, text):
        await self.session.send_message(text)
        return await self.answer()


async def main():
    args = argparse.ArgumentParser()
    args.add_argument("--url", required=True)
    args.add_argument("sentence")
    args = args.parse_args()
    agent = RealtimeAgent(name="errand", instructions="Shop for the person.")
    settings = {"model_settings": {"model_name": "errand", "modalities": ["text"]}, "tracing_disabled": True}
    runner = RealtimeRunner(starting_agent=agent, config=settings)
    session = await runner.run(model_config={"url": args.url, "api_key": os.environ["ERRAND_TOKEN"]})
    async with session:
        talk = Talk(session)
        await talk.say(args.sentence)
        answer = await talk.say("the second one")
        for _ in range(6):
            words = WORDS.search(answer)
            if words:
                break
            answer = await talk.say("yes")
        else:
            raise RuntimeError(f"no two words were asked for; the last answer was: {answer}")
        answer = await talk.say(words["words"])
        roles = [item.role for item in session._history if item.type == "message"]
    print(json.dumps({"answer": answer, "said": talk.said, "events": talk.types, "errors": talk.errors, "roles": roles}))


asyncio.run(main())
