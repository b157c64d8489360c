// Buys the main sentence on the page of a real runtime, in headless Chromium, and says in one JSON line how it went.
//
//   node purchase.mjs --url http://127.0.0.1:PORT/ --out DIR [--keyboard] [--width 390] [--scheme dark] [--sentence TEXT]
//
// `--keyboard` presses keys only and checks at each step that the focus is on something and can be seen. Pictures of every state
// go to DIR. Exit code: 0 bought and nothing found, 1 not bought or something found, 2 it could not be tried.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HOMES = ['tests/foreign/node', 'crates/server/web'].map((p) => join(ROOT, p, 'package.json'));
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
const MAIN = 'I need fair-trade coffee beans under 15 dollars, two bags. Compare the best three and have them here Saturday morning.';
/** Longest wait for one step of the runtime; the shops are on this machine. */
const STEP_MS = 60_000;

function option(name, otherwise) {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? otherwise : process.argv[i + 1];
}

function give(result, code) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(code);
}

/** Where a package lies: beside the foreign clients, or beside the page. */
function find(name) {
  for (const home of HOMES) {
    try {
      return createRequire(home).resolve(name);
    } catch { /* the next one */ }
  }
  return null;
}

const url = option('url');
const out = option('out', 'target/browser');
const keyboard = process.argv.includes('--keyboard');
const playwright = find('playwright-core');
if (!url) give({ ok: false, why: 'no --url was given' }, 2);
if (!playwright) give({ ok: false, why: 'playwright-core is not installed: run `npm ci` in crates/server/web' }, 2);
if (!existsSync(CHROMIUM)) give({ ok: false, why: `no Chromium at ${CHROMIUM}; set CHROMIUM` }, 2);
mkdirSync(out, { recursive: true });
const { chromium } = createRequire(import.meta.url)(playwright);
const axeFile = find('axe-core/axe.min.js');
const axe = axeFile ? readFileSync(axeFile, 'utf8') : null;

const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
const context = await browser.newContext({
  viewport: { width: Number(option('width', '1280')), height: Number(option('height', '900')) }, colorScheme: option('scheme', 'light'),
});
const page = await context.newPage();
const result = { ok: false, keyboard, url, steps: [], axe: {}, faults: [], foreign: [], order: null, paid: null };
page.on('console', (m) => { if (m.type() === 'error') result.faults.push(m.text()); });
page.on('pageerror', (e) => result.faults.push(e.message));
page.on('request', (r) => { if (new URL(r.url()).host !== new URL(url).host) result.foreign.push(r.url()); });

let began = performance.now();

/** Keeps a picture of a state, and what axe finds in it. */
async function state(name) {
  const ms = Math.round(performance.now() - began);
  await page.waitForFunction(() => document.getAnimations().every((a) => a.effect.getComputedTiming().iterations === Infinity || a.playState !== 'running'));
  await page.screenshot({ path: join(out, `${keyboard ? 'keyboard-' : ''}${name}.png`) });
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  if (sideways) result.faults.push(`${name} scrolls sideways`);
  if (axe) {
    // Through the debugger: the page's own policy of what may run stays as it is.
    const cdp = await context.newCDPSession(page);
    await cdp.send('Runtime.evaluate', { expression: axe });
    const found = await cdp.send('Runtime.evaluate', {
      expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
        .then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).join(', '))))`,
      awaitPromise: true, returnByValue: true,
    });
    result.axe[name] = JSON.parse(found.result.value);
    await cdp.detach();
  }
  result.steps.push({ name, ms });
  began = performance.now();
}

async function focusSeen() {
  const f = await page.evaluate(() => {
    const el = document.activeElement;
    const ring = (x) => x && (getComputedStyle(x).outlineStyle !== 'none' || getComputedStyle(x).boxShadow !== 'none');
    return { tag: el.tagName, text: el.textContent.trim().slice(0, 40), seen: Boolean(ring(el) || ring(el.closest('.composer'))) };
  });
  if (f.tag === 'BODY' || !f.seen) result.faults.push(`the focus is lost or cannot be seen: ${JSON.stringify(f)}`);
}

/** Presses a control: with the pointer, or by Tab and Enter. */
async function press(selector) {
  if (!keyboard) {
    await page.click(selector);
    return;
  }
  await reach(selector);
  await page.keyboard.press('Enter');
}

async function reach(selector) {
  for (let i = 0; i < 80; i += 1) {
    if (await page.evaluate((s) => document.activeElement === document.querySelectorAll(s)[document.querySelectorAll(s).length - 1], selector)) {
      await focusSeen();
      return;
    }
    await page.keyboard.press('Tab');
    await focusSeen();
  }
  throw new Error(`Tab does not reach ${selector}`);
}

async function write(selector, text) {
  if (keyboard) {
    await reach(selector);
    await page.keyboard.type(text);
  } else await page.fill(selector, text);
}

async function say(text) {
  if (keyboard) {
    // The one key that leads to the composer from wherever no field has the focus.
    if (await page.evaluate(() => document.activeElement.id !== 'say')) await page.keyboard.press('/');
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  } else {
    await page.fill('#say', text);
    await page.press('#say', 'Enter');
  }
}

const quiet = () => page.waitForSelector('.log[aria-busy=false]', { timeout: STEP_MS });

try {
  await page.goto(url);
  await page.waitForSelector('#say');
  await state('empty');
  await say(option('sentence', MAIN));
  await page.waitForSelector('.compare tbody tr', { timeout: STEP_MS });
  await quiet();
  result.rows = await page.locator('.compare tbody tr').count();
  await state('comparison');
  await say('the second one');
  // Consents first, as many as the shop needs, then the purchase itself.
  for (let n = 1; ; n += 1) {
    await page.waitForSelector('.consent-title, .words', { timeout: STEP_MS });
    if (await page.locator('.words').count() > 0) break;
    if (n > 4) throw new Error('more than four consents were asked');
    await state(`consent-${n}`);
    const title = await page.textContent('.consent-title');
    await press('.approval:has(.consent-title) .btn-primary');
    await page.waitForFunction((t) => document.querySelector('.consent-title')?.textContent !== t, title, { timeout: STEP_MS });
  }
  await state('approval');
  result.asked = (await page.textContent('.words .btn-primary')).trim();
  const words = (await page.textContent('.word')).trim();
  await write('.words input', words);
  if (keyboard) await page.keyboard.press('Enter');
  else await press('.words .btn-primary');
  await page.waitForSelector('.receipt', { timeout: STEP_MS + 10_000 });
  await quiet();
  await state('receipt');
  result.paid = (await page.textContent('.receipt .amount')).trim();
  result.order = (await page.textContent('.receipt > header .num')).trim();
  result.focus_kept = await page.evaluate(() => document.activeElement !== document.body);
  result.words_gone = !(await page.evaluate((w) => document.body.innerText.includes(w), words));
  const clean = Object.values(result.axe).every((found) => found.length === 0);
  result.ok = clean && result.faults.length === 0 && result.foreign.length === 0 && result.words_gone && (!keyboard || result.focus_kept)
    && result.asked.includes(result.paid);
} catch (failure) {
  result.why = failure.message.split('\n')[0];
  await page.screenshot({ path: join(out, `${keyboard ? 'keyboard-' : ''}failed.png`), fullPage: true }).catch(() => {});
  result.shown = await page.evaluate(() => document.querySelector('main')?.innerText.slice(-1200)).catch(() => null);
}
if (!axe) result.axe = 'axe-core is not installed: nothing was checked';
await browser.close();
give(result, result.ok ? 0 : 1);
