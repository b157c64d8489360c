import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Playlist, decode, encode } from '../playlist.js';
import { Voice, doing, faultOf } from '../voice.js';
import { initial, reduce } from '../reduce.js';

/** A browser without a sound card: worklets are ports that are written down, the microphone gives what the test says. */
function world({ refuse = null, secure = true } = {}) {
  const w = { sent: [], told: [], nodes: [], stopped: 0, behind: 0, now: 1, level: 0 };
  const track = { enabled: true, stop: () => { w.ended = true; } };
  w.track = track;
  class Node {
    constructor(_context, name) {
      Object.assign(this, { name, port: { posted: [], postMessage: (m) => this.port.posted.push(m) } });
      w.nodes.push(this);
    }

    connect() {}

    disconnect() {}
  }
  class Context {
    audioWorklet = { addModule: async () => {} };

    createMediaStreamSource() { return new Node(this, 'source'); }

    async resume() {}

    async close() {}
  }
  const stream = { getAudioTracks: () => [track], getTracks: () => [track] };
  const getUserMedia = async (asked) => { w.asked = asked; if (refuse) throw Object.assign(new Error('no'), { name: refuse }); return stream; };
  w.voice = new Voice({
    navigator: { mediaDevices: { getUserMedia } }, AudioContext: Context, AudioWorkletNode: Node, isSecure: secure,
    now: () => w.now, url: (n) => n, level: (x) => { w.level = x; },
  }, { emit: (e) => w.sent.push(e), behind: () => w.behind, stop: () => { w.stopped += 1; } }, (e) => w.told.push(e));
  w.node = (name) => w.nodes.find((n) => n.name === name);
  w.speak = (peak = 0.5) => w.node('capture').port.onmessage({ data: { frame: new Int16Array(480).fill(7), peak } });
  w.played = (played, run = 0) => w.node('player').port.onmessage({ data: { played, waits: 0, run } });
  w.types = () => w.sent.map((e) => e.type);
  return w;
}

const sound = (id, samples) => ({ type: 'response.output_audio.delta', item_id: id, delta: encode(new Int16Array(samples)) });

test('samples survive the way over the wire', () => {
  const pcm = Int16Array.from([0, 1, -1, 32_767, -32_768]);
  assert.deepEqual(decode(encode(pcm)), pcm);
});

test('what was heard is told message by message, and what was played whole is not cut', () => {
  const list = new Playlist();
  list.add('a', 24_000);
  list.add('b', 48_000);
  list.add('c', 24_000);
  assert.deepEqual(list.cut(36_000), [{ id: 'b', ms: 500 }, { id: 'c', ms: 0 }]);
  list.add('d', 24_000);
  assert.equal(list.waits(0), true);
  assert.deepEqual(list.cut(12_000), [{ id: 'd', ms: 500 }]);
  assert.equal(list.waits(0), false);
});

test('nothing is asked before the button is pressed, and echo is left to the browser', async () => {
  const w = world();
  assert.equal(w.asked, undefined);
  await w.voice.start();
  assert.equal(w.asked.audio.echoCancellation, true);
  assert.deepEqual(w.types(), ['session.update']);
  assert.deepEqual(w.sent[0].session.output_modalities, ['audio']);
});

test('each fault has its own words and the microphone stays off', async () => {
  for (const name of ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'Odd']) {
    const w = world({ refuse: name });
    await w.voice.start();
    assert.deepEqual(w.told.at(-1), { type: 'page.voice', at: 'fault', headline: faultOf(name)[0], text: faultOf(name)[1] });
    assert.equal(w.voice.on, false);
  }
  const w = world({ secure: false });
  await w.voice.start();
  assert.match(w.told.at(-1).text, /https/);
});

test('sound goes out in pieces of 40 ms, and a slow line drops it and says so', async () => {
  const w = world();
  await w.voice.start();
  w.speak();
  w.speak();
  const append = w.sent.at(-1);
  assert.equal(append.type, 'input_audio_buffer.append');
  assert.equal(decode(append.audio).length, 960);
  w.behind = 99_000;
  w.speak();
  w.speak();
  assert.equal(w.types().filter((t) => t === 'input_audio_buffer.append').length, 1);
  assert.equal(w.told.at(-1).late, true);
  w.behind = 0;
  w.now = 6_000;
  w.speak();
  w.speak();
  assert.equal(w.told.at(-1).late, false);
});

