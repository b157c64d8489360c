// The conversation: what was said, the cards, the composer, the bar of the connection, the empty page.

import { h, Fragment } from '../preact.mjs';
import { useState, useEffect, useLayoutEffect, useRef } from '../hooks.mjs';
import { Icon, Notice, Saying, Fence, Kept } from './parts.js';
import { ProductRows, Comparison, Assembly, Configurator, Cart } from './cards.js';
import { Approval, Receipt, Orders } from './sheets.js';
import { Strip, useNow } from './side.js';
import { MicButton, VoiceBar } from './mic.js';
import { back } from '../a11y.js';
import { untold, turnOf } from '../told.js';
import { windowText, money, count } from '../format.js';

/** Cards that are drawn at once; earlier ones on request. */
const WINDOW = 200;
/** Cards of which only the latest can be acted on: a number or an option means the list last shown. */
const LISTS = new Set(['products', 'comparison']);

const EXAMPLES = [
  'I need fair-trade coffee beans under 15 dollars, two bags. Compare the best three and have them here Saturday morning.',
  'A desk 140 cm wide under $300, compare three',
  'Milk, a dozen eggs and bread by Friday',
];

export function Empty({ act, shops }) {
  return h('section', { class: 'empty-talk' },
    h('h1', null, 'What do you need?'),
    h('p', { class: 'lead' }, 'I search the shops you connected, compare, and buy only what you approve, exact amount and shop shown first.'),
    h('ul', { class: 'examples' }, EXAMPLES.map((text) => h('li', { key: text },
      h('button', { type: 'button', onClick: () => act.fill(text) }, text)))),
    h('p', { class: 'sm muted' }, shops ? `${count(Number(shops), 'shop')} connected · ` : '', h('a', { href: '/setup' }, 'Set-up'), ' · ',
      h('button', { class: 'link', type: 'button', onClick: act.help }, 'Keyboard')));
}

const LINK = {
  refused: ['This page may not talk to errand any more. Nothing is being bought.', 'Reload', () => location.reload()],
  taken: ['This conversation went on in another window. Nothing is being bought here.', 'Go on here', null],
  ended: ['This conversation has ended. Nothing is being bought.', 'Begin a new one', null],
};

/** Thin bar under the top. A connection that comes back within a second is not worth a word. */
function Bar({ state, act }) {
  const { link, linkSince, moving } = state;
  const waits = link === 'lost' || link === 'connecting';
  const now = useNow(waits);
  useEffect(() => {
    if (!state.back) return undefined;
    const timer = setTimeout(act.backSeen, 8000);
    return () => clearTimeout(timer);
  }, [state.back]);
  let text = '';
  let button = null;
  if (LINK[link]) {
    const [words, label, run] = LINK[link];
    text = words;
    button = h('button', { class: 'btn btn-small', type: 'button', onClick: run ?? act.reconnect }, label);
  } else if (waits && now - linkSince > 1000) {
    text = link === 'connecting' ? 'Connecting …' : moving
      ? `Connection lost, trying again. Paying ${money(moving.amount)} to ${moving.name} was under way; I will say how it ended.`
      : 'Connection lost, trying again. Nothing is being bought.';
  } else if (state.back) text = back(state.back);
  return h('div', { class: `link-bar ${text ? '' : 'is-empty'} ${link === 'open' ? 'is-back' : ''}`, role: 'status' }, text && h('span', null, text), button);
}

function Says({ entry, state }) {
  const lines = untold(entry.text, turnOf(state.entries, entry.key));
  return lines.length > 0 && h('div', { class: 'say', 'aria-busy': entry.streaming ? 'true' : undefined },
    lines.map((p, n) => {
      const [all, name] = p.match(FROM_DESK) ?? [];
      return name ? h('p', { key: n, class: 'from-desk' }, h('b', { class: 'xs' }, `${name} from the desk`), h('span', { class: 'vh' }, ': '), p.slice(all.length))
        : h('p', { key: n }, n === 0 && h('span', { class: 'vh' }, 'errand: '), p);
    }));
}

const DESK = {
  waiting: ['ask', 'person', 'In the queue for a person'], closed: ['info', 'info', 'Nobody is at the desk'], left: ['info', 'info', 'You left the queue'],
  sent_away: ['ok', 'done', 'The person is gone'], back: ['ok', 'done', 'Handed back to errand'],
};

