// Talks to errand by voice with the unmodified `@openai/agents-realtime` client, and interrupts it once.
//
//   node realtime_talk.mjs --url 'ws://127.0.0.1:PORT/v1/realtime?model=errand' FIRST SECOND
//
// The token comes in the environment variable ERRAND_TOKEN.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession } from '@openai/agents-realtime';

const STEP_MS = 90_000;
const RATE = 24_000;

const url = process.argv[process.argv.indexOf('--url') + 1];
const keep = process.argv.includes('--keep');
const [first, second] = process.argv.slice(-2);
const apiKey = process.env.ERRAND_TOKEN;

/** A sentence of flite at 24 kHz. */
function speech(text) {
  const folder = mkdtempSync(join(tmpdir(), 'said-'));
  const file = join(folder, 'said.wav');
  execFileSync('flite', ['-voice', 'slt', '-t', text, '-o', file]);
  const wav = readFileSync(file);
  rmSync(folder, { recursive: true });
  const made = wav.readUInt32LE(24);
  const data = wav.indexOf('data') + 8;
  const samples = new Int16Array(wav.buffer.slice(wav.byteOffset + data, wav.byteOffset + wav.length - ((wav.length - data) % 2)));
  return Int16Array.from({ length: Math.floor((samples.length * RATE) / made) }, (_, n) => {
    const at = (n * made) / RATE;
    const low = Math.floor(at);
    const high = Math.min(low + 1, samples.length - 1);
    return Math.round(samples[low] + (samples[high] - samples[low]) * (at - low));
  });
}

const result = { events: [], errors: [], audio: 0, interrupted: 0 };
const transport = new OpenAIRealtimeWebSocket({ url });
const agent = new RealtimeAgent({ name: 'errand', instructions: 'Shop for the person.' });
const turns = { type: 'semantic_vad', eagerness: 'high', interruptResponse: !keep, createResponse: true };
const session = new RealtimeSession(agent, {
  transport, model: 'errand', tracingDisabled: true,
  config: { outputModalities: ['audio'], audio: { input: { turnDetection: turns, transcription: { model: 'gpt-4o-mini-transcribe' } } } },
});

const waits = [];
const count = (type) => result.events.filter((e) => e.type === type).length;
function until(type, times = 1) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no ${type}`)), STEP_MS);
    const look = () => {
      const found = result.events.filter((e) => e.type === type)[times - 1];
      if (!found) return false;
      clearTimeout(late);
      resolve(found);
      return true;
    };
    if (!look()) waits.push(look);
  });
}

session.on('error', (failure) => result.errors.push(JSON.stringify(failure)));
session.on('audio', (event) => { result.audio += event.data.byteLength; });
session.on('audio_interrupted', () => { result.interrupted += 1; });
session.on('transport_event', (event) => {
  const kept = { type: event.type, item_id: event.item_id, transcript: event.transcript, audio_end_ms: event.audio_end_ms };
  if (event.type === 'response.done') Object.assign(kept, { status: event.response.status, details: event.response.status_details });
  if (event.type === 'conversation.item.retrieved') kept.item = event.item;
  result.events.push(kept);
  for (const look of waits.splice(0)) if (!look()) waits.push(look);
});

let waiting = [];
function microphone() {
  const frame = Int16Array.from({ length: RATE / 50 }, () => waiting.shift() ?? 0);
  session.sendAudio(frame.buffer);
}

try {
  await session.connect({ apiKey, url });
  const timer = setInterval(microphone, 20);
  waiting.push(...speech(first));
  const delta = await until('response.output_audio.delta');
  result.first_item = delta.item_id;
  await new Promise((resolve) => { setTimeout(resolve, 1_200); });
  waiting.push(...speech(second));
  const cut = await until('conversation.item.truncated');
  const done = count('response.done');
  transport.sendEvent({ type: 'conversation.item.retrieve', item_id: cut.item_id });
  await until('conversation.item.retrieved');
  await until('response.done', Math.max(done, 1) + 1);
  clearInterval(timer);
  result.ok = true;
} catch (failure) {
  result.errors.push(String(failure));
}
session.close();
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(result.ok ? 0 : 1);
