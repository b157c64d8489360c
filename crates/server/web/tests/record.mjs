// Writes `recorded/purchase.json`: what the scripted runtime sends while the main sentence is bought. Run after the scenes change.

import { writeFileSync } from 'node:fs';
import WebSocket from 'ws';
import { start } from './mock.mjs';

const mock = await start();
const socket = new WebSocket(`${mock.url.replace('http', 'ws')}v1/realtime`, ['realtime', 'openai-insecure-api-key.t']);
const events = [];
const until = (found) => new Promise((done) => {
  const look = () => (events.some(found) ? done() : setTimeout(look, 5));
  look();
});
socket.on('message', (data) => events.push(JSON.parse(data)));
await new Promise((done) => { socket.on('open', done); });
let n = 0;
async function say(text) {
  const ended = events.filter((e) => e.type === 'response.done').length;
  n += 1;
  socket.send(JSON.stringify({ type: 'conversation.item.create', event_id: `e${n}`, item: { id: `item_t${n}`, type: 'message', role: 'user', content: [{ type: 'input_text', text }] } }));
  socket.send(JSON.stringify({ type: 'response.create' }));
  await until(() => events.filter((e) => e.type === 'response.done').length > ended);
}
await say('I need fair-trade coffee beans under 15 dollars, two bags. Compare the best three and have them here Saturday morning.');
await say('The second one');
await say('Yes');
await say('amber violin');
const kept = events.filter((e) => e.type !== 'response.output_text.delta').map(({ event_id, ...e }) => ({ event_id: event_id.startsWith('direct') ? 'event_0' : event_id, ...e }));
writeFileSync(new URL('recorded/purchase.json', import.meta.url), `[\n${kept.map((e) => JSON.stringify(e)).join(',\n')}\n]\n`);
socket.close();
await mock.close();
