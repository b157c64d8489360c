// Buys by voice on the page of a real runtime, in headless Chromium whose microphone is a file, and says in one JSON line how it went.
//
//   node talk.mjs --url http://127.0.0.1:PORT/ --out DIR
//
// The file says "find coffee", and after a while "the second one"; what the rules want on a screen is answered on it. Exit code: 0 bought
// and nothing found, 1 not bought or something found, 2 it could not be tried.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browse, clean, give, inspect, option } from './common.mjs';

/** Longest wait for one step of the runtime; the shops are on this machine. */
const STEP_MS = 60_000;
/** The microphone: silence in seconds, and what is said after it. Beyond the last it is silent. */
const SAID = [[4, 'find coffee'], [24, 'order the second one'], [600, null]];
const CONSENTS_MAX = 4;

const out = option('out', 'target/browser');
const result = { ok: false, url: option('url'), steps: [], heard: [], order: null };

/** One sentence of flite as samples with their rate. */
function speech(text, folder) {
  const file = join(folder, 'said.wav');
  execFileSync('flite', ['-voice', 'slt', '-t', text, '-o', file]);
  const wav = readFileSync(file);
  return { rate: wav.readUInt32LE(24), pcm: wav.subarray(wav.indexOf('data') + 8) };
}

/** The file that Chromium takes for the microphone. */
function microphone(folder) {
  const rate = 16_000;
  const parts = SAID.flatMap(([seconds, text]) => {
    const silence = Buffer.alloc(rate * 2 * seconds);
    if (!text) return [silence];
    const said = speech(text, folder);
    if (said.rate !== rate) throw new Error(`flite speaks at ${said.rate}`);
    return [silence, said.pcm];
  });
  const data = Buffer.concat(parts);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  const file = join(folder, 'microphone.wav');
  writeFileSync(file, Buffer.concat([head, data]));
  return file;
}

const folder = mkdtempSync(join(tmpdir(), 'talk-'));
const chrome = await browse(result, [
  '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${microphone(folder)}%noloop`,
  '--autoplay-policy=no-user-gesture-required',
]);
const { page, browser } = chrome;
let began = performance.now();

async function state(name) {
  await inspect(chrome, result, `talk-${name}`, out);
  result.steps.push({ name, ms: Math.round(performance.now() - began) });
  began = performance.now();
}

try {
  await page.goto(option('url'));
  await page.waitForSelector('#say');
  await page.click('[aria-label="Talk by microphone"]');
  await page.waitForSelector('.voice-bar', { timeout: STEP_MS });
  await page.waitForFunction(() => [...document.querySelectorAll('.you')].some((e) => /coffee/.test(e.textContent)), null, { timeout: STEP_MS });
  await page.waitForSelector('.voice-bar:has-text("Speaking")', { timeout: STEP_MS });
  await state('answer');
  await page.waitForFunction(() => document.querySelectorAll('.you').length > 1, null, { timeout: STEP_MS });
  for (let n = 0; n <= CONSENTS_MAX; n += 1) {
    await page.waitForSelector('.words, .consent-title', { timeout: STEP_MS });
    if (await page.locator('.consent-title').count() === 0) break;
    await page.click('.approval:has(.consent-title) .btn-primary');
    await page.waitForFunction(() => !document.querySelector('.consent-title'), null, { timeout: STEP_MS });
  }
  await state('approval');
  const words = (await page.textContent('.word')).trim();
  await page.fill('.words input', words);
  await page.click('.words .btn-primary');
  await page.waitForSelector('.receipt', { timeout: STEP_MS + 10_000 });
  await state('receipt');
  result.heard = await page.evaluate(() => [...document.querySelectorAll('.you')].map((e) => e.textContent.replace('You: ', '')));
  result.order = (await page.textContent('.receipt > header .num')).trim();
  await page.click('.voice-bar button:has-text("Stop listening")');
  result.ok = clean(result);
} catch (failure) {
  result.why = failure.message.split('\n')[0];
  await page.screenshot({ path: join(out, 'talk-failed.png'), fullPage: true }).catch(() => {});
  result.shown = await page.evaluate(() => document.querySelector('main')?.innerText.slice(-1200)).catch(() => null);
}
await browser.close();
rmSync(folder, { recursive: true });
give(result, result.ok ? 0 : 1);
