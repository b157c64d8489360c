// What a screen reader hears. The drawn conversation is silent for it while it streams; whole sentences go here instead,
// at most one a second. `announce` is pure; `Announcer` owns the two hidden regions.

import { moneySpoken, leftSpoken, count, inWords } from './format.js';
import { currentStep } from './reduce.js';
import { untold, turnOf } from './told.js';

const calm = (text) => (text ? { text, urgent: false } : null);
const urgent = (text) => (text ? { text, urgent: true } : null);

/** Sentences of an answer: all of up to three, else the first and how many there are. */
export function sentences(text) {
  const clean = text.split(/(?<=[.!?])\s+/).map((x) => x.trim()).filter(Boolean);
  return clean.length <= 3 ? clean.join(' ') : `${clean[0]} Answer complete, ${count(clean.length, 'sentence')}.`;
}

function stop(text) {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function route(before, after) {
  const [old, now] = [before.plan, after.plan];
  if (!now || old === now) return null;
  const out = [];
  const steps = now.steps;
  const was = (id) => (old?.id === now.id ? old.steps.find((x) => x.id === id) : null);
  steps.forEach((step, i) => {
    if (step.status === 'done' && was(step.id) && was(step.id).status !== 'done' && step.found) {
      out.push(`Step ${i + 1} done, ${stop(step.found)}`);
    }
    for (const part of step.parts) {
      const old = was(step.id)?.parts.find((p) => p.name === part.name);
      if (part.status === 'failed' && old?.status !== 'failed') out.push(`${part.name} did not answer, going on.`);
    }
  });
  const i = currentStep(now);
  const moved = !old || old.id !== now.id || currentStep(old) !== i || was(steps[i]?.id)?.status !== steps[i]?.status;
  if (moved && steps[i] && ['running', 'needs_you'].includes(steps[i].status)) {
    out.push(`Step ${i + 1} of ${steps.length}, ${stop(steps[i].title)}`);
  }
  return calm(out.join(' '));
}

function products(e) {
  const best = e.items[0];
  if (!best) return calm('Nothing found that fits.');
  return calm(`${count(e.items.length, 'product')}, best first: ${best.title}, ${moneySpoken(best.price)}.`);
}

function comparison(e) {
  if (e.spoken) return calm(e.spoken);
  const best = e.rows.flatMap((row) => row.values.map((v, i) => (v.best
    ? `${row.card.title} ${v.best.toLowerCase()} in ${e.criteria[i]?.label ?? ''}` : ''))).filter(Boolean);
  return calm(`Comparison of ${inWords(e.rows.length)}. ${stop(best.slice(0, 3).join(', '))}`);
}

function approval(a) {
  const span = Date.parse(a.expires_at) - Date.parse(a.asked_at);
  if (a.kind === 'consent') return urgent(`Your consent is needed. ${stop(a.summary)} Nothing is shared yet.`);
  const what = a.lines.map((l) => `${l.quantity} times ${l.title}`).join(', ');
  return urgent([
    `Approval needed. You would pay ${moneySpoken(a.amount)} to ${a.payee.legal_name || a.payee.name}.`,
    stop(what), a.delivery_text ? `Delivery ${stop(a.delivery_text)}` : '', 'Nothing is bought yet.',
    Number.isFinite(span) ? stop(leftSpoken(span)) : '',
  ].filter(Boolean).join(' '));
}

const bought = (e, s) => s.entries.some((x) => x.kind === 'receipt' && x.order.id === e.order.id);

function resolved(e, s) {
  const entry = s.entries.find((x) => x.kind === 'approval' && x.approval.id === e.id);
  const pays = entry?.approval.kind === 'purchase' && e.outcome === 'granted';
  return urgent([e.text && stop(e.text), pays && 'Paying now; I say when it is bought.'].filter(Boolean).join(' '));
}

/** The microphone is never open without a word. */
function microphone(before, now) {
  if (now.at !== before.at) {
    if (now.at === 'on') return urgent(now.mode === 'push' ? 'The microphone is ready. Hold the button Talk to speak.' : 'Listening.');
    if (now.at === 'fault') return urgent(`${stop(now.headline)} ${now.text}`);
    if (before.at === 'on') return urgent('Stopped listening.');
  }
  if (now.at === 'on' && now.muted !== before.muted) return urgent(now.muted ? 'Muted.' : 'Listening again.');
  if (now.at === 'on' && now.mode !== before.mode) return calm(now.mode === 'push' ? 'Hold the button Talk to speak.' : 'Hands free. Just speak.');
  return null;
}

/** What to say of an event, or nothing. */
export function announce(e, before, after) {
  switch (e.type) {
    case 'errand.plan.updated': return route(before, after);
    case 'errand.products': return products(e);
    case 'errand.comparison': return comparison(e);
    case 'errand.cart.updated': {
      if (before.cart === after.cart || !e.cart.subtotal) return null;
      const n = e.cart.groups.flatMap((g) => g.lines).reduce((sum, l) => sum + l.quantity, 0);
      return calm(`Cart: ${count(n, 'piece')}, ${moneySpoken(e.cart.subtotal)}.`);
    }
    case 'errand.approval.required': return approval(e.approval);
    case 'errand.approval.resolved': return before === after ? null : resolved(e, after);
    case 'errand.receipt': return bought(e, before) ? null : urgent(`Bought. ${moneySpoken(e.order.total)}, ${e.order.merchant_name}.`);
    case 'errand.delivery.updated': return calm(`Order ${e.order.number}: ${stop(e.order.state_text)}`);
    case 'errand.policy.explained': return calm([e.headline, e.text, e.not].filter(Boolean).map(stop).join(' '));
    case 'errand.notice': return (e.tone === 'no' || e.tone === 'ask' ? urgent : calm)(`${stop(e.headline)} ${e.text}`);
    case 'errand.question': return calm(`${e.text} ${e.chips.length ? `Answers: ${e.chips.join(', ')}.` : ''}`.trim());
    case 'errand.handoff': return e.kind === 'agent' ? null : calm(stop(e.reason));
    case 'response.output_text.done': return calm(sentences(untold(e.text, turnOf(after.entries, e.item_id)).join(' ')));
    case 'page.voice': return microphone(before.voice, after.voice);
    case 'response.output_audio_transcript.done': return calm(sentences(e.transcript));
    case 'errand.session.resumed': return calm(back(after.back));
    default: return null;
  }
}

/** What the bar under the top says after a connection came back. */
export function back(b) {
  if (!b) return '';
  if (b.gap) return 'Back. Everything is shown as it stands now.';
  return b.replayed > 0 ? 'Back. What happened meanwhile is shown below.' : 'Back. Nothing was missed.';
}

/** Speaks through two hidden regions, at most once a second each, in order. */
export class Announcer {
  #calm; #urgent; #queue = []; #timer = 0; #world;

  constructor(calmRegion, urgentRegion, world = globalThis) {
    this.#calm = calmRegion;
    this.#urgent = urgentRegion;
    this.#world = world;
  }

  /** Says it after what waits; what is urgent overtakes what is not. */
  say(message) {
    if (!message) return;
    if (message.urgent) this.#queue = [...this.#queue.filter((m) => m.urgent), message, ...this.#queue.filter((m) => !m.urgent)];
    else this.#queue.push(message);
    if (this.#queue.length > 8) this.#queue.splice(0, this.#queue.length - 8);
    if (!this.#timer) this.#turn();
  }

  #turn() {
    const message = this.#queue.shift();
    if (!message) { this.#timer = 0; return; }
    let { text } = message;
    // What is not urgent and still waits is said in one go, so that a fast runtime does not lag behind its own voice.
    while (!message.urgent && this.#queue[0] && !this.#queue[0].urgent && text.length < 240) text += ` ${this.#queue.shift().text}`;
    const region = message.urgent ? this.#urgent : this.#calm;
    // A region that keeps its text is silent when the same sentence comes twice.
    region.textContent = region.textContent === text ? `${text}\u00a0` : text;
    this.#timer = this.#world.setTimeout(() => this.#turn(), 1000);
  }
}
