import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Link, QUEUE_MAX } from '../socket.js';

/** A world without a network and without time: sockets are held in a list, timers run when told. */
function world(extra = {}) {
  const w = { sockets: [], timers: [], kept: new Map(), events: [], refuse: null };
  class Socket {
    constructor(url, protocols) {
      Object.assign(this, { url: new URL(url), protocols, sent: [], readyState: 0 });
      w.sockets.push(this);
    }

    send(frame) { this.sent.push(JSON.parse(frame)); }

    open(session = 'sess_1') {
      this.readyState = 1;
      this.onopen();
      this.hear({ type: 'session.created', event_id: 'x', session: { id: session } });
    }

    hear(event) { this.onmessage({ data: JSON.stringify(event) }); }

    cut(code = 1006) {
      this.readyState = 3;
      this.onclose({ code });
    }
  }
  w.link = new Link({
    ticket: async () => { if (w.refuse) throw Object.assign(new Error('no'), { status: w.refuse }); return 'tick'; },
    WebSocket: Socket, url: 'ws://127.0.0.1:1/v1/realtime', random: () => 0.5,
    storage: { getItem: (k) => w.kept.get(k) ?? null, setItem: (k, v) => w.kept.set(k, v), removeItem: (k) => w.kept.delete(k) },
    setTimeout: (f, ms) => { w.timers.push([f, ms]); return w.timers.length; }, clearTimeout: () => {}, ...extra,
  }, (e) => w.events.push(e));
  w.last = () => w.sockets.at(-1);
  w.tick = () => w.timers.shift()[0]();
  w.links = () => w.events.filter((e) => e.type === 'page.link').map((e) => e.link);
  return w;
}

const types = (socket) => socket.sent.map((f) => f.type);
const added = (id, n) => ({ type: 'conversation.item.added', event_id: `event_${n}`, item: { id, role: 'user', type: 'message', content: [] } });
const begun = (turn, n) => ({ type: 'response.created', event_id: `event_${n}`, response: { id: 'resp', metadata: turn ? { turn } : null } });
const ended = (n) => ({ type: 'response.done', event_id: `event_${n}`, response: { id: 'resp', status: 'completed' } });

test('the ticket travels as a subprotocol and never in the address', async () => {
  const w = world();
  await w.link.start();
  assert.deepEqual(w.last().protocols, ['realtime', 'openai-insecure-api-key.tick']);
  assert.equal(w.last().url.href, 'ws://127.0.0.1:1/v1/realtime?errand_events=all&output_modalities=text');
});

test('what was said before the connection stood is sent once it stands', async () => {
  const w = world();
  w.link.say('item_a', 'Coffee');
  await w.link.start();
  w.last().open();
  assert.deepEqual(types(w.last()), ['conversation.item.create', 'response.create']);
});

test('a second sentence waits for the answer under way before it asks for its own', async () => {
  const w = world();
  await w.link.start();
  const s = w.last();
  s.open();
  w.link.say('item_a', 'Coffee');
  s.hear(added('item_a', 1));
  s.hear(begun('item_a', 2));
  w.link.say('item_b', 'Decaf');
  s.hear(added('item_b', 3));
  assert.deepEqual(types(s), ['conversation.item.create', 'response.create', 'conversation.item.create']);
  s.hear(ended(4));
  assert.deepEqual(types(s).slice(3), ['response.create']);
});

test('what the runtime says by itself is not taken for the answer', async () => {
  const w = world();
  await w.link.start();
  const s = w.last();
  s.open();
  w.link.say('item_a', 'Coffee');
  s.hear(added('item_a', 1));
  s.hear(begun(null, 2));
  s.hear({ type: 'error', event_id: 'y', error: { code: 'conversation_already_has_active_response', event_id: 'item_a_r', message: '' } });
  s.hear(ended(3));
  assert.deepEqual(types(s), ['conversation.item.create', 'response.create', 'response.create']);
});

test('after a cut it comes back to its session after the last event, and nothing is heard twice', async () => {
  const w = world();
  await w.link.start();
  w.last().open();
  w.last().hear(added('item_a', 1));
  w.last().hear({ type: 'errand.notice', event_id: 'event_2' });
  w.last().cut();
  assert.equal(w.timers[0][1], 500);
  await w.tick();
  const s = w.last();
  assert.equal(s.url.searchParams.get('resume'), 'sess_1');
  assert.equal(s.url.searchParams.get('last_event_id'), 'event_2');
  s.open();
  s.hear({ type: 'errand.notice', event_id: 'event_2' });
  s.hear({ type: 'errand.notice', event_id: 'event_3' });
  assert.deepEqual(w.events.filter((e) => e.type === 'errand.notice').map((e) => e.event_id), ['event_2', 'event_3']);
});

test('a sentence that was lost with the connection is sent again after the replay, one that arrived is not', async () => {
  const w = world();
  await w.link.start();
  w.last().open();
  w.link.say('item_a', 'Coffee');
  w.last().hear(added('item_a', 1));
  w.last().hear(begun('item_a', 2));
  w.last().hear(ended(3));
  w.link.say('item_b', 'Decaf');
  w.link.say('item_c', 'Two bags');
  w.last().cut();
  await w.tick();
  const s = w.last();
  s.open();
  assert.deepEqual(types(s), [], 'before the replay it is not known what the runtime lacks');
  s.hear(added('item_b', 4));
  s.hear({ type: 'errand.session.resumed', event_id: 'z', replayed: 1, gap: false });
  assert.deepEqual(s.sent.map((f) => f.item?.id ?? f.type), ['item_c', 'response.create']);
});

test('the waits grow to eight seconds and begin anew after a connection', async () => {
  const w = world();
  w.refuse = 503;
  await w.link.start();
  const waits = [];
  for (let i = 0; i < 7; i += 1) {
    waits.push(w.timers[0][1]);
    await w.tick();
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
  w.refuse = null;
  await w.tick();
  w.last().open();
  w.last().cut();
  assert.equal(w.timers[0][1], 500);
});

test('a session that is twice refused is given up and a new one begun', async () => {
  const w = world({ session: 'sess_old' });
  await w.link.start();
  assert.equal(w.last().url.searchParams.get('resume'), 'sess_old');
  w.last().cut();
  await w.tick();
  w.last().cut();
  await w.tick();
  assert.equal(w.last().url.searchParams.has('resume'), false);
});

test('another window that took over is not fought', async () => {
  const w = world();
  await w.link.start();
  w.last().open();
  w.last().cut(1008);
  assert.equal(w.timers.length, 0);
  assert.equal(w.links().at(-1), 'taken');
});

test('a page that is not let in does not knock again', async () => {
  const w = world();
  w.refuse = 401;
  await w.link.start();
  assert.equal(w.timers.length, 0);
  assert.deepEqual(w.links(), ['refused']);
});

test('what waits is bounded', async () => {
  const w = world();
  for (let i = 0; i < QUEUE_MAX; i += 1) assert.equal(w.link.say(`item_${i}`, 'x'), true);
  assert.equal(w.link.say('item_more', 'x'), false);
});

test('frames that are no events are let pass', async () => {
  const w = world();
  await w.link.start();
  w.last().open();
  const before = w.events.length;
  for (const data of ['', 'no', '[]', 'null', '{"type":7}']) w.last().onmessage({ data });
  assert.equal(w.events.length, before);
});

test('stopping reaches the answer under way', async () => {
  const w = world();
  await w.link.start();
  w.last().open();
  assert.equal(w.link.stop(), false);
  w.last().hear(begun(null, 1));
  assert.equal(w.link.stop(), true);
  assert.deepEqual(types(w.last()), ['response.cancel']);
});
