import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { initial, reduce, currentStep, ENTRIES_MAX } from '../reduce.js';
import { openApproval } from '../approvals.js';
import { announce } from '../a11y.js';
import { untold, turnOf } from '../told.js';
import { approval, cart, plan, know, PRODUCTS, COMPARISON, OPTIONS, ORDER, DENY, UNKNOWN, TWO_SHOPS } from './scenes.mjs';

const run = (...events) => events.reduce((s, e, i) => reduce(s, e, i), initial);
const kinds = (s) => s.entries.map((e) => e.kind);
const added = (id, text) => ({ type: 'conversation.item.added', item: { id, type: 'message', role: 'user', content: [{ type: 'input_text', text }] } });
const started = { type: 'response.created', response: { id: 'resp_1' } };
const done = { type: 'response.done', response: { id: 'resp_1', status: 'completed' } };
const settled = (outcome, extra = {}) => ({ type: 'errand.approval.resolved', id: 'apr_2', outcome, text: '', tries_left: null, ...extra });

test('a sentence that the runtime repeats is shown once', () => {
  const s = run({ type: 'page.said', id: 'item_1', text: 'Coffee' }, added('item_1', 'Coffee'), added('item_1', 'Coffee'));
  assert.deepEqual(kinds(s), ['you']);
  assert.equal(s.entries[0].sent, true);
});

test('an answer grows by its pieces and ends as the runtime says it', () => {
  const piece = (delta) => ({ type: 'response.output_text.delta', item_id: 'item_2', delta });
  const s = run(started, piece('These '), piece('three'), { type: 'response.output_text.done', item_id: 'item_2', text: 'These three fit.' }, done);
  assert.deepEqual(s.entries, [{ key: 'item_2', kind: 'say', text: 'These three fit.', streaming: false }]);
  assert.equal(s.active, null);
});

test('an older plan never replaces a newer one', () => {
  const s = run(plan(2, 5), plan(1, 4));
  assert.equal(s.plan.revision, 5);
  assert.equal(currentStep(s.plan), 2);
});

test('an older cart never replaces a newer one', () => {
  assert.equal(run(cart(4), cart(3)).cart.revision, 4);
});

test('a comparison takes the place of the list that it compares', () => {
  const s = run(added('i', 'Coffee'), PRODUCTS, COMPARISON);
  assert.deepEqual(kinds(s), ['you', 'comparison']);
  assert.equal(s.entries[1].ordered_by, PRODUCTS.ordered_by);
});

test('a comparison of an earlier list leaves that list alone', () => {
  const s = run(added('i', 'Coffee'), PRODUCTS, added('j', 'Compare them'), COMPARISON);
  assert.deepEqual(kinds(s), ['you', 'products', 'you', 'comparison']);
});

test('the cart is a card of its own when the turn ends without a question about it', () => {
  assert.deepEqual(kinds(run(started, cart(1, TWO_SHOPS), done)), ['cart']);
  assert.deepEqual(kinds(run(started, cart(1), approval('purchase', 'apr_2'), done)), ['approval']);
});

test('an open approval counts from its arrival and not by the clock of the page', () => {
  const s = reduce(initial, approval('purchase', 'apr_2', 120), 5000);
  assert.equal(openApproval(s).until, 125_000);
});

test('the words are forgotten the moment the question is closed', () => {
  for (const outcome of ['granted', 'refused', 'expired', 'void', 'locked']) {
    const s = run(approval('purchase', 'apr_2'), settled(outcome));
    assert.equal(JSON.stringify(s).includes('amber'), false, outcome);
    assert.equal(s.entries[0].state, outcome);
  }
});

test('words that an answer named leave the page with the question', () => {
  const told = { type: 'response.output_text.done', item_id: 'item_7', text: 'Type amber violin to pay $25.90.' };
  assert.equal(run(approval('purchase', 'apr_2'), told, settled('granted')).entries[1].text, 'Type the two words to pay $25.90.');
  assert.equal(run(approval('purchase', 'apr_2'), told, settled('wrong', { tries_left: 2 })).entries[1].text, told.text);
});