/** A person at the desk: waited for, answering with what they see, or gone. */
function DeskCard({ entry, act }) {
  const [tone, icon, headline] = DESK[entry.state] ?? ['ask', 'person', `${entry.person} from the desk answers`];
  return h(Notice, {
    tone, icon, headline: entry.place ? `${headline}: number ${entry.place}` : headline,
    lines: [entry.text, entry.sees.length > 0 && `Sees: ${entry.sees.join(', ')}. Not your address, payment or limits.`],
    buttons: entry.chips.map((text) => h(Saying, { key: text, text, say: act.say })),
    link: entry.state === 'taken' || entry.state === 'back' ? h('a', { href: '/why' }, 'Who saw what') : null,
  });
}

const FROM_DESK = /^(.{1,40}) \(desk\): /;

/** Where a shop wants to go on by itself: its host is shown before it is opened, and only the web is opened. */
function Handoff({ entry }) {
  let url = null;
  try { url = new URL(entry.url); } catch { /* no address */ }
  const safe = url && (url.protocol === 'https:' || url.protocol === 'http:') && !url.username;
  return h(Notice, {
    tone: 'info', icon: 'info', lines: [entry.reason], headline: 'The shop wants to finish on its own page',
    buttons: safe ? [h('a', { class: 'btn btn-small', href: url.href, target: '_blank', rel: 'noopener noreferrer' }, `Open ${url.host}`)] : [],
  });
}

const ended = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);

function Policy({ entry }) {
  const tone = { deny: 'no', ask: 'ask', allow: 'info' }[entry.decision] ?? 'info';
  return h(Notice, {
    // What can be done is told in prose: it is no sentence that errand would understand when it is said back.
    tone, headline: entry.headline, lines: [entry.text, entry.not, ...entry.remedies.slice(0, 3)].filter(Boolean).map(ended),
    small: [entry.code, entry.rules.length > 0 && `your rule: ${entry.rules.join(', ')}`].filter(Boolean).join(' · '),
    link: entry.decision_id && h('a', { href: `/why#${encodeURIComponent(entry.decision_id)}` }, 'Why'),
  });
}

function Question({ entry, latest, act }) {
  return h('div', { class: 'ask' }, h('p', null, h('span', { class: 'vh' }, 'errand asks: '), entry.text),
    latest && entry.chips.length > 0 && h('div', { class: 'chips' }, entry.chips.slice(0, 3).map((text) => h('button', {
      class: 'chip', type: 'button', key: text, onClick: () => act.say(text),
    }, text))));
}

const VIEWS = {
  you: ['your sentence', ({ entry }) => h('p', { class: `you ${entry.sent ? '' : 'is-waiting'}` }, h('span', { class: 'vh' }, 'You: '), entry.text)],
  say: ['an answer', Says], products: ['the products', ProductRows], comparison: ['the comparison', Comparison], options: ['the options', Configurator], assembly: ['the parts', Assembly],
  cart: ['the cart', Cart], approval: ['the approval', Approval], receipt: ['the receipt', Receipt], orders: ['the orders', Orders],
  handoff: ['a hand-over', Handoff], desk: ['the desk', DeskCard], policy: ['a decision', Policy], question: ['a question', Question],
  delivery: ['an order', ({ entry, zone }) => h(Notice, {
    tone: 'info', headline: `Order ${entry.order.number}: ${entry.order.state_text}`,
    lines: [entry.order.delivery_text ?? windowText(entry.order.delivery, zone)], link: h('a', { href: `/orders/${encodeURIComponent(entry.order.id)}` }, 'Open the order'),
  })],
  notice: ['a notice', ({ entry, act }) => h(Notice, {
    tone: entry.tone, headline: entry.headline, lines: [entry.text], small: entry.tone === 'no' ? entry.code : '',
    buttons: entry.actions.slice(0, 3).map((text) => h(Saying, { key: text, text, say: act.say })),
  })],
};

/** The newest card of each kind that can be acted on. */
function latestOf(entries) {
  const kind = (f) => entries.findLast(f)?.key;
  return new Set([kind((e) => LISTS.has(e.kind)), kind((e) => e.kind === 'options'), kind((e) => e.kind === 'assembly'), kind((e) => e.kind === 'cart'), kind((e) => e.kind === 'question' || e.kind === 'you')]);
}

/** For each answer what changes when a card of its turn does: their number, and the questions that were closed. */
function turnMarks(entries) {
  const marks = new Map();
  let turn = [];
  const close = () => {
    const mark = turn.map((e) => `${e.kind}${e.state ?? ''}`).join();
    for (const e of turn) if (e.kind === 'say') marks.set(e.key, mark);
    turn = [];
  };
  for (const e of entries) {
    if (e.kind === 'you') close();
    else turn.push(e);
  }
  close();
  return marks;
}

