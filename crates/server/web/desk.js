// The desk: asks for the queue and the errand at hand again and again, draws them, and sends what the person at the desk does.

import { h, render } from './preact.mjs';
import { call } from './http.js';
import { Announcer } from './a11y.js';
import { news, step } from './desk-state.js';
import { Desk, Here } from './views/desk.js';

const QUEUE_MS = 3000;
const ERRAND_MS = 2000;
const root = document.getElementById('desk');
const hereRoot = document.getElementById('desk-here');

let state = { queue: null, at: null, errand: null, tab: 'queue', reply: '', from: null, why: '', line: '', fault: '', refused: [], busy: false, gone: false };

function region() {
  const el = document.createElement('div');
  el.className = 'vh';
  el.setAttribute('role', 'status');
  el.setAttribute('aria-live', 'polite');
  document.body.append(el);
  return el;
}
const announcer = new Announcer(region(), region());

function set(change) {
  state = { ...state, ...change };
  render(h(Desk, { state, act }), root);
  if (hereRoot) render(h(Here, { queue: state.queue, here: act.here }), hereRoot);
  const waiting = state.queue?.waiting.length ?? 0;
  document.title = waiting > 0 ? `(${waiting}) Desk · errand` : 'Desk · errand';
}

const path = (rest = '') => `/desk/api/errands/${encodeURIComponent(state.at)}${rest}`;

/** What an answer that failed means for the page. */
function failed(failure) {
  if (failure.status === 401) {
    location.reload();
    return;
  }
  const fault = failure.status === 0 ? 'No answer from the runtime. Nothing is lost; this page tries again.' : [failure.message, failure.hint].filter(Boolean).join(' ');
  set({ fault, busy: false });
}

async function queue() {
  try {
    const next = await call('GET', '/desk/api/queue', undefined, 10_000);
    const told = news(state.queue, next);
    if (told) announcer.say({ text: told });
    set({ queue: next, fault: state.queue ? state.fault : '' });
  } catch (failure) {
    failed(failure);
  }
}

async function errand() {
  const { at } = state;
  if (!at) return;
  try {
    const next = await call('GET', path(), undefined, 10_000);
    if (state.at !== at) return;
    const before = state.errand?.session === at ? state.errand.talk.length : next.talk.length;
    const fresh = next.talk.slice(before).filter((u) => u.by === 'user');
    for (const said of fresh) announcer.say({ text: `${next.who}: ${said.text}` });
    set({ errand: next, gone: false });
  } catch (failure) {
    if (state.at !== at) return;
    // Over, or somebody else has it: what was read stays until another is chosen, and says so.
    if (failure.status === 404 || failure.status === 409) set({ gone: true, fault: failure.message });
    else failed(failure);
  }
}

/** Sends one act; what the gate refused is shown with its reasons. */
async function send(rest, body, change = {}) {
  if (state.busy) return;
  set({ busy: true, fault: '', refused: [] });
  try {
    const done = await call('POST', path(rest), body, 70_000);
    set({ busy: false, refused: done.refused, errand: done.errand ?? state.errand, gone: done.errand === null, ...change });
    if (done.refused.length > 0) announcer.say({ text: `Refused: ${done.refused[0].headline}` });
  } catch (failure) {
    failed(failure);
  }
  queue();
}

const act = {
  open(at) {
    set({ at, errand: null, tab: 'talk', reply: '', from: null, why: '', line: '', fault: '', refused: [], gone: false });
    errand();
  },
  tab: (tab) => set({ tab }),
  field: (name, value) => set({ [name]: value }),
  /** Puts a suggestion into the reply, to be edited; nothing is sent by itself. */
  suggest(text) {
    set({ reply: text, from: text, tab: 'talk' });
    const field = document.getElementById('desk-reply');
    field?.focus();
  },
  take: () => state.why.trim() && send('/take', { why: state.why.trim() }, { why: '', tab: 'talk' }),
  say: () => state.reply.trim() && send('/say', { text: state.reply.trim() }, { reply: '', from: null }),
  tool: (tool, args = {}) => send('/act', { tool, arguments: args }),
  see: (facts) => send('/see', { facts }),
  note: (text, done) => { if (text.trim()) send('/note', { text: text.trim() }).then(done); },
  back: () => state.line.trim() && send('/back', { text: state.line.trim() }, { line: '', at: null, errand: null, tab: 'queue' }),
  release: () => send('/release', {}, { at: null, errand: null, tab: 'queue' }),
  async here(here) {
    try {
      set({ queue: await call('POST', '/desk/api/here', { here }, 10_000) });
    } catch (failure) {
      failed(failure);
    }
  },
};

const typing = (t) => t.isContentEditable || /^(input|textarea|select)$/i.test(t.tagName);

function focus(id, tab) {
  if (tab) set({ tab });
  document.getElementById(id)?.focus();
}

addEventListener('keydown', (e) => {
  if (e.isComposing) return;
  if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && e.target.id === 'desk-reply') {
    e.preventDefault();
    act.say();
    return;
  }
  if (e.ctrlKey || e.altKey || e.metaKey || typing(e.target)) return;
  if (e.key === 'j' || e.key === 'k') {
    const at = step(state.queue, state.at, e.key === 'j' ? 1 : -1);
    if (at) act.open(at);
  } else if (e.key === 't') focus('desk-why', 'talk');
  else if (e.key === 'h') focus('desk-line', 'talk');
  else return;
  e.preventDefault();
});

/** One at a time: an answer that is slow is waited for and not piled up. */
function every(ms, work) {
  const again = async () => {
    if (!document.hidden || ms === QUEUE_MS) await work();
    setTimeout(again, ms);
  };
  again();
}

root.replaceChildren();
set({});
act.here(true).then(() => every(QUEUE_MS, queue));
every(ERRAND_MS, errand);