test('what a screen reader hears of a purchase is what was agreed on', () => {
  const events = JSON.parse(readFileSync(new URL('recorded/purchase.json', import.meta.url), 'utf8'));
  let s = initial;
  const heard = events.flatMap((e) => {
    const before = s;
    s = reduce(s, e, 0);
    const said = announce(e, before, s);
    return said ? [`${said.urgent ? 'at once' : 'calmly'}: ${said.text}`] : [];
  });
  const file = new URL('recorded/purchase.heard.txt', import.meta.url);
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, `${heard.join('\n')}\n`);
  assert.equal(`${heard.join('\n')}\n`, readFileSync(file, 'utf8'));
});

test('wrong words leave the question open and count down', () => {
  const s = run(approval('purchase', 'apr_2'), settled('wrong', { tries_left: 2 }));
  assert.equal(s.entries[0].state, 'open');
  assert.equal(s.entries[0].triesLeft, 2);
  assert.equal(s.entries[0].wrong, 1);
});

test('an approval that was open when the connection broke loses its words, and is void when the runtime does not have it', () => {
  const s = run(approval('purchase', 'apr_2'), { type: 'errand.session.resumed', session_id: 's', replayed: 0, gap: false });
  assert.equal(s.entries[0].stale, true);
  assert.equal(JSON.stringify(s).includes('amber'), false);
  const gone = reduce(s, { type: 'page.void', id: 'apr_2' });
  assert.equal(gone.entries[0].state, 'void');
  assert.equal(openApproval(gone), null);
});

test('an approval that the runtime still has is open again with fresh words', () => {
  const s = run(approval('purchase', 'apr_2'), { type: 'errand.session.resumed', session_id: 's', replayed: 0, gap: false });
  const again = reduce(s, { type: 'page.words', id: 'apr_2', approval: { ...approval('purchase', 'apr_2').approval, words: 'plum lantern' }, until: 9 });
  assert.equal(openApproval(again).approval.words, 'plum lantern');
  assert.equal(openApproval(again).stale, false);
});

test('a question asked aloud and put on the screen comes without words, and the screen fetches them', () => {
  const bare = approval('purchase', 'apr_2');
  delete bare.approval.words;
  Object.assign(bare.approval, { where: 'page', why_page: '$25.90 is over the $20.00 that you let be bought by voice' });
  const s = run(bare);
  assert.equal(s.entries[0].stale, true);
  const shown = reduce(s, { type: 'page.words', id: 'apr_2', approval: { ...bare.approval, words: 'plum lantern' }, until: 9 });
  assert.equal(openApproval(shown).approval.words, 'plum lantern');
  assert.match(openApproval(shown).approval.why_page, /by voice/);
});

test('an approval without its words cannot be answered by typing them', () => {
  const bare = approval('purchase', 'apr_2');
  delete bare.approval.words;
  assert.equal(run(bare).entries[0].stale, true);
});

test('time that runs out here closes the sheet, unless the answer is already on its way', () => {
  assert.equal(run(approval('purchase', 'apr_2'), { type: 'page.expired', id: 'apr_2' }).entries[0].state, 'expired');
  const s = run(approval('purchase', 'apr_2'), { type: 'page.answering', id: 'apr_2' }, { type: 'page.expired', id: 'apr_2' });
  assert.equal(s.entries[0].state, 'open');
});

test('what was agreed to says whether it was bought, refused, or is not known', () => {
  const agreed = [approval('purchase', 'apr_2'), settled('granted')];
  assert.equal(run(...agreed).moving.amount.minor, 2590);
  const bought = run(...agreed, { type: 'errand.receipt', order: ORDER });
  assert.equal(bought.entries[0].ended, 'bought');
  assert.equal(bought.moving, null);
  assert.equal(run(...agreed, DENY).entries[0].ended, 'not');
  const open = run(...agreed, UNKNOWN);
  assert.equal(open.entries[0].ended, 'unknown');
  assert.notEqual(open.moving, null, 'an unknown outcome stays under way');
});

