// Where money and data change hands: the question, the receipt, the orders. Nothing here is preselected, and no key buys.

import { h } from '../preact.mjs';
import { useState, useEffect, useRef } from '../hooks.mjs';
import { Icon, Drawing } from './parts.js';
import { useNow } from './side.js';
import { money, left, windowText, moment, shortName, list, dataWord, count } from '../format.js';

/** What is said once when the time is nearly over. */
const LAST_CALL_MS = 20_000;

/** An hour is no countdown: the time left is shown when it is near. */
const NEAR_MS = 600_000;

function Timer({ until, over, last }) {
  const now = useNow(true);
  const ms = until - now;
  const told = useRef(false);
  useEffect(() => {
    if (ms <= 0) over();
    else if (ms <= LAST_CALL_MS && !told.current) {
      told.current = true;
      last();
    }
  });
  return ms <= NEAR_MS && h('span', { class: 'num', role: 'timer', 'aria-label': 'Time left' }, `${left(ms)} left`);
}

function known(times) {
  if (times === 0) return 'New to you: you have not bought here before';
  return `You have bought here ${times === 1 ? 'once' : times === 2 ? 'twice' : `${times} times`}`;
}

/** Lines and the shop's sums; a subtotal that only repeats the one line is left out. */
function Sums({ lines, totals }) {
  const sums = totals.filter((t) => t.kind !== 'subtotal' || lines.length > 1);
  return h('div', { class: 'sums num' },
    lines.map((l, n) => h('div', { key: `l${n}` }, h('span', null, `${l.quantity} × ${l.title}`), h('span', null, money(l.total)))),
    sums.map((t, n) => h('div', { key: `t${n}`, class: t.amount.minor === 0 ? 'muted' : '' },
      h('span', null, t.label), h('span', null, t.amount.minor === 0 ? 'none' : money(t.amount)))));
}

function Fact({ name, children }) {
  return children ? [h('dt', { key: 't' }, name), h('dd', { key: 'd' }, children)] : null;
}

/** The heading takes the focus when the person's own act asked for the sheet. */
function useArrival(act) {
  const ref = useRef(null);
  useEffect(() => {
    if (act.mayFocus()) ref.current?.focus({ preventScroll: true });
    ref.current?.closest('[data-card]')?.scrollIntoView({ block: 'nearest' });
  }, []);
  return ref;
}

function Words({ entry, act, label }) {
  const { approval } = entry;
  const [text, setText] = useState('');
  const [hint, setHint] = useState('');
  const field = useRef(null);
  const id = `words-${approval.id}`;
  useEffect(() => {
    if (entry.wrong === 0) return;
    setText('');
    field.current?.focus();
  }, [entry.wrong]);
  const tries = entry.wrong > 0 ? `Those were not the words. Nothing was bought. ${count(entry.triesLeft, 'try', 'tries')} left.` : '';
  const problem = hint || entry.fault || tries;
  const submit = (e) => {
    e.preventDefault();
    const typed = field.current.value.trim();
    if (typed.split(/\s+/).filter(Boolean).length < 2) {
      setHint(`Type both words to buy: ${approval.words}. Nothing is bought yet.`);
      field.current?.focus();
      return;
    }
    setHint('');
    act.answer(approval.id, typed);
  };
  return h('form', { class: 'words', onSubmit: submit, noValidate: true },
    h('label', { for: id }, approval.where === 'voice' ? 'To buy, type or say: ' : 'To buy, type: ', h('span', { class: 'word' }, approval.words)),
    problem && h('p', { class: 'problem', id: `${id}-p`, role: 'alert' }, problem),
    h('input', {
      id, ref: field, value: text, onInput: (e) => setText(e.currentTarget.value), autocomplete: 'off', autocapitalize: 'none',
      spellcheck: false, 'aria-invalid': problem ? 'true' : undefined, 'aria-describedby': problem ? `${id}-p ${id}-h` : `${id}-h`,
    }),
    h('div', { class: 'acts' },
      h('button', { class: 'btn btn-primary', type: 'submit', 'aria-disabled': entry.busy ? 'true' : undefined }, entry.busy ? 'Sending your answer …' : label),
      h('button', { class: 'btn', type: 'button', onClick: () => act.answer(approval.id, 'no') }, 'Do not buy')),
    h('p', { class: 'sheet-note', id: `${id}-h` }, 'The words hold for this amount and shop only. If one cent changes, I ask again.'));
}

/** The question is still open, but its words went to a connection that is gone. */
function Wordless({ entry, act }) {
  return [
    entry.fault && h('p', { key: 'fault', class: 'problem', role: 'alert' }, entry.fault),
    h('div', { key: 'acts', class: 'acts' },
      h('button', { class: 'btn', type: 'button', onClick: () => act.say('Say that again') }, 'Ask me again'),
      h('button', { class: 'btn', type: 'button', onClick: () => act.answer(entry.approval.id, 'no') }, 'Do not buy')),
    h('p', { key: 'note', class: 'sheet-note' }, 'The two words went to the connection that broke. Ask again and I say them; type them into the message box. Nothing is bought yet.'),
  ];
}

