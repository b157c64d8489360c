// Looks at the pages that the server renders, as a person with and without script sees them, and says in one JSON line what is wrong.
//
//   node pages.mjs --url http://127.0.0.1:PORT/ --out DIR [--width 390] [--scheme dark]
//
// Exit code: 0 nothing found, 1 something found, 2 it could not be tried.

import { browse, clean, give, inspect, option } from './common.mjs';

const PLACES = ['orders', 'profile', 'consents', 'why', 'setup'];
const out = option('out', 'target/browser');
const result = { ok: false, url: option('url'), pages: {} };
const chrome = await browse(result);
const { page, browser } = chrome;

try {
  // The first visit gives the page its cookie.
  await page.goto(option('url'));
  for (const place of PLACES) {
    const answer = await page.goto(new URL(`/${place}`, option('url')).href);
    const headings = await page.locator('h1').count();
    const here = await page.locator(`.rail a[aria-current=page][href="/${place}"]`).count();
    result.pages[place] = { status: answer.status(), csp: Boolean(answer.headers()['content-security-policy']) };
    if (answer.status() !== 200) result.faults.push(`/${place} answers ${answer.status()}`);
    if (headings !== 1) result.faults.push(`/${place} has ${headings} first headings`);
    if (here !== 1) result.faults.push(`/${place} is not marked in the rail`);
    await inspect(chrome, result, place, out, true);
  }
  result.ok = clean(result);
} catch (failure) {
  result.why = failure.message.split('\n')[0];
}
await browser.close();
give(result, result.ok ? 0 : 1);
