import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import * as f from '../format.js';
import { sentences } from '../a11y.js';
import { command } from '../keys.js';

const usd = (minor) => ({ minor, currency: 'USD' });
const NY = 'America/New_York';

test('money follows its currency and keeps every cent', () => {
  assert.equal(f.money(usd(2590)), '$25.90');
  assert.equal(f.money(usd(-300)), '−$3.00');
  assert.equal(f.money(usd(5)), '$0.05');
  assert.equal(f.money(usd(123456789)), '$1,234,567.89');
  assert.equal(f.money({ minor: 1200, currency: 'JPY' }), '1,200 JPY');
  assert.equal(f.money({ minor: 25900, currency: 'KWD' }), '25.900 KWD');
  assert.equal(f.money(usd(Number.MAX_SAFE_INTEGER)), '$90,071,992,547,409.91');
  assert.equal(f.money(usd(1.5)), '', 'what is no whole number of cents is not shown as money');
});

test('limits drop cents that are zero and no others', () => {
  assert.equal(f.moneyShort(usd(5000)), '$50');
  assert.equal(f.moneyShort(usd(5050)), '$50.50');
  assert.equal(f.moneyShort(usd(100)), '$1');
});

test('money for the ear is words', () => {
  assert.equal(f.moneySpoken(usd(2590)), '25 dollars 90');
  assert.equal(f.moneySpoken(usd(100)), '1 dollar');
  assert.equal(f.moneySpoken({ minor: 500, currency: 'EUR' }), '5 euros');
});

test('a window is told in the zone of the person', () => {
  const w = { start: '2026-11-21T13:00:00Z', end: '2026-11-21T15:00:00Z' };
  assert.equal(f.windowText(w, NY), 'Saturday 21 November, 8 to 10');
  assert.equal(f.windowText(w, 'Europe/Berlin', true), 'Sat 21 Nov, 14:00 to 16:00');
  assert.equal(f.windowText({ start: '2026-11-21T13:30:00Z', end: '2026-11-21T15:00:00Z' }, NY), 'Saturday 21 November, 8:30 to 10:00');
});

test('a window over midnight names both days, a whole day one', () => {
  assert.equal(f.windowText({ start: '2026-11-22T01:00:00Z', end: '2026-11-22T07:00:00Z' }, NY, true), 'Sat 21 Nov 20:00 to Sun 22 Nov 2:00');
  assert.equal(f.windowText({ start: '2026-11-21T05:00:00Z', end: '2026-11-22T05:00:00Z' }, NY), 'Saturday 21 November');
  assert.equal(f.windowText({ start: '2026-11-21T05:00:00Z', end: '2026-11-23T05:00:00Z' }, NY), 'Saturday 21 November to Sunday 22 November');
});

test('the day when clocks change keeps its hours', () => {
  assert.equal(f.windowText({ start: '2026-11-01T13:00:00Z', end: '2026-11-01T15:00:00Z' }, NY), 'Sunday 1 November, 8 to 10');
});

test('time left never goes below zero', () => {
  assert.equal(f.left(102_000), '1:42');
  assert.equal(f.left(-5), '0:00');
  assert.equal(f.leftSpoken(120_000), '2 minutes');
  assert.equal(f.leftSpoken(61_000), '1 minute 1 second');
});

test('choosing is said as a person says it', () => {
  assert.equal(f.choose(2), 'The second one');
  assert.equal(f.choose(14), 'Number 14');
});

test('a button names the shop without its legal form', () => {
  assert.equal(f.shortName('Pantry Lane Ltd'), 'Pantry Lane');
  assert.equal(f.shortName('Hearth & Thread, Inc.'), 'Hearth & Thread');
  assert.equal(f.shortName('Incline'), 'Incline');
});

test('a long answer is announced by its first sentence and its length', () => {
  assert.equal(sentences('One. Two. Three.'), 'One. Two. Three.');
  assert.equal(sentences('One. Two. Three. Four.'), 'One. Answer complete, 4 sentences.');
  assert.equal(sentences('It is $12.40 each.'), 'It is $12.40 each.');
});

test('no key buys', () => {
  for (let code = 32; code < 127; code += 1) {
    const c = command(String.fromCharCode(code), false);
    if (c) assert.deepEqual(Object.keys(c).filter((k) => !['focus', 'card', 'choose', 'route', 'go', 'stop', 'undo', 'mic', 'help', 'pending'].includes(k)), []);
  }
  assert.equal(command('Enter', false), null);
  assert.deepEqual(command('o', true), { go: '/orders' });
});

// The table of faces.md 2.6, recomputed from the file itself.
const css = readFileSync(new URL('../tokens.css', import.meta.url), 'utf8');
const colour = Object.fromEntries([...css.matchAll(/--([a-z-]+):light-dark\((#\w{6}),(#\w{6})\)/g)].map((m) => [m[1], [m[2], m[3]]]));

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}

test('every text pair has a contrast of at least 4.5, every edge and icon of 3', () => {
  const text = ['ink bg', 'ink surface', 'muted bg', 'muted surface', 'muted sunken', 'accent bg', 'accent surface', 'on-accent accent', 'accent accent-soft', 'ink accent-soft',
    'ok surface', 'ok ok-soft', 'ask surface', 'ask ask-soft', 'no surface', 'no no-soft', 'ink ok-soft', 'ink ask-soft', 'ink no-soft', 'muted accent-soft', 'ok bg', 'ask bg', 'no bg', 'ok accent-soft', 'ink sunken'];
  const edges = ['edge surface', 'edge bg', 'accent surface', 'ok bg', 'ask surface', 'no surface'];
  for (const [pairs, least] of [[text, 4.5], [edges, 3]]) {
    for (const pair of pairs) {
      const [a, b] = pair.split(' ');
      for (const theme of [0, 1]) assert.ok(contrast(colour[a][theme], colour[b][theme]) >= least, `${pair} in theme ${theme}`);
    }
  }
});

test('colours and sizes have their numbers in tokens.css alone', () => {
  const sheet = readFileSync(new URL('../app.css', import.meta.url), 'utf8').replace(/\/\*.*?\*\//gs, '');
  assert.deepEqual(sheet.match(/#[0-9a-f]{3,8}\b/gi), null);
  const pixels = [...sheet.matchAll(/(\d*\.?\d+)px/g)].map((m) => Number(m[1])).filter((n) => n > 3);
  assert.deepEqual(pixels, []);
});

test('no sentence of the page begs, blames, cheers or says "confirm" on a control', () => {
  const files = ['../app.js', '../reduce.js', '../approvals.js', '../a11y.js', ...readdirSync(new URL('../views/', import.meta.url)).map((n) => `../views/${n}`)];
  for (const file of files) {
    const code = readFileSync(new URL(file, import.meta.url), 'utf8').replace(/^\s*(\/\/|\/?\*).*$/gm, '');
    const said = [...code.matchAll(/'([^'\n]*)'|`([^`]*)`/g)].map((m) => m[1] ?? m[2]).filter((t) => /\s/.test(t));
    for (const text of said) assert.doesNotMatch(text, /\b(please|sorry|invalid|oops|unfortunately|successfully|something went wrong|error occurred|confirm)\b|\w!(\s|$)/i, `${file}: ${text}`);
  }
});

test('nothing is drawn by markup text, so a shop can never write markup', () => {
  for (const name of readdirSync(new URL('../views/', import.meta.url))) {
    assert.doesNotMatch(readFileSync(new URL(`../views/${name}`, import.meta.url), 'utf8'), /innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  }
});
