// The page in headless Chromium on the scripted runtime. Skipped, loudly, where there is no Chromium. `SHOTS=DIR` keeps pictures.

import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { start } from './mock.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const skip = existsSync(CHROMIUM) ? false : `no Chromium at ${CHROMIUM}; set CHROMIUM`;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const MAIN = 'I need fair-trade coffee beans under 15 dollars, two bags. Compare the best three and have them here Saturday morning.';
let browser;

before(async () => { if (!skip) browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS }); });
after(() => browser?.close());

/** Opens the page on a fresh mock. What the console reports as an error, a refused script or style included, fails the test. */
async function open(options, body) {
  const mock = await start();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('console', (m) => { if (m.type() === 'error' && !/WebSocket|ERR_CONNECTION|ERR_FAILED|409/.test(m.text())) faults.push(m.text()); });
  page.on('pageerror', (e) => faults.push(e.message));
  try {
    await page.goto(mock.url + (options.path ?? ''));
    if (!options.path) await page.waitForSelector('#say');
    await body(page, mock);
    assert.deepEqual(faults, []);
    for (const foreign of await page.evaluate(() => performance.getEntriesByType('resource').map((r) => r.name))) {
      assert.ok(foreign.startsWith(mock.url), `only the runtime is asked: ${foreign}`);
    }
  } finally {
    await context.close();
    await mock.close();
  }
}

async function say(page, text) {
  await page.fill('#say', text);
  await page.press('#say', 'Enter');
}

async function axe(page) {
  // A colour on its way to another has the contrast of neither.
  await settled(page);
  // Through the debugger, so that the page's own policy of what may run stays as strict as it is.
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Runtime.evaluate', { expression: AXE });
  const { result } = await cdp.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).join(', '))))`,
    awaitPromise: true, returnByValue: true,
  });
  assert.deepEqual(JSON.parse(result.value), []);
}

async function fits(page) {
  const [scroll, client] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(scroll <= client, `nothing scrolls sideways: ${scroll} in ${client}`);
  // A card hides what is wider than itself, so the page stays narrow while a button is cut off.
  const cut = await page.evaluate(() => [...document.querySelectorAll('button,a,input,summary')].filter((e) => {
    const box = e.getBoundingClientRect();
    const card = e.closest('.card,.approval')?.getBoundingClientRect();
    return card && box.width > 1 && (box.right > card.right + 1 || box.left < card.left - 1);
  }).map((e) => e.outerHTML.slice(0, 80)));
  assert.deepEqual(cut, [], 'nothing to press is cut off');
}

const settled = (page) => page.waitForFunction(() => document.getAnimations().every((a) => a.playState !== 'running' || a.effect.getComputedTiming().iterations === Infinity));

const bought = async (page) => {
  await say(page, 'approve now');
  await page.fill('.words input', 'amber violin');
  await page.click('.words .btn-primary');
  await page.waitForSelector('.receipt');
};

const STATES = {
  empty: async () => {},
  comparison: async (page) => { await say(page, MAIN); await page.waitForSelector('.compare'); await page.waitForSelector('[aria-busy=false]'); },
  reasons: async (page) => { await STATES.comparison(page); for (const d of await page.$$('.cmp details > summary')) await d.click(); await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight)); },
  products: async (page) => { await say(page, 'products'); await page.waitForSelector('.list'); },
  options: async (page) => { await say(page, 'desk 140'); await page.waitForSelector('.option'); },
  cart: async (page) => { await say(page, 'two shops'); await page.waitForSelector('.cart-shop'); },
  consent: async (page) => { await STATES.comparison(page); await say(page, 'The second one'); await page.waitForSelector('.consent-title'); },
  approval: async (page) => { await say(page, 'approve now'); await page.waitForSelector('.words'); },
  wrong: async (page) => { await STATES.approval(page); await page.fill('.words input', 'amber piano'); await page.click('.words .btn-primary'); await page.waitForSelector('.problem'); },
  expired: async (page) => { await say(page, 'short approval'); await page.waitForSelector('.closed'); },
  receipt: bought,
  refused: async (page) => { await say(page, 'lamp'); await page.waitForSelector('.notice-no'); },
  notices: async (page) => { await say(page, 'notices'); await page.waitForSelector('.chip'); },
  orders: async (page) => { await say(page, 'orders'); await page.waitForSelector('.list'); },
  lost: async (page, mock) => { await STATES.approval(page); await page.route('**/api/page/connect', (r) => r.abort()); mock.drop(); await page.waitForSelector('.link-bar:not(.is-empty)'); },
  strip: async (page) => { await STATES.approval(page); if (page.viewportSize().width < 1152) await page.click('.strip summary'); },
  menu: async (page) => { if (page.viewportSize().width < 832) await page.click('.menu summary'); },
  help: async (page) => { await page.click('h1'); await page.keyboard.press('?'); await page.waitForSelector('dialog[open]'); },
};

for (const [name, reach] of Object.entries(STATES)) {
  test(`${name}: nothing for axe to find and nothing cut, in both themes, wide and narrow`, { skip }, async () => {
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1280, 390]) {
        await open({ colorScheme, viewport: { width, height: width < 600 ? 844 : 940 } }, async (page, mock) => {
          await reach(page, mock);
          await settled(page);
          await fits(page);
          if (process.env.SHOTS) {
            mkdirSync(process.env.SHOTS, { recursive: true });
            await page.screenshot({ path: `${process.env.SHOTS}/${name}-${width}-${colorScheme}.png` });
          }
          await axe(page);
        });
      }
    }
  });
}

test('classes: the pages that the server renders look right with the same sheet', { skip }, async () => {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 390, 320]) {
      await open({ colorScheme, viewport: { width, height: 900 }, path: 'orders' }, async (page) => {
        await fits(page);
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/classes-${width}-${colorScheme}.png`, fullPage: true });
        await axe(page);
      });
    }
  }
});

