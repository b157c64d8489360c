// Shops a whole conversation with the unmodified `@openai/agents-realtime` client and says in one JSON line what it saw.
//
//   node realtime_shop.mjs --url 'ws://127.0.0.1:PORT/v1/realtime?model=errand' MAIN_SENTENCE
//
// The token comes in the environment variable ERRAND_TOKEN.

import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession } from '@openai/agents-realtime';

const STEP_MS = 60_000;
const WORDS = /type these two words: (?<words>[a-z]+ [a-z]+)/i;

const url = process.argv[process.argv.indexOf('--url') + 1];
const sentence = process.argv.at(-1);
const apiKey = process.env.ERRAND_TOKEN;

const result = { events: [], errors: [], said: [], answer: null, roles: [] };
const transport = new OpenAIRealtimeWebSocket({ url });
const agent = new RealtimeAgent({ name: 'errand', instructions: 'Shop for the person.' });
const session = new RealtimeSession(agent, {
  transport, model: 'errand', config: { outputModalities: ['text'] }, tracingDisabled: true,
});

let answered = null;
session.on('error', (failure) => result.errors.push(JSON.stringify(failure)));
session.on('transport_event', (event) => {
  result.events.push(event.type);
  if (event.type === 'response.output_text.done') result.said.push(event.text);
  if (event.type === 'response.done') answered?.();
});

function say(text) {
  const before = result.said.length;
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no answer to: ${text}`)), STEP_MS);
    answered = () => {
      clearTimeout(late);
      resolve(result.said.slice(before).join('\n'));
    };
    session.sendMessage(text);
  });
}

try {
  await session.connect({ apiKey, url });
  await say(sentence);
  let answer = await say('the second one');
  for (let n = 0; n < 6 && !WORDS.test(answer); n += 1) answer = await say('yes');
  const words = WORDS.exec(answer)?.groups.words;
  if (!words) throw new Error(`no two words were asked for; the last answer was: ${answer}`);
  result.answer = await say(words);
  result.roles = session.history.filter((item) => item.type === 'message').map((item) => item.role);
} catch (failure) {
  result.errors.push(String(failure));
}
session.close();
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(result.answer ? 0 : 1);