function Purchase({ entry, act, zone }) {
  const a = entry.approval;
  const heading = useArrival(act);
  const hid = `h-${a.id}`;
  return h('section', { class: 'approval', 'aria-labelledby': hid, 'data-card': '', tabIndex: -1 },
    h('header', null, h('span', null, h(Icon, { name: 'ask' }), 'Nothing is bought yet'),
      !entry.stale && h(Timer, { until: entry.until, over: () => act.expired(a.id), last: () => act.lastCall() })),
    h('div', { class: 'approval-body' },
      h('div', { class: 'sum' },
        h('h2', { id: hid, ref: heading, tabIndex: -1 }, h('span', { class: 'sum-label' }, 'You would pay '), h('span', { class: 'amount num' }, money(a.amount))),
        h('p', { class: 'payee' }, h('span', { class: 'muted' }, 'to '), h('b', null, a.payee.legal_name || a.payee.name), h('span', { class: 'muted payee-known' }, known(a.payee.bought_before)))),
      h('dl', { class: 'facts' },
        h(Fact, { name: 'What' }, h(Sums, { lines: a.lines, totals: a.totals })),
        h(Fact, { name: 'When' }, a.delivery_text ?? windowText(a.delivery, zone)),
        h(Fact, { name: 'Where' }, a.destination),
        h(Fact, { name: 'Paid with' }, a.instrument),
        h(Fact, { name: 'They learn' }, a.discloses_text),
        a.disclosures.map((d, n) => h(Fact, { key: n, name: 'The shop says' }, h('q', null, d)))),
      a.why_page && h('p', { class: 'sheet-note' }, `Answered here and not by voice: ${a.why_page}.`),
      entry.stale ? h('p', { class: 'sheet-note' }, a.where === 'page' && a.why_page ? 'Fetching the two words for this screen …' : 'Asking errand whether this is still open …')
        : !a.words ? h(Wordless, { entry, act }) : h(Words, { entry, act, label: `Pay ${money(a.amount)} to ${shortName(a.payee.name)}` })));
}

function Consent({ entry, act }) {
  const a = entry.approval;
  const heading = useArrival(act);
  const hid = `h-${a.id}`;
  // The question is the heading; how to answer it in words stands on the buttons.
  const [, question, more] = /^(.*?\?)\s*(.*)$/s.exec(a.summary) ?? [null, a.summary, ''];
  const note = more.replace(/^yes or no\.\s*/i, '');
  return h('section', { class: 'approval', 'aria-labelledby': hid, 'data-card': '', tabIndex: -1 },
    h('header', null, h('span', null, h(Icon, { name: 'ask' }), 'Nothing is shared yet'),
      !entry.stale && h(Timer, { until: entry.until, over: () => act.expired(a.id), last: () => act.lastCall() })),
    h('div', { class: 'approval-body' },
      h('h2', { id: hid, ref: heading, tabIndex: -1, class: 'consent-title' }, question),
      h('dl', { class: 'facts' },
        h(Fact, { name: 'Who' }, a.payee.legal_name || a.payee.name),
        h(Fact, { name: 'Would learn' }, a.discloses_text || list(a.discloses.map(dataWord))),
        h(Fact, { name: 'For' }, a.purpose && a.purpose.replaceAll('_', ' '))),
      entry.fault && h('p', { class: 'problem', role: 'alert' }, entry.fault),
      h('div', { class: 'acts' },
        !entry.stale && h('button', { class: 'btn btn-primary', type: 'button', 'aria-disabled': entry.busy ? 'true' : undefined, onClick: () => act.answer(a.id, 'yes') },
          entry.busy ? 'Sending your answer …' : `Share with ${shortName(a.payee.name)}`),
        h('button', { class: 'btn', type: 'button', onClick: () => act.answer(a.id, 'no') }, 'Do not share')),
      h('p', { class: 'sheet-note' }, note || 'You can take it back on the Consents page or in a sentence. Nothing is bought yet.')));
}

const CLOSED = {
  purchase: {
    refused: 'Dropped, nothing was bought', expired: 'Expired, nothing was bought', void: 'Closed, nothing was bought',
    locked: 'Approving here is closed for a while, nothing was bought',
  },
  consent: {
    granted: 'Shared as you agreed', refused: 'Not shared', expired: 'Expired, nothing was shared', void: 'Closed, nothing was shared',
    locked: 'Approving here is closed for a while, nothing was shared',
  },
};

