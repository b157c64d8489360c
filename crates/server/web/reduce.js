// Events in, state out. Pure: no clock (times come as `now`, in milliseconds of one monotonic clock), no DOM, no network.
// State events of the runtime carry the whole state with a growing revision, so that an old or a doubled one is ignored.
// Types that begin with `page.` are the page's own doings.

import { settle, open, expire, doubtOpen, voidOpen, paid } from './approvals.js';

/** Cards that are kept; the oldest are dropped beyond. */
export const ENTRIES_MAX = 400;

export const initial = Object.freeze({
  session: null, entries: [], dropped: 0, active: null, plan: null, stepSince: 0, cart: null, cartTouched: false,
  know: null, desk: null, limits: [], link: 'connecting', linkSince: 0, back: null, moving: null, unknown: 0, zone: undefined,
  voice: { at: 'off', mode: 'free', muted: false, holding: false, hearing: false, speaking: false, late: false, headline: '', text: '' },
});

/** Events of the protocol that change nothing that is drawn; named so that an unknown one can be counted. */
const QUIET = new Set([
  'session.updated', 'conversation.item.retrieved', 'conversation.item.truncated', 'response.content_part.added',
  'response.content_part.done', 'response.output_item.added', 'response.output_item.done', 'rate_limits.updated',
  'response.output_audio.delta', 'response.output_audio.done', 'response.function_call_arguments.delta',
  'response.function_call_arguments.done', 'input_audio_buffer.committed', 'input_audio_buffer.cleared',
  'input_audio_buffer.timeout_triggered', 'conversation.created', 'conversation.item.created',
]);

/** Errors that tell of a repetition, not of a failure. */
const HARMLESS = new Set([
  'item_create_duplicate_item_id', 'response_cancel_not_active', 'conversation_already_has_active_response',
  'item_truncate_invalid_item_id', 'item_truncate_invalid_audio_end', 'input_audio_buffer_commit_empty',
]);

/** What a notice says of a payment that is under way, by its tone. */
const HOW = { no: 'not', ask: 'unknown' };

const at = (s, key) => s.entries.findIndex((e) => e.key === key);

/** Adds a card, or changes the one with this key in place. Other cards keep their identity, so that they are not drawn anew. */
export function put(s, entry) {
  const i = at(s, entry.key);
  if (i >= 0) return { ...s, entries: s.entries.with(i, { ...s.entries[i], ...entry }) };
  const entries = [...s.entries, entry];
  const over = entries.length - ENTRIES_MAX;
  return over > 0 ? { ...s, entries: entries.slice(over), dropped: s.dropped + over } : { ...s, entries };
}

const textOf = (item) => (item.content ?? []).map((c) => c.text ?? c.transcript ?? '').join('');

function item(s, it, done) {
  if (it.type !== 'message') return s;
  const text = textOf(it);
  if (!text) return s;
  if (it.role === 'user') return put(s, { key: it.id, kind: 'you', text, sent: true });
  if (it.role === 'assistant' && done) return put(s, { key: it.id, kind: 'say', text, streaming: false });
  return s;
}

function delta(s, e) {
  const i = at(s, e.item_id);
  const before = i >= 0 ? s.entries[i].text : '';
  return put(s, { key: e.item_id, kind: 'say', text: before + e.delta, streaming: true });
}

/** Words of the person as they are understood. Silence that was taken for words leaves nothing behind. */
function heard(s, key, text, done) {
  if (!text) return done ? { ...s, entries: s.entries.filter((x) => x.key !== key) } : s;
  return put(s, { key, kind: 'you', text, sent: done });
}

const hearing = (s, on) => (s.voice.hearing === on ? s : { ...s, voice: { ...s.voice, hearing: on } });

function said(s, key, text) {
  return text ? put(s, { key, kind: 'say', text, streaming: false }) : s;
}

/** Two lists of the same products in one answer are one card: the comparison takes the place of the list. */
function comparison(s, e) {
  const key = `comparison:${e.id}`;
  const last = s.entries.findLastIndex((x) => x.kind === 'you');
  const i = s.entries.findIndex((x, n) => n > last && x.kind === 'products'
    && e.rows.every((row) => x.items.some((card) => sameOffer(card.offer, row.card.offer))));
  const entry = { key, kind: 'comparison', ...strip(e), ordered_by: null, found: 0 };
  if (i < 0 || at(s, key) >= 0) return put(s, entry);
  const { ordered_by, items, more, excluded } = s.entries[i];
  return {
    ...s,
    entries: s.entries.with(i, { ...entry, ordered_by, found: items.length + more, excluded: e.excluded ?? excluded }),
  };
}

/** Whether two references name the same thing in the same shop. */
export function sameOffer(a, b) {
  return Boolean(a && b) && a.merchant === b.merchant && a.product === b.product && a.variant === b.variant;
}

function strip({ type: _type, event_id: _id, ...rest }) {
  return rest;
}