test('speech stops the loudspeaker and the runtime is told what was heard', async () => {
  const w = world();
  await w.voice.start();
  w.voice.hear(sound('item_1', 24_000));
  w.voice.hear(sound('item_2', 24_000));
  w.played(12_000);
  w.voice.hear({ type: 'input_audio_buffer.speech_started' });
  const cut = w.sent.filter((e) => e.type === 'conversation.item.truncate').map((e) => [e.item_id, e.audio_end_ms]);
  assert.deepEqual(cut, [['item_1', 500], ['item_2', 0]]);
  assert.deepEqual(w.node('player').port.posted.at(-1), { flush: 1 });
  // What the loudspeaker said before it heard of that is late.
  w.played(14_000, 0);
  w.voice.hear(sound('item_3', 24_000));
  w.voice.hear({ type: 'input_audio_buffer.speech_started' });
  assert.deepEqual(w.sent.at(-1), { type: 'conversation.item.truncate', item_id: 'item_3', content_index: 0, audio_end_ms: 0 });
});

test('push to talk sends only what is held, by holding or by two taps', async () => {
  const w = world();
  await w.voice.start();
  w.voice.setMode('push');
  assert.equal(w.sent.at(-1).session.audio.input.turn_detection, null);
  w.speak();
  w.speak();
  assert.equal(w.types().includes('input_audio_buffer.append'), false);
  w.voice.press();
  w.speak();
  w.now = 900;
  w.voice.release();
  assert.deepEqual(w.types().slice(-3), ['input_audio_buffer.append', 'input_audio_buffer.commit', 'response.create']);
  w.voice.press();
  w.now = 1_000;
  w.voice.release();
  w.speak();
  assert.equal(w.types().at(-1), 'response.create');
  w.voice.press();
  assert.deepEqual(w.types().slice(-3), ['input_audio_buffer.append', 'input_audio_buffer.commit', 'response.create']);
});

test('muted gives silence, and a microphone that is pulled out is told', async () => {
  const w = world();
  await w.voice.start();
  w.voice.setMuted(true);
  assert.equal(w.track.enabled, false);
  w.track.onended();
  assert.equal(w.voice.on, false);
  assert.match(w.told.at(-1).headline, /gone/);
});

test('stopping puts the conversation back into text', async () => {
  const w = world();
  await w.voice.start();
  w.voice.stop();
  assert.deepEqual(w.sent.at(-1).session.output_modalities, ['text']);
  assert.equal(w.ended, true);
});

test('a new session is told how this page speaks, the same one is not told again', async () => {
  const w = world();
  w.voice.hear({ type: 'session.created', session: { id: 'sess_1' } });
  await w.voice.start();
  w.voice.hear({ type: 'session.created', session: { id: 'sess_1' } });
  assert.equal(w.types().filter((t) => t === 'session.update').length, 1);
  w.voice.hear({ type: 'session.created', session: { id: 'sess_2' } });
  assert.equal(w.types().filter((t) => t === 'session.update').length, 2);
});

test('words that are heard grow in the log, and silence leaves nothing there', () => {
  const told = (s, type, rest) => reduce(s, { type: `conversation.item.input_audio_transcription.${type}`, item_id: 'item_7', ...rest });
  let s = told(initial, 'delta', { delta: 'two' });
  s = told(s, 'delta', { delta: ' bags' });
  assert.deepEqual(s.entries.map((e) => [e.kind, e.text, e.sent]), [['you', 'two bags', false]]);
  assert.deepEqual(told(s, 'completed', { transcript: 'Two bags.' }).entries.map((e) => [e.text, e.sent]), [['Two bags.', true]]);
  assert.deepEqual(told(s, 'completed', { transcript: '' }).entries, []);
});

test('what the microphone does is said in words', () => {
  const at = (change, active = null) => doing({ ...initial.voice, at: 'on', ...change }, active);
  assert.equal(at({}), 'Listening');
  assert.equal(at({ hearing: true, speaking: true }), 'I hear you');
  assert.match(at({ speaking: true }), /^Speaking/);
  assert.equal(at({}, 'resp_1'), 'Thinking');
  assert.match(at({ muted: true, speaking: true }), /^Muted/);
  assert.match(at({ mode: 'push' }), /Hold Talk/);
});