/** A purchase that was agreed to says at every moment whether money has moved. */
function agreed(entry) {
  const what = `${money(entry.approval.amount)} to ${shortName(entry.approval.payee.name)}`;
  return {
    bought: ['ok', `Approved and paid: ${what}`], not: ['no', `Approved, but not bought: ${what}`],
    unknown: ['ask', `Approved: ${what}. Whether it is bought I do not know yet; I am finding out`],
  }[entry.ended] ?? ['ask', `Approved. Paying ${what}; I say when it is bought`];
}

function Closed({ entry, act }) {
  const { kind } = entry.approval;
  const ref = useRef(null);
  useEffect(() => {
    // The control that had the focus is gone with the sheet.
    if (document.activeElement === document.body && act.mayFocus(false)) ref.current?.focus({ preventScroll: true });
  }, [entry.state]);
  const [tone, text] = entry.state === 'granted' && kind === 'purchase' ? agreed(entry)
    : [entry.state === 'granted' ? 'ok' : 'off', entry.text || CLOSED[kind][entry.state]];
  const again = kind === 'purchase' && (entry.state === 'expired' || entry.state === 'void');
  return h('section', { class: 'closed', 'data-card': '' },
    h('h2', { class: `status-${tone}`, ref, tabIndex: -1 }, text),
    again && h('button', { class: 'btn btn-small', type: 'button', onClick: () => act.say('Buy it') }, 'Ask me again'));
}

/** The most important thing that is drawn. */
export function Approval(props) {
  const { entry, act } = props;
  const doubtful = entry.state === 'open' && entry.stale;
  useEffect(() => { if (doubtful) act.words(entry.approval.id); }, [doubtful]);
  if (entry.state !== 'open') return h(Closed, props);
  return h(entry.approval.kind === 'consent' ? Consent : Purchase, props);
}

const CAN_CANCEL = new Set(['placed', 'packed']);

/** The same sheet, turned green. */
export function Receipt({ entry, act, zone }) {
  const { order: o } = entry;
  const heading = useArrival(act);
  const when = o.delivery_text ?? windowText(o.delivery, zone);
  return h('section', { class: 'approval receipt', 'aria-labelledby': `r-${o.id}`, 'data-card': '', tabIndex: -1 },
    h('header', null, h('span', null, h(Icon, { name: 'done' }), 'Bought'), h('span', { class: 'num' }, `Order ${o.number}`)),
    h('div', { class: 'approval-body' },
      h('div', { class: 'sum' },
        h('h2', { id: `r-${o.id}`, ref: heading, tabIndex: -1 }, h('span', { class: 'sum-label' }, 'Bought for '), h('span', { class: 'amount num' }, money(o.total))),
        h('p', { class: 'payee' }, h('span', { class: 'muted' }, 'from '), h('b', null, o.merchant_name), o.approved_by && h('span', { class: 'muted payee-known' }, `Approved ${o.approved_by}`))),
      h('dl', { class: 'facts' },
        h(Fact, { name: 'What' }, h(Sums, { lines: o.lines, totals: o.totals })),
        h(Fact, { name: 'Arrives' }, when),
        h(Fact, { name: 'Now' }, o.state_text),
        h(Fact, { name: 'Cancel' }, o.cancel_until && `free until ${moment(o.cancel_until, zone)}`),
        h(Fact, { name: 'Return' }, o.return_until && `until ${moment(o.return_until, zone)}`),
        h(Fact, { name: 'Refunded' }, o.refunded && money(o.refunded))),
      h('div', { class: 'acts' },
        h('a', { class: 'btn', href: `/orders/${encodeURIComponent(o.id)}` }, 'Receipt'),
        CAN_CANCEL.has(o.state) && h('button', { class: 'btn', type: 'button', onClick: () => act.fill(`Move the delivery of order ${o.number} to `) }, 'Move delivery'),
        CAN_CANCEL.has(o.state) && h('button', { class: 'btn', type: 'button', onClick: () => act.fill(`Cancel order ${o.number}`) }, 'Cancel order'))));
}

export function Orders({ entry, zone }) {
  if (entry.orders.length === 0) return h('p', { class: 'say muted' }, 'Nothing ordered yet.');
  return h('section', { class: 'card list', 'data-card': '', tabIndex: -1, 'aria-label': 'Orders' }, h('ul', { class: 'rows' },
    entry.orders.map((o) => h('li', { class: 'row', key: o.id }, h(Drawing, { of: o.drawing }),
      h('div', { class: 'row-main' }, h('b', null, o.lines[0]?.title ?? `Order ${o.number}`),
        h('small', null, `${o.merchant_name} · ${o.number}`), h('small', null, [o.state_text, o.delivery_text ?? windowText(o.delivery, zone, true)].filter(Boolean).join(' · '))),
      h('div', { class: 'row-side num' }, h('b', null, money(o.total)), h('a', { class: 'sm', href: `/orders/${encodeURIComponent(o.id)}` }, 'Open', h('span', { class: 'vh' }, ` order ${o.number}`)))))));
}