/** The cart is drawn in the conversation when a turn ends without a question about it; beside it always. */
function cartCard(s) {
  if (!s.cartTouched) return s;
  const done = { ...s, cartTouched: false };
  const groups = s.cart?.groups ?? [];
  if (groups.length === 0 && !s.entries.some((e) => e.kind === 'cart')) return done;
  return put(done, { key: `cart:${s.cart.id}:${s.cart.revision}`, kind: 'cart', cart: s.cart });
}

/** Index of the step that stands for the whole route: the one under way, else the first that is not done, else the last. */
export function currentStep(plan) {
  const steps = plan?.steps ?? [];
  const find = (...status) => steps.findIndex((x) => status.includes(x.status));
  for (const i of [find('needs_you'), find('running'), find('waiting')]) if (i >= 0) return i;
  return steps.length - 1;
}

function plan(s, e, now) {
  const old = s.plan;
  if (old && old.id === e.plan.id && e.plan.revision <= old.revision) return s;
  const moved = currentStep(old) !== currentStep(e.plan) || old?.id !== e.plan.id;
  return { ...s, plan: e.plan, stepSince: moved ? now : s.stepSince };
}

function order(s, o, type) {
  const key = `order:${o.id}`;
  const known = at(s, key) >= 0;
  if (type === 'errand.receipt') {
    return put(paid({ ...s, cartTouched: false }, 'bought', put), { key, kind: 'receipt', order: o });
  }
  const next = known ? put(s, { key, kind: 'receipt', order: o }) : s;
  return put(next, { key: `delivery:${o.id}:${o.state}:${o.events.length}`, kind: 'delivery', order: o });
}

/** One card stands for a person who is waited for or answers; what ends it closes that card and is said once. */
function desk(s, d, id) {
  const still = d.state === 'waiting' || d.state === 'taken';
  const moved = !s.desk || s.desk.state !== d.state;
  // What changes hands is told where the talk is now; a place in the queue changes where it stands.
  const entries = moved ? s.entries.filter((x) => x.key !== 'desk') : s.entries;
  const next = { ...s, entries, desk: still ? d : null };
  return put(next, { key: still ? 'desk' : `desk:${id ?? d.state}`, kind: 'desk', ...d });
}

function question(s, e) {
  return put(s, { key: `question:${e.event_id ?? e.text}`, kind: 'question', text: e.text, chips: e.chips });
}

function whole(s, v) {
  const heard = v.transcript.findLast((u) => u.role === 'user')?.text;
  const live = s.entries.filter((e) => e.kind === 'you' && !e.sent && e.text !== heard);
  let next = { ...s, entries: [], dropped: 0, plan: v.plan ?? null, cart: v.cart, cartTouched: false, know: v.disclosure, desk: null };
  v.transcript.forEach((u, n) => {
    next = put(next, { key: `told:${n}`, kind: u.role === 'user' ? 'you' : 'say', text: u.text, by: u.role === 'desk' ? 'desk' : undefined, sent: true });
  });
  if (v.comparison) next = comparison(next, v.comparison);
  else if (v.products) next = put(next, { key: `products:${v.products.query_id}`, kind: 'products', ...v.products });
  if (v.approval) next = open(next, v.approval, 0, put);
  if (v.desk) next = desk(next, v.desk);
  return { ...next, entries: [...next.entries, ...live] };
}

function failed(s, response) {
  const message = response.status_details?.error?.message;
  return put(s, {
    key: `failed:${response.id}`, kind: 'notice', tone: 'no', code: response.status_details?.error?.code ?? '',
    headline: 'I could not finish that', text: message ?? 'Nothing was bought by this step.', actions: [],
  });
}

