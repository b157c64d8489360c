// Puts the parts together: events come in from the socket, the state is reduced, what changed is drawn and said.

import { h, render } from './preact.mjs';
import { reduce, initial } from './reduce.js';
import { openApproval } from './approvals.js';
import { Link } from './socket.js';
import { Voice } from './voice.js';
import * as http from './http.js';
import { announce, Announcer } from './a11y.js';
import { listen } from './keys.js';
import { choose, money, shortName } from './format.js';
import { Talk } from './views/talk.js';
import { Side } from './views/side.js';
import { Help } from './views/help.js';
import { Fence } from './views/parts.js';

const { body } = document;
const talk = document.getElementById('talk');
const side = document.getElementById('side');
const zone = body.dataset.zone || Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Storage that is full or forbidden must not stop the page. */
const guard = (storage) => ({
  getItem: (key) => { try { return storage().getItem(key); } catch { return null; } },
  setItem: (key, value) => { try { storage().setItem(key, value); } catch { /* kept for this page only */ } },
  removeItem: (key) => { try { storage().removeItem(key); } catch { /* nothing was kept */ } },
});
const kept = guard(() => localStorage);
const tab = guard(() => sessionStorage);

let state = { ...initial, linkSince: performance.now() };
let draft = { text: kept.getItem('errand.draft') ?? '' };
let letters = kept.getItem('errand.letters') !== 'off';
let help = false;
let planned = false;
/** The person sent or pressed something: what follows may take the focus once. */
let acted = false;

function region(role, live) {
  const el = document.createElement('div');
  el.className = 'vh';
  el.setAttribute('role', role);
  el.setAttribute('aria-live', live);
  body.append(el);
  return el;
}
const announcer = new Announcer(region('status', 'polite'), region('alert', 'assertive'));
const helpRoot = document.createElement('div');
body.append(helpRoot);

function dispatch(event) {
  const before = state;
  try {
    state = reduce(state, event, performance.now());
  } catch (error) {
    // An event that cannot be understood is counted; what was shown before stays true.
    state = { ...state, unknown: state.unknown + 1 };
    report(error?.name ?? 'Error', event.type);
    return;
  }
  // What the page says aloud, a screen reader does not say as well.
  if (event.type !== 'response.output_audio_transcript.done' || state.voice.at !== 'on') announcer.say(announce(event, before, state));
  voice?.hear(event);
  wordsFor(event);
  if (state !== before) plan();
}

/** One drawing for all events of a frame. A hidden tab gets no frames, so a timer stands behind. */
function plan() {
  if (planned) return;
  planned = true;
  if (document.hidden) setTimeout(draw, 50);
  else requestAnimationFrame(draw);
}

function draw() {
  planned = false;
  const shops = body.dataset.shops ?? '';
  render(h(Talk, { state, act, draft, zone, shops, ears }), talk);
  if (side) {
    const full = state.plan || state.know || state.limits.length > 0 || state.cart?.groups.length > 0;
    side.classList.toggle('is-empty', !full);
    render(h(Fence, { what: 'the route' }, h(Side, { state, stop: act.stop })), side);
    // What scrolls must be in reach of the keyboard; what does not is no stop on the way.
    side.tabIndex = side.scrollHeight > side.clientHeight ? 0 : -1;
  }
  render(help ? h(Help, { close: act.closeHelp, letters, setLetters: act.setLetters }) : null, helpRoot);
  const open = openApproval(state);
  document.title = open && open.approval.amount
    ? `Approve ${money(open.approval.amount)} to ${shortName(open.approval.payee.name)} · errand` : 'Talk · errand';
}

function report(name, what) {
  body.dataset.fault = `${name} in ${what}`;
}

/** Where sound would be read: `here`, `away`, or nothing where this runtime has no ears. */
const ears = body.dataset.ears ?? '';

/** Words that may not be spoken are not told in a conversation that is held aloud: this screen reads them by itself. */
function wordsFor(event) {
  const a = event.type === 'errand.approval.required' ? event.approval : null;
  if (a && a.kind === 'purchase' && !a.words && state.voice.at === 'on') act.words(a.id);
}

const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
const link = new Link({
  ticket: http.ticket, WebSocket, storage: tab, random: Math.random, session: body.dataset.session ?? '',
  url: `${scheme}//${location.host}/v1/realtime`,
  setTimeout: (f, ms) => setTimeout(f, ms), clearTimeout: (t) => clearTimeout(t),
}, dispatch);

/** Drawn on the element itself: sixty changes a second are no state. */
function level(peak) {
  const bar = document.getElementById('level');
  if (bar) bar.style.setProperty('--level', Math.min(1, Math.sqrt(peak)).toFixed(2));
}

