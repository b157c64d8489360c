// What the scripts of this folder share: Chromium, axe, pictures, and the one JSON line at the end.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Where packages lie: beside the foreign clients, or beside the page. */
const HOMES = ['tests/foreign/node', 'crates/server/web'].map((p) => join(ROOT, p, 'package.json'));
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** Value of `--name`. */
export function option(name, otherwise) {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? otherwise : process.argv[i + 1];
}

/** Prints the result as one line and ends with this code. */
export function give(result, code) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(code);
}

function find(name) {
  for (const home of HOMES) {
    try {
      return createRequire(home).resolve(name);
    } catch { /* the next one */ }
  }
  return null;
}

/** Opens a page at `--width`, `--height`, `--scheme`. `flags` are more words for Chromium. What its
 * console reports, and which other host it asks, goes into `result`. */
export async function browse(result, flags = []) {
  const playwright = find('playwright-core');
  if (!option('url')) give({ ok: false, why: 'no --url was given' }, 2);
  if (!playwright) give({ ok: false, why: 'playwright-core is not installed: run `npm ci` in crates/server/web' }, 2);
  if (!existsSync(CHROMIUM)) give({ ok: false, why: `no Chromium at ${CHROMIUM}; set CHROMIUM` }, 2);
  const { chromium } = createRequire(import.meta.url)(playwright);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...flags] });
  const context = await browser.newContext({
    viewport: { width: Number(option('width', '1280')), height: Number(option('height', '900')) }, colorScheme: option('scheme', 'light'),
  });
  const page = await context.newPage();
  const { host } = new URL(option('url'));
  Object.assign(result, { faults: [], foreign: [], axe: {} });
  page.on('console', (m) => { if (m.type() === 'error') result.faults.push(`${m.text()} ${m.location().url}`.trim()); });
  page.on('pageerror', (e) => result.faults.push(e.message));
  page.on('request', (r) => { if (new URL(r.url()).host !== host) result.foreign.push(r.url()); });
  return { browser, context, page };
}

const axeFile = find('axe-core/axe.min.js');
const axe = axeFile ? readFileSync(axeFile, 'utf8') : null;

/** Keeps a picture of what is shown, and what is wrong with it: what axe finds, and whether it scrolls sideways. */
export async function inspect({ page, context }, result, name, out, fullPage = false) {
  mkdirSync(out, { recursive: true });
  await page.waitForFunction(() => document.getAnimations().every((a) => a.effect.getComputedTiming().iterations === Infinity || a.playState !== 'running'));
  await page.screenshot({ path: join(out, `${name}.png`), fullPage });
  if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) result.faults.push(`${name} scrolls sideways`);
  if (!axe) {
    result.faults.push('axe-core is not installed, so nothing was checked: run `npm ci` in crates/server/web');
    return;
  }
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

/** Whether nothing was found. */
export function clean(result) {
  return Object.values(result.axe).every((found) => found.length === 0) && result.faults.length === 0 && result.foreign.length === 0;
}