/** The next state. `now`: milliseconds of the page's monotonic clock. */
export function reduce(s, e, now = 0) {
  switch (e.type) {
    case 'session.created': return session(s, e.session.id);
    case 'conversation.item.added': return item(s, e.item, false);
    case 'conversation.item.done': return item(s, e.item, true);
    case 'conversation.item.deleted': return { ...s, entries: s.entries.filter((x) => x.key !== e.item_id) };
    case 'response.created': return { ...s, active: e.response.id };
    case 'response.done': {
      const next = cartCard({ ...s, active: null });
      return e.response.status === 'failed' ? failed(next, e.response) : next;
    }
    case 'response.output_text.delta':
    case 'response.output_audio_transcript.delta': return delta(s, e);
    case 'response.output_text.done': return said(s, e.item_id, e.text);
    case 'response.output_audio_transcript.done': return said(s, e.item_id, e.transcript);
    case 'input_audio_buffer.speech_started': return hearing(s, true);
    case 'input_audio_buffer.speech_stopped': return hearing(s, false);
    case 'conversation.item.input_audio_transcription.delta': {
      const i = at(s, e.item_id);
      return heard(s, e.item_id, (i >= 0 ? s.entries[i].text : '') + e.delta, false);
    }
    case 'conversation.item.input_audio_transcription.completed': return heard(s, e.item_id, e.transcript.trim(), true);
    case 'conversation.item.input_audio_transcription.failed': return heard(s, e.item_id, '', true);
    case 'error': return HARMLESS.has(e.error.code) ? s : put(s, {
      key: `error:${e.event_id}`, kind: 'notice', tone: 'no', code: e.error.code ?? '',
      headline: 'That did not get through', text: e.error.message, actions: [],
    });
    case 'errand.session.resumed': return { ...doubtOpen(s), back: { replayed: e.replayed, gap: e.gap } };
    case 'errand.session.state': return whole(s, e);
    case 'errand.plan.updated': return plan(s, e, now);
    case 'errand.products': return put(s, { key: `products:${e.query_id}`, kind: 'products', ...strip(e) });
    case 'errand.comparison': return comparison(s, e);
    case 'errand.configuration': {
      const { merchant, product } = e.card.offer;
      return put(s, { key: `options:${merchant}:${product}`, kind: 'options', ...strip(e) });
    }
    case 'errand.assembly': return put(s, { key: `assembly:${e.what}`, kind: 'assembly', ...strip(e) });
    case 'errand.cart.updated': {
      if (s.cart && s.cart.id === e.cart.id && e.cart.revision <= s.cart.revision) return s;
      const next = { ...s, cart: e.cart, cartTouched: true };
      return s.active ? next : cartCard(next);
    }
    case 'errand.approval.required': return open({ ...s, cartTouched: false }, e.approval, now, put);
    case 'errand.approval.resolved': return settle(s, e, put);
    case 'errand.receipt':
    case 'errand.delivery.updated': return order(s, e.order, e.type);
    case 'errand.orders': return put(s, { key: `orders:${e.event_id ?? ''}`, kind: 'orders', orders: e.orders });
    case 'errand.handoff':
      // Between agents nothing changes for the person; the route shows who works.
      if (e.desk) return desk(s, e.desk, e.event_id);
      return e.kind === 'agent' ? s : put(s, { key: `handoff:${e.event_id ?? e.to}`, ...strip(e), kind: 'handoff', how: e.kind });
    case 'errand.policy.explained':
      return put(e.decision === 'deny' ? paid(s, 'not', put) : s, { key: `policy:${e.decision_id ?? e.event_id ?? e.code}`, kind: 'policy', ...strip(e) });
    case 'errand.disclosure.updated': return { ...s, know: e.entries };
    case 'errand.notice': return put(paid(s, HOW[e.tone], put), { key: `notice:${e.event_id ?? e.code}`, kind: 'notice', ...strip(e) });
    case 'errand.question': return question(s, e);
    default: return e.type.startsWith('page.') ? own(s, e, now) : unknown(s, e);
  }
}

function session(s, id) {
  const same = s.session === null || s.session === id;
  if (same) return { ...s, session: id };
  const next = voidOpen({ ...s, session: id, plan: null, cart: null, know: null, active: null, moving: null });
  return s.entries.length === 0 ? next : put(next, {
    key: `fresh:${id}`, kind: 'notice', tone: 'info', code: 'WEB-0002', headline: 'A new conversation begins here',
    text: 'The runtime no longer has the one above. Orders and rules are kept. What was not approved was not bought.',
    actions: [],
  });
}

/** What the page itself does. */
function own(s, e, now) {
  switch (e.type) {
    case 'page.said': return put(s, { key: e.id, kind: 'you', text: e.text, sent: false });
    case 'page.link': return e.link === s.link ? s : {
      ...s, link: e.link, linkSince: now, active: e.link === 'open' ? s.active : null,
    };
    case 'page.voice': {
      const { type: _type, ...change } = e;
      const was = s.voice.at === 'on' && e.at && e.at !== 'on' ? { hearing: false, speaking: false, holding: false, late: false } : {};
      return { ...s, voice: { ...s.voice, ...was, ...change } };
    }
    case 'page.back_seen': return { ...s, back: null };
    case 'page.void': return settle(s, { id: e.id, outcome: 'void', text: '' }, put);
    case 'page.expired': return expire(s, e.id, put);
    case 'page.answering': return { ...s, entries: patch(s, e.id, { busy: true, fault: '' }) };
    case 'page.answered': return { ...s, entries: patch(s, e.id, { busy: false }) };
    case 'page.answer_failed': return { ...s, entries: patch(s, e.id, { busy: false, fault: e.text }) };
    case 'page.words': return { ...s, entries: patch(s, e.id, { approval: e.approval, until: e.until, stale: false }) };
    default: return unknown(s, e);
  }
}

function patch(s, id, change) {
  return s.entries.map((x) => (x.kind === 'approval' && x.approval.id === id ? { ...x, ...change } : x));
}

function unknown(s, e) {
  return QUIET.has(e.type) ? s : { ...s, unknown: s.unknown + 1 };
}