test('an answer that is told twice moves money once', () => {
  const s = run(approval('purchase', 'apr_2'), settled('granted'), { type: 'errand.receipt', order: ORDER }, settled('granted'), { type: 'errand.receipt', order: ORDER });
  assert.equal(s.moving, null);
  assert.equal(s.entries[0].ended, 'bought');
  assert.equal(s.entries.length, 2);
});

test('a receipt that comes twice is one receipt', () => {
  const receipt = { type: 'errand.receipt', order: ORDER };
  assert.deepEqual(kinds(run(receipt, receipt)), ['receipt']);
});

test('an order that moves changes its receipt and says so', () => {
  const s = run({ type: 'errand.receipt', order: ORDER }, { type: 'errand.delivery.updated', order: { ...ORDER, state: 'shipped', state_text: 'on its way' } });
  assert.deepEqual(kinds(s), ['receipt', 'delivery']);
  assert.equal(s.entries[0].order.state, 'shipped');
});

test('a whole state replaces what was shown and keeps what is not heard yet', () => {
  const { type: _t, ...products } = PRODUCTS;
  const s = run(PRODUCTS, { type: 'page.said', id: 'item_9', text: 'And milk' }, {
    type: 'errand.session.state', session_id: 's', transcript: [{ role: 'user', text: 'Coffee' }, { role: 'assistant', text: 'Three fit.' }],
    plan: null, products, comparison: null, cart: cart(3).cart, approval: null, disclosure: [],
  });
  assert.deepEqual(kinds(s), ['you', 'say', 'products', 'you']);
  assert.equal(s.entries.at(-1).text, 'And milk');
});

test('another session than before is said, and what was open is void', () => {
  const s = run({ type: 'session.created', session: { id: 'a' } }, approval('purchase', 'apr_2'), { type: 'session.created', session: { id: 'b' } });
  assert.equal(s.entries[0].state, 'void');
  assert.equal(s.entries[1].code, 'WEB-0002');
});

test('options change in place', () => {
  const s = run(OPTIONS, { ...OPTIONS, conflict: 'Only with 160 cm' });
  assert.deepEqual(kinds(s), ['options']);
  assert.equal(s.entries[0].conflict, 'Only with 160 cm');
});

test('control that moves between agents shows nothing; a page of the shop shows its host', () => {
  const move = { type: 'errand.handoff', from: 'scout', to: 'buyer', kind: 'agent', reason: 'It is time to buy', url: null, host: null };
  assert.deepEqual(kinds(run(move)), []);
  assert.deepEqual(kinds(run({ ...move, kind: 'shop' })), ['handoff']);
});

test('errors that tell of a repetition are not shown; others are', () => {
  const error = (code) => ({ type: 'error', event_id: code, error: { type: 'invalid_request_error', code, message: 'too long' } });
  assert.deepEqual(kinds(run(error('item_create_duplicate_item_id'))), []);
  assert.deepEqual(kinds(run(error('text_too_long'))), ['notice']);
});

test('an unknown event is counted and changes nothing else', () => {
  const s = run({ type: 'errand.future' }, { type: 'session.updated' });
  assert.equal(s.unknown, 1);
  assert.deepEqual(s.entries, []);
});

test('cards that did not change keep their identity', () => {
  const a = run(added('i', 'Coffee'), PRODUCTS);
  const b = reduce(a, { type: 'response.output_text.delta', item_id: 'x', delta: 'a' });
  assert.equal(b.entries[1], a.entries[1]);
});

test('a long conversation is bounded and says how many cards were dropped', () => {
  let s = initial;
  for (let i = 0; i < ENTRIES_MAX + 25; i += 1) s = reduce(s, added(`i${i}`, 'x'));
  assert.equal(s.entries.length, ENTRIES_MAX);
  assert.equal(s.dropped, 25);
});

test('who knows what comes from the log of disclosures alone', () => {
  assert.equal(initial.know, null);
  assert.equal(run(know(['pantry', 'Pantry Lane', ['your postcode'], 'price'])).know[0].knows[0], 'your postcode');
});