function Log({ state, act, zone }) {
  const [all, setAll] = useState(false);
  const [fresh, setFresh] = useState(0);
  const follow = useRef(true);
  const seen = useRef(0);
  useEffect(() => {
    const look = () => {
      follow.current = innerHeight + scrollY >= document.documentElement.scrollHeight - 96;
      if (follow.current) setFresh(0);
    };
    addEventListener('scroll', look, { passive: true });
    return () => removeEventListener('scroll', look);
  }, []);
  const { entries } = state;
  const total = state.dropped + entries.length;
  useLayoutEffect(() => {
    const own = entries.at(-1)?.kind === 'you';
    const sheet = [...document.querySelectorAll('.log > .approval')].at(-1);
    if (follow.current || (own && total > seen.current)) {
      // A sheet that is nearly as high as the window is shown from its beginning, whatever is said below it.
      const open = sheet && (sheet === sheet.parentElement.lastElementChild || !sheet.matches('.receipt'));
      if (open && sheet.offsetHeight > innerHeight * 0.6) sheet.scrollIntoView({ block: 'start' });
      else scrollTo(0, document.documentElement.scrollHeight);
      follow.current = true;
    } else if (total > seen.current) setFresh((n) => n + total - seen.current);
    seen.current = total;
  }, [entries]);
  const shown = all ? entries : entries.slice(-WINDOW);
  const latest = latestOf(entries);
  const marks = turnMarks(shown);
  return h(Fragment, null,
    h('div', { class: 'log', role: 'log', 'aria-live': 'off', 'aria-label': 'Conversation', 'aria-busy': state.active ? 'true' : 'false' },
      shown.length < entries.length && h('button', { class: 'btn btn-small', type: 'button', onClick: () => setAll(true) }, 'Show earlier'),
      shown.map((entry) => {
        const [what, View] = VIEWS[entry.kind] ?? VIEWS.notice;
        const is = latest.has(entry.key);
        // Chosen rows follow the cart, an answer the cards beside it; nothing else outside its entry changes a card.
        const mark = LISTS.has(entry.kind) ? `${is}:${state.cart?.revision}:${state.active}` : entry.kind === 'say' ? marks.get(entry.key) : is;
        return h(Fence, { key: entry.key, what, report: act.report },
          h(Kept, { entry, mark, draw: () => h(View, { entry, state, latest: is, act, say: act.say, zone }) }));
      })),
    fresh > 0 && h('button', { class: 'btn btn-small fresh', type: 'button', onClick: () => scrollTo(0, document.documentElement.scrollHeight) }, `${fresh} new below`));
}

function rowsFor(text) {
  return Math.min(6, text.split('\n').reduce((n, l) => n + 1 + Math.floor(l.length / 64), 0));
}

export function Composer({ state, act, draft, ears }) {
  const field = useRef(null);
  const send = (e) => {
    e.preventDefault();
    // From the field itself: what was typed within this frame is not drawn yet.
    const text = field.current.value.trim();
    if (!text || !act.say(text)) return;
    act.setDraft('');
  };
  const key = (e) => {
    if (e.isComposing) return;
    if (e.key === 'Enter' && !e.shiftKey) send(e);
    else if (e.key === 'ArrowUp' && field.current.value === '') {
      const last = state.entries.findLast((x) => x.kind === 'you');
      if (last) {
        e.preventDefault();
        act.setDraft(last.text);
      }
    }
  };
  return h('div', { class: 'dock' },
    ears && h(VoiceBar, { voice: state.voice, active: state.active, act, ears }),
    h('form', { class: 'composer', onSubmit: send },
      h('label', { class: 'vh', for: 'say' }, 'Say what you need'),
      h('textarea', {
        id: 'say', ref: field, rows: rowsFor(draft.text), value: draft.text, maxLength: 2000, enterkeyhint: 'send', autocomplete: 'off',
        placeholder: state.entries.length ? 'Change it, or ask why' : 'Say what you need', onInput: (e) => act.setDraft(e.currentTarget.value), onKeyDown: key,
      }),
      (state.active || state.voice.speaking) && h('button', { class: 'round', type: 'button', onClick: act.stop, 'aria-label': 'Stop' }, h(Icon, { name: 'stop' })),
      ears && h(MicButton, { voice: state.voice, act }),
      h('button', { class: 'round round-primary', type: 'submit', 'aria-label': 'Send' }, h(Icon, { name: 'send' }))));
}

export function Talk({ state, act, draft, zone, shops, ears }) {
  return h(Fragment, null,
    h(Bar, { state, act }),
    h(Fence, { what: 'the route' }, h(Strip, { state, stop: act.stop })),
    state.entries.length === 0 ? h(Empty, { act, shops }) : h(Fragment, null, h('h1', { class: 'vh' }, 'Talk'), h(Log, { state, act, zone })),
    h(Composer, { state, act, draft, ears }));
}