let voice = null;
if (ears) {
  const world = {
    navigator, AudioContext: window.AudioContext, AudioWorkletNode: window.AudioWorkletNode, isSecure: isSecureContext,
    now: () => performance.now(), url: (name) => new URL(name, import.meta.url).href, level,
  };
  voice = new Voice(world, { emit: (e) => link.emit(e), behind: () => link.behind(), stop: () => link.stop() }, dispatch);
}

function newItemId() {
  return `item_${Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, '0')).join('')}`;
}

const NO_ANSWER = {
  purchase: 'No answer came. Whether it was bought I do not know yet; this approval works once, so nothing is paid twice. Look at Orders, or send it again.',
  consent: 'No answer came. Nothing is bought. Send it again.',
};

const act = {
  /** Says a sentence for the person. False when too many wait already. */
  say(text) {
    const id = newItemId();
    if (!link.say(id, text)) {
      announcer.say({ text: 'Too many messages wait for the connection. This one was not sent.', urgent: true });
      return false;
    }
    acted = true;
    dispatch({ type: 'page.said', id, text });
    return true;
  },
  fill(text) {
    act.setDraft(text);
    const field = document.getElementById('say');
    field?.focus();
    // After the text is drawn the caret stands behind it.
    requestAnimationFrame(() => field?.setSelectionRange(text.length, text.length));
  },
  setDraft(text) {
    draft = { text };
    kept.setItem('errand.draft', text);
    plan();
  },
  async answer(id, text) {
    const entry = state.entries.find((e) => e.kind === 'approval' && e.approval.id === id);
    if (!entry || entry.busy) return;
    acted = true;
    dispatch({ type: 'page.answering', id });
    try {
      const done = await http.answer(id, text);
      // A wrong try changes nothing here: the socket tells how many are left.
      if (done.outcome === 'wrong' && state.link === 'open') dispatch({ type: 'page.answered', id });
      else dispatch({ type: 'errand.approval.resolved', id, outcome: done.outcome, text: done.text, tries_left: null });
      if (done.order) dispatch({ type: 'errand.receipt', order: done.order });
    } catch (failure) {
      dispatch({ type: 'page.answer_failed', id, text: failure.status ? [failure.message, failure.hint].filter(Boolean).join(' ') : NO_ANSWER[entry.approval.kind] });
    }
  },
  /** Whether a question is still open, and its words for this screen when the runtime gives them again. */
  async words(id) {
    try {
      const approval = await http.approval(id);
      const span = Math.max(0, Date.parse(approval.expires_at) - Date.parse(approval.asked_at));
      // The runtime says that it is open; a clock of this machine that is wrong must not close it.
      const rest = Math.min(span, Math.max(5_000, Date.parse(approval.expires_at) - Date.now()));
      dispatch({ type: 'page.words', id, approval, until: performance.now() + rest });
    } catch {
      dispatch({ type: 'page.void', id });
    }
  },
  expired: (id) => dispatch({ type: 'page.expired', id }),
  lastCall: () => announcer.say({ text: '20 seconds left.', urgent: true }),
  stop() {
    const spoke = state.voice.speaking;
    voice?.hush();
    if (!link.stop() && !spoke) act.say('Stop');
  },
  /** The microphone's button: on, off. */
  mic() {
    if (!voice) return;
    acted = true;
    if (voice.on) voice.stop();
    else voice.start();
  },
  micMode: (mode) => voice?.setMode(mode),
  mute: (muted) => voice?.setMuted(muted),
  press: () => voice?.press(),
  release: () => voice?.release(),
  reconnect: () => link.start(),
  backSeen: () => dispatch({ type: 'page.back_seen' }),
  /** Whether a new sheet may take the focus: the person's own act asked for it, and nobody is typing. Once for each act. */
  mayFocus(once = true) {
    const typing = document.getElementById('say')?.value !== '' && document.activeElement?.id === 'say';
    const may = acted && !typing;
    if (once) acted = false;
    return may;
  },
  help() { help = true; plan(); },
  closeHelp() { help = false; plan(); },
  setLetters(on) { letters = on; kept.setItem('errand.letters', on ? 'on' : 'off'); plan(); },
  report,
  choose(n) {
    const list = state.entries.findLast((e) => e.kind === 'products' || e.kind === 'comparison');
    const cards = list ? list.items ?? list.rows.map((r) => r.card) : [];
    if (cards[n - 1]) act.say(choose(cards[n - 1].n));
  },
  undo: () => act.say('Undo'),
  route() {
    const strip = document.getElementById('strip');
    if (strip && strip.checkVisibility()) {
      strip.open = !strip.open;
      strip.querySelector('summary').focus();
    } else if (side && !side.classList.contains('is-empty')) {
      side.focus();
    }
  },
};

listen(act, () => letters);
talk.replaceChildren();
draw();
link.start();