test('an answer in words does not repeat the card beside it, and keeps what only it says', () => {
  const told = (text, ...events) => {
    const s = run(added('i', 'Coffee'), ...events, { type: 'response.output_text.done', item_id: 'x', text });
    return untold(text, turnOf(s.entries, 'x'));
  };
  const list = '1. Sidamo Whole Bean, Pantry Lane: $12.40\n2. Marcala Medium, Pantry Lane: $11.20\nThese fit. I left out 14: 6 certificates not confirmed, 5 over $15.00, 3 cannot come on Saturday.\nWhich one?';
  assert.deepEqual(told(list, COMPARISON), ['These fit.', 'Which one?']);
  assert.equal(told(list).length, 4, 'without the card all of it is drawn');
  const terms = 'You would pay $25.90 to Pantry Lane Ltd: 2 bags. To pay, type these two words: amber violin.';
  assert.deepEqual(told(terms, approval('purchase', 'apr_2')), []);
  assert.deepEqual(told('You would pay $99.00 to Pantry Lane Ltd.', approval('purchase', 'apr_2')).length, 1, 'another amount is not hidden');
  assert.deepEqual(told('May Pantry Lane learn your name and address, to deliver this order?', approval('consent', 'apr_1')), []);
  assert.deepEqual(told('Nothing was bought and the shop was not told.\nAnything else?', DENY), ['Anything else?']);
  const whole = `${DENY.headline}: ${DENY.text} ${DENY.not} ${DENY.remedies[0]}.`;
  assert.deepEqual(told(whole, DENY), []);
  assert.deepEqual(told(`${whole} The lamp stays in the cart.`, DENY).length, 1, 'what only the answer says is not lost');
});

test('cards of another turn hide nothing', () => {
  const s = run(added('i', 'Coffee'), COMPARISON, added('j', 'Again'), { type: 'response.output_text.done', item_id: 'x', text: '1. Marcala Medium' });
  assert.deepEqual(untold('1. Marcala Medium', turnOf(s.entries, 'x')), ['1. Marcala Medium']);
});

test('a question, a refusal and a purchase are announced with what has not happened', () => {
  const say = (e, before = initial) => announce(e, before, reduce(before, e));
  const ask = say(approval('purchase', 'apr_2'));
  assert.equal(ask.urgent, true);
  assert.equal(ask.text, 'Approval needed. You would pay 25 dollars 90 to Pantry Lane Ltd. 2 times Marcala Medium, 340 g. Delivery Saturday 21 November, 8 to 10 in the morning. Nothing is bought yet. 2 minutes.');
  assert.equal(say({ type: 'errand.receipt', order: ORDER }).text, 'Bought. 25 dollars 90, Pantry Lane Ltd.');
  assert.match(say(DENY).text, /not bought.*Nothing was bought/);
  assert.equal(say(approval('consent', 'apr_1')).text.includes('Nothing is shared yet'), true);
});

test('the route is announced when it moves and not while a step counts', () => {
  const first = plan(1, 1, 'running', [null, null, null]);
  const s = run(first);
  assert.equal(announce(first, initial, s).text, 'Step 2 of 6, Searching three shops.');
  const later = plan(1, 2, 'running', ['11 coffees', null, null]);
  assert.equal(announce(later, s, reduce(s, later)), null);
  const dead = plan(1, 3, 'running', ['11 coffees', null, 'no answer, 3.0 s']);
  assert.equal(announce(dead, s, reduce(s, dead)).text, 'Volt & Wire did not answer, going on.');
});

// Event files recorded elsewhere: JSON arrays of server events. Named by a variable, or beside this test.
const recorded = process.env.ERRAND_RECORDED_EVENTS ?? new URL('recorded/', import.meta.url).pathname;
for (const name of readdirSync(recorded).filter((n) => n.endsWith('.json'))) {
  test(`the recorded conversation ${name} is understood to the last event, and again when it is repeated`, () => {
    const events = JSON.parse(readFileSync(`${recorded}/${name}`, 'utf8'));
    const s = run(...events);
    assert.equal(s.unknown, 0);
    assert.ok(s.entries.length > 0);
    events.forEach((e) => announce(e, s, s));
    const twice = events.reduce((x, e) => reduce(x, e, 0), s);
    assert.equal(twice.entries.filter((e) => e.kind === 'receipt').length, s.entries.filter((e) => e.kind === 'receipt').length);
  });
}
