// Buys the main sentence on the page of a real runtime, in headless Chromium, and says in one JSON line how it went.
//
//   node purchase.mjs --url http://127.0.0.1:PORT/ --out DIR [--keyboard] [--width 390] [--scheme dark] [--sentence TEXT]
//
// `--keyboard` presses keys only and checks at each step that the focus is on something and can be seen. Pictures of every state
// go to DIR. Exit code: 0 bought and nothing found, 1 not bought or something found, 2 it could not be tried.

import { join } from 'node:path';
import { browse, clean, give, inspect, option } from './common.mjs';

const MAIN = 'I need fair-trade coffee beans under 15 dollars, two bags. Compare the best three and have them here Saturday morning.';
/** Longest wait for one step of the runtime; the shops are on this machine. */
const STEP_MS = 60_000;
/** Consents that one purchase may need: for the price, for the order, for the delivery, and one to spare. */
const CONSENTS_MAX = 4;

const out = option('out', 'target/browser');
const keyboard = process.argv.includes('--keyboard');
const result = { ok: false, keyboard, url: option('url'), steps: [], order: null, paid: null };
const chrome = await browse(result);
const { page, browser } = chrome;

let began = performance.now();

async function state(name) {
  const ms = Math.round(performance.now() - began);
  await inspect(chrome, result, `${keyboard ? 'keyboard-' : ''}${name}`, out);
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
let consents = 0;

/** Waits for `selector`, and gives the consents that are asked on the way. */
async function until(selector) {
  for (;;) {
    await page.waitForSelector(`${selector}, .consent-title`, { timeout: STEP_MS });
    if (await page.locator('.consent-title').count() === 0) return;
    consents += 1;
    if (consents > CONSENTS_MAX) throw new Error(`more than ${CONSENTS_MAX} consents were asked`);
    await state(`consent-${consents}`);
    await press('.approval:has(.consent-title) .btn-primary');
    await page.waitForFunction(() => !document.querySelector('.consent-title'), null, { timeout: STEP_MS });
  }
}

try {
  await page.goto(option('url'));
  await page.waitForSelector('#say');
  await state('empty');
  await say(option('sentence', MAIN));
  await until('.compare tbody tr');
  await quiet();
  result.rows = await page.locator('.compare tbody tr').count();
  await state('comparison');
  await say('the second one');
  await until('.words');
  await quiet();
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
  result.ok = clean(result) && result.words_gone && (!keyboard || result.focus_kept) && result.asked.includes(result.paid);
} catch (failure) {
  result.why = failure.message.split('\n')[0];
  await page.screenshot({ path: join(out, `${keyboard ? 'keyboard-' : ''}failed.png`), fullPage: true }).catch(() => {});
  result.shown = await page.evaluate(() => document.querySelector('main')?.innerText.slice(-1200)).catch(() => null);
}
await browser.close();
give(result, result.ok ? 0 : 1);