test('at 320 pixels, and with the text spacing of WCAG 1.4.12, every state fits', { skip }, async () => {
  for (const [name, reach] of Object.entries(STATES)) {
    await open({ viewport: { width: 320, height: 700 } }, async (page, mock) => {
      await reach(page, mock);
      await fits(page);
      await page.evaluate(() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync('*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}');
        document.adoptedStyleSheets = [sheet];
      });
      await fits(page);
      assert.ok(name);
    });
  }
});

/** Where the focus is, and whether it can be seen. */
const focus = (page) => page.evaluate(() => {
  const el = document.activeElement;
  const seen = (x) => x && (getComputedStyle(x).outlineStyle !== 'none' || getComputedStyle(x).boxShadow !== 'none');
  return { tag: el.tagName, id: el.id, text: el.textContent.slice(0, 60), seen: Boolean(seen(el) || seen(el.closest('.composer'))) };
});

async function tabTo(page, found, back = false) {
  for (let i = 0; i < 60; i += 1) {
    const f = await focus(page);
    if (i > 0) assert.ok(f.tag !== 'BODY' && f.seen, `the focus is on something and seen: ${JSON.stringify(f)}`);
    if (found(f)) return;
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  assert.fail('not reached by Tab');
}

test('a purchase needs nothing but the keyboard, and the focus is never lost', { skip }, async () => {
  await open({}, async (page, mock) => {
    await page.keyboard.press('/');
    assert.equal((await focus(page)).id, 'say');
    await page.keyboard.type(MAIN);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.compare .btn');
    await page.waitForSelector('[aria-busy=false]');
    await tabTo(page, (f) => f.text === 'Choose Marcala Medium', true);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.consent-title');
    await page.waitForFunction(() => document.activeElement.matches('.consent-title'));
    await tabTo(page, (f) => f.text === 'Share with Pantry Lane');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.words');
    await page.waitForFunction(() => document.activeElement.matches('.approval h2'));
    await tabTo(page, (f) => f.tag === 'INPUT');
    await page.keyboard.press('Enter');
    assert.match((await page.textContent('.problem')), /Type both words/);
    assert.deepEqual(mock.session.answered, [['apr_1', 'yes']], 'Enter without the words sends nothing');
    await page.keyboard.type('amber violin');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.receipt');
    assert.notEqual((await focus(page)).tag, 'BODY');
    assert.deepEqual(mock.session.answered.at(-1), ['apr_2', 'amber violin']);
    assert.match(await page.textContent('.receipt'), /Bought for \$25\.90/);
  });
});

test('in the approval every control is at least 44 pixels high, and no is as large as yes', { skip }, async () => {
  for (const width of [1280, 390, 320]) {
    await open({ viewport: { width, height: 844 } }, async (page) => {
      await STATES.approval(page);
      const boxes = await page.$$eval('.words input, .words button', (els) => els.map((e) => e.getBoundingClientRect().height));
      assert.equal(boxes.length, 3);
      for (const height of boxes) assert.ok(height >= 44, `${height} at ${width}`);
      assert.equal(Math.round(boxes[1]), Math.round(boxes[2]));
    });
  }
});

test('every target is at least 24 pixels in both directions', { skip }, async () => {
  for (const name of ['comparison', 'products', 'options', 'cart', 'notices', 'receipt', 'empty']) {
    await open({ viewport: { width: 390, height: 844 } }, async (page, mock) => {
      await STATES[name](page, mock);
      const small = await page.$$eval('a, button, summary, input, textarea', (els) => els.filter((e) => e.checkVisibility() && !e.closest('p, .vh') && !e.matches('.skip'))
        .map((e) => { const r = (e.closest('label') ?? e).getBoundingClientRect(); return [e.textContent || e.id, Math.round(r.width), Math.round(r.height)]; })
        .filter(([, w, h]) => w < 24 || h < 24));
      assert.deepEqual(small, [], name);
    });
  }
});

test('a cut during an approval voids it, says so, keeps the draft, and doubles nothing', { skip }, async () => {
  await open({}, async (page, mock) => {
    await STATES.approval(page);
    await page.fill('#say', 'half a thou');
    const cards = await page.locator('.log > *').count();
    mock.drop();
    await page.waitForSelector('.link-bar.is-back:not(.is-empty)');
    assert.match(await page.textContent('.closed'), /nothing was bought/i);
    assert.equal(await page.inputValue('#say'), 'half a thou');
    assert.equal(await page.locator('.log > *').count(), cards);
    assert.equal(await page.locator('body').evaluate((b) => b.innerText.includes('amber violin')), false, 'the words are gone');
  });
});

test('an approval that the runtime still holds after a cut stays open, without its words, and no stays in reach', { skip }, async () => {
  await open({}, async (page, mock) => {
    await STATES.approval(page);
    mock.session.holds = true;
    mock.drop();
    await page.waitForSelector('.approval:not(:has(.words)) .acts');
    assert.equal(await page.locator('body').evaluate((b) => b.innerText.includes('amber violin')), false);
    assert.deepEqual(await page.$$eval('.approval .acts .btn', (els) => els.map((e) => e.textContent)), ['Ask me again', 'Do not buy']);
    await axe(page);
    await page.click('.approval .acts .btn:last-child');
    await page.waitForSelector('.closed');
    assert.deepEqual(mock.session.answered, [['apr_2', 'no']]);
  });
});

test('a sentence whose connection broke before it was heard is answered once', { skip }, async () => {
  await open({}, async (page, mock) => {
    await say(page, 'cut here coffee');
    await page.waitForSelector('.you.is-waiting');
    await page.waitForFunction(() => document.querySelector('.link-bar.is-back'));
    await page.waitForTimeout(50);
    assert.deepEqual(mock.session.turns.filter((t) => t.startsWith('cut')).length, 1);
  });
});

test('after a reload the conversation is there again, the draft too, and no approval is open', { skip }, async () => {
  await open({}, async (page) => {
    await STATES.approval(page);
    await page.fill('#say', 'and milk');
    await page.reload();
    await page.waitForSelector('.closed');
    assert.equal(await page.inputValue('#say'), 'and milk');
    assert.equal(await page.locator('.you').count(), 1);
    assert.equal(await page.locator('.words').count(), 0);
  });
});

test('what a shop writes stays text', { skip }, async () => {
  await open({}, async (page) => {
    await say(page, 'hostile');
    await page.waitForSelector('.list');
    await page.waitForSelector('[aria-busy=false]');
    assert.equal(await page.locator('.log script, .log img[src="x"]').count(), 0);
    assert.match(await page.textContent('.list b'), /<img src=x onerror/);
    assert.notEqual(await page.title(), '1');
  });
});

test('a card that cannot be drawn does not take the page with it', { skip }, async () => {
  await open({}, async (page) => {
    await say(page, 'break');
    await page.waitForSelector('.notice-no');
    assert.match(await page.textContent('.notice-no'), /This page broke while showing the comparison/);
    await page.waitForSelector('.say');
    await say(page, 'lamp');
    await page.waitForFunction(() => document.querySelectorAll('.notice-no').length === 2);
  });
});

test('an example fills the composer and does not send', { skip }, async () => {
  await open({}, async (page, mock) => {
    await page.click('.examples button');
    await page.waitForFunction((text) => document.getElementById('say').value === text, MAIN);
    assert.equal((await focus(page)).id, 'say');
    assert.deepEqual(mock.session.turns, []);
  });
});

test('a screen reader hears whole sentences, and of money at once', { skip }, async () => {
  await open({}, async (page) => {
    await page.evaluate(() => {
      window.heard = [];
      for (const role of ['status', 'alert']) {
        const region = document.querySelector(`body > .vh[role=${role}]`);
        new MutationObserver(() => window.heard.push(`${role}: ${region.textContent}`)).observe(region, { childList: true, characterData: true, subtree: true });
      }
    });
    await STATES.approval(page);
    await page.waitForFunction(() => window.heard.some((t) => t.startsWith('alert')));
    const heard = await page.evaluate(() => window.heard);
    assert.ok(heard.some((t) => t.startsWith('alert: Approval needed. You would pay 25 dollars 90 to Pantry Lane Ltd.')), heard.join('\n'));
  });
});

test('with reduced motion nothing moves', { skip }, async () => {
  await open({ reducedMotion: 'reduce' }, async (page) => {
    await say(page, MAIN);
    await page.waitForSelector('.compare');
    assert.equal(await page.evaluate(() => document.getAnimations().filter((a) => a.playState === 'running' && a.effect.getComputedTiming().duration > 0).length), 0);
  });
});

test('with forced colours the states can still be told apart', { skip }, async () => {
  await open({ forcedColors: 'active' }, async (page) => {
    await STATES.consent(page);
    await settled(page);
    const icons = await page.$$eval('.rail a[data-place]', (els) => els.map((e) => getComputedStyle(e, '::before').backgroundColor));
    assert.ok(icons.every((c) => c !== 'rgba(0, 0, 0, 0)'));
    await axe(page);
  });
});

test('the first load stays below 100 kB compressed', { skip }, async () => {
  await open({}, async (page) => {
    const urls = await page.evaluate(() => [location.href, ...performance.getEntriesByType('resource').map((r) => r.name)]);
    let bytes = 0;
    for (const url of urls.filter((u) => !u.includes('/api/'))) bytes += gzipSync(Buffer.from(await (await page.request.get(url)).body())).length;
    assert.ok(bytes <= 100_000, `${bytes} bytes`);
    if (process.env.SHOTS) process.stdout.write(`# first load: ${urls.length} requests, ${bytes} bytes compressed\n`);
  });
});

/** A second of a tone as the runtime would send it. */
function tone(ms) {
  const pcm = Int16Array.from({ length: 24 * ms }, (_, i) => Math.round(8_000 * Math.sin(i / 9)));
  return Buffer.from(pcm.buffer).toString('base64');
}

async function until(page, check, what) {
  for (let i = 0; i < 100; i += 1) {
    if (check()) return;
    await page.waitForTimeout(50);
  }
  assert.fail(what);
}

const spoken = (s, id, text, ms) => {
  const ids = { response_id: 'resp_v', item_id: id, output_index: 0, content_index: 0 };
  s.emit({ type: 'response.created', response: { id: 'resp_v', object: 'realtime.response', status: 'in_progress', output: [], metadata: null } });
  s.emit({ type: 'response.output_audio_transcript.delta', ...ids, delta: text });
  s.emit({ type: 'response.output_audio.delta', ...ids, delta: tone(ms) });
  s.emit({ type: 'response.output_audio.done', ...ids });
  s.emit({ type: 'response.output_audio_transcript.done', ...ids, transcript: text });
  s.emit({ type: 'response.done', response: { id: 'resp_v', object: 'realtime.response', status: 'completed', output: [], metadata: null } });
};

for (const [name, options] of [['light', {}], ['dark', { colorScheme: 'dark' }], ['phone', { viewport: { width: 390, height: 844 } }]]) {
  test(`microphone, ${name}: it is asked for by the button alone, is heard, and stops what is spoken over`, { skip }, async () => {
    await open(options, async (page, { session: s }) => {
      const shot = async (state) => { if (process.env.SHOTS) { mkdirSync(process.env.SHOTS, { recursive: true }); await page.screenshot({ path: `${process.env.SHOTS}/mic-${name}-${state}.png` }); } };
      assert.equal(s.frames.length, 0);
      await shot('off');
      await page.click('[aria-label="Talk by microphone"]');
      await page.waitForSelector('.voice-bar:has-text("Listening")');
      await until(page, () => s.frames.filter((f) => f.type === 'input_audio_buffer.append').length > 3, 'sound is sent');
      assert.equal(s.frames[0].session.output_modalities[0], 'audio');
      const loud = () => page.evaluate(() => Number(document.getElementById('level').style.getPropertyValue('--level')));
      let level = 0;
      for (let i = 0; i < 40 && level === 0; i += 1) { level = await loud(); await page.waitForTimeout(50); }
      assert.ok(level > 0, 'the level moves');
      s.emit({ type: 'input_audio_buffer.speech_started', audio_start_ms: 400, item_id: 'item_v1' });
      await page.waitForSelector('.voice-bar:has-text("I hear you")');
      s.emit({ type: 'conversation.item.input_audio_transcription.delta', item_id: 'item_v1', content_index: 0, delta: 'two bags of fair trade coffee' });
      await shot('hearing');
      s.emit({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 1_900, item_id: 'item_v1' });
      s.emit({ type: 'conversation.item.input_audio_transcription.completed', item_id: 'item_v1', content_index: 0, transcript: 'two bags of fair trade coffee' });
      spoken(s, 'item_v2', 'I found three coffees. The best rated is Marcala Medium, for eleven dollars twenty.', 9_000);
      await page.waitForSelector('.voice-bar:has-text("Speaking")');
      await page.waitForTimeout(600);
      await shot('speaking');
      s.emit({ type: 'input_audio_buffer.speech_started', audio_start_ms: 5_000, item_id: 'item_v3' });
      await until(page, () => s.frames.some((f) => f.type === 'conversation.item.truncate'), 'what was heard is told');
      const cut = s.frames.find((f) => f.type === 'conversation.item.truncate');
      assert.equal(cut.item_id, 'item_v2');
      assert.ok(cut.audio_end_ms > 100 && cut.audio_end_ms < 9_000, `${cut.audio_end_ms} ms were heard`);
      s.emit({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 5_500, item_id: 'item_v3' });
      await page.click('.voice-bar button:has-text("Mute")');
      await page.waitForSelector('.voice-bar:has-text("Muted")');
      await shot('muted');
      await axe(page);
      await fits(page);
      await page.click('.voice-bar button:has-text("Unmute")');
      await page.click('.voice-bar button:has-text("Push to talk")');
      await page.waitForSelector('.voice-bar:has-text("Hold Talk")');
      await page.focus('.voice-bar button:has-text("Talk")');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.voice-bar button:has-text("Send")');
      await shot('push');
      await axe(page);
      await page.waitForTimeout(200);
      await page.keyboard.press('Enter');
      await until(page, () => s.frames.some((f) => f.type === 'input_audio_buffer.commit'), 'what was held is sent');
      await page.click('.voice-bar button:has-text("Stop listening")');
      await page.waitForSelector('.voice-bar', { state: 'detached' });
    });
  });
}

test('a microphone that is denied is told in plain words, and typing goes on', { skip }, async () => {
  await open({}, async (page) => {
    await page.evaluate(() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError')); });
    await page.click('[aria-label="Talk by microphone"]');
    await page.waitForSelector('.voice-bar:has-text("The browser blocks the microphone")');
    assert.match(await page.textContent('[role=alert]'), /blocks the microphone/);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/mic-denied.png` });
    await axe(page);
    await fits(page);
    await say(page, MAIN);
    await page.waitForSelector('.you');
  });
});
