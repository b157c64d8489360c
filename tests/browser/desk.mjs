// Somebody at the desk helps one person, on the page of a real runtime in headless Chromium, and says in one JSON line how it went.
//
//   node desk.mjs --url http://127.0.0.1:PORT/ --out DIR --desk-token TOKEN [--width 390] [--scheme dark]
//
// The person talks on the page `/` in a second tab. On a wide screen the desk is worked with keys where there are keys for it.
// Pictures of every state go to DIR. Exit code: 0 helped and nothing found, 1 not so, 2 it could not be tried.

import { join } from 'node:path';
import { browse, clean, give, inspect, option } from './common.mjs';

const WAIT_MS = 30_000;
const out = option('out', 'target/browser');
const narrow = Number(option('width', '1280')) < 832;
const result = { ok: false, url: option('url'), steps: [] };
const chrome = await browse(result);
const { page, context, browser } = chrome;
const person = await context.newPage();
person.on('pageerror', (e) => result.faults.push(`person: ${e.message}`));
const at = (path) => new URL(path, option('url')).href;

async function state(name) {
  await inspect(chrome, result, name, out, narrow);
  result.steps.push(name);
}

async function say(text) {
  await person.fill('#say', text);
  await person.press('#say', 'Enter');
}

const tab = async (words) => { if (narrow) await page.click(`.desk-tabs button:text-is("${words}")`); };

try {
  await page.goto(at('/desk'));
  await state('door');
  await page.fill('#token', 'not a token');
  await page.click('.btn-primary');
  await page.waitForSelector('.error-summary');
  // The browser reports the 401 of the door itself; that is what was asked for.
  result.faults = result.faults.filter((f) => !f.includes('401'));
  await page.fill('#token', option('desk-token'));
  await page.click('.btn-primary');
  await page.waitForSelector('.desk-queue .empty', { timeout: WAIT_MS });
  await state('queue-empty');

  await person.goto(at('/'));
  await person.waitForSelector('#say');
  await say('find a desk lamp');
  await person.waitForSelector('.list, .compare', { timeout: WAIT_MS });
  await say('a person please');
  await page.waitForSelector('.desk-ticket', { timeout: WAIT_MS });
  await state('queue');
  if (narrow) await page.click('.desk-ticket');
  else await page.keyboard.press('j');
  await page.waitForSelector('.desk-said', { timeout: WAIT_MS });
  await state('reading');
  if (!narrow) await page.keyboard.press('t');
  result.take_focused = await page.evaluate(() => document.activeElement.id) === 'desk-why';
  await page.fill('#desk-why', 'to find the width');
  await page.press('#desk-why', 'Enter');
  await page.waitForSelector('#desk-reply', { timeout: WAIT_MS });
  await person.waitForSelector('text=Mara from the desk', { timeout: WAIT_MS });

  await page.fill('#desk-reply', 'The first one is 28 cm wide.');
  await page.press('#desk-reply', 'Control+Enter');
  await person.waitForSelector('.from-desk', { timeout: WAIT_MS });
  await person.screenshot({ path: join(out, 'person-answered.png'), fullPage: true });
  await say('does it come in white?');
  await page.waitForSelector('.desk-said.is-user >> text=does it come in white', { timeout: WAIT_MS });
  await state('taken');
  await tab('Summary');
  await page.waitForSelector('.desk-summary');
  await state('summary');
  await tab('Actions');
  await page.waitForSelector('.desk-goods .btn');
  await state('actions');
  await page.click('.desk-goods .btn');
  await page.waitForSelector('.desk-actions >> text=Ask Sam for the approval', { timeout: WAIT_MS });
  await person.waitForSelector('.cart', { timeout: WAIT_MS });
  await state('cart');
  await page.click('text=Town of the delivery');
  await person.waitForSelector('text=asks to see the town', { timeout: WAIT_MS });
  await say('yes');
  await tab('Summary');
  await page.waitForSelector('.desk-summary >> text=Brooklyn', { timeout: WAIT_MS });
  await tab('Talk');
  const shown = await page.evaluate(() => document.body.innerText);
  for (const secret of ['Elm Street', '11201', 'sam@example.com', '4242']) {
    if (shown.includes(secret)) result.faults.push(`the desk shows ${secret}`);
  }
  if (!narrow) {
    // Out of the field first: letters in it are letters.
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('h');
  }
  result.back_focused = await page.evaluate(() => document.activeElement.id) === 'desk-line';
  await page.fill('#desk-line', 'the first lamp fits');
  await page.press('#desk-line', 'Enter');
  await person.waitForSelector('text=Did that help?', { timeout: WAIT_MS });
  await person.screenshot({ path: join(out, 'person-back.png'), fullPage: true });
  await tab('Queue');
  await page.waitForSelector('.desk-queue .empty', { timeout: WAIT_MS });
  await person.goto(at('/why'));
  result.told = (await person.locator('text=Mara took over: to find the width').count()) === 1;
  await person.screenshot({ path: join(out, 'person-why.png'), fullPage: true });
  // The page may ask once more for the errand that it just gave back: it is told 404, goes on, and the browser reports it.
  result.faults = result.faults.filter((f) => !(f.includes('404') && f.includes('/desk/api/errands/')));
  result.ok = clean(result) && result.told && (narrow || (result.take_focused && result.back_focused));
} catch (failure) {
  result.why = failure.message.split('\n')[0];
  await page.screenshot({ path: join(out, 'failed.png'), fullPage: true }).catch(() => {});
  await person.screenshot({ path: join(out, 'failed-person.png'), fullPage: true }).catch(() => {});
  result.shown = await page.evaluate(() => document.body.innerText.slice(-1200)).catch(() => null);
}
await browser.close();
give(result, result.ok ? 0 : 1);
