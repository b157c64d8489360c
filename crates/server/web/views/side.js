// The route, who knows what, the limits, the cart: beside the conversation on a wide screen, in the strip on a narrow one.

import { h } from '../preact.mjs';
import { useState, useEffect } from '../hooks.mjs';
import { Icon } from './parts.js';
import { money, moneyShort } from '../format.js';
import { currentStep } from '../reduce.js';

const SIGNS = {
  done: ['done', 'done', 'is-done'], running: ['now', 'under way', 'is-now'], needs_you: ['ask', 'needs you', 'is-now'],
  waiting: ['todo', 'not started', 'is-todo'], failed: ['no', 'failed', 'is-failed'], skipped: ['skip', 'not needed', 'is-todo'],
  cancelled: ['skip', 'stopped', 'is-todo'],
};

/** Draws again every second while `on`, for what depends on how long something takes. */
export function useNow(on) {
  const [, set] = useState(0);
  useEffect(() => {
    if (!on) return undefined;
    const timer = setInterval(() => set((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [on]);
  return performance.now();
}

/** After three seconds it is said what is waited for. */
function waitingFor(step, since, now) {
  if (step.status !== 'running' || now - since < 3000) return '';
  const open = step.parts.filter((p) => p.status === 'running' || p.status === 'waiting');
  if (step.parts.length < 2 || open.length === 0) return 'Still working on it';
  const answered = step.parts.length - open.length;
  return `Waiting for ${open.map((p) => p.name).join(' and ')}, ${answered} of ${step.parts.length} shops have answered`;
}

function Step({ step, current, since }) {
  const [icon, word, cls] = SIGNS[step.status] ?? SIGNS.waiting;
  const now = useNow(step.status === 'running');
  const wait = waitingFor(step, since, now);
  const small = wait || (step.status === 'done' || step.status === 'failed' || step.status === 'needs_you' ? step.found : '');
  return h('li', { class: cls, 'aria-current': current ? 'step' : undefined },
    h(Icon, { name: icon, cls: step.status === 'running' ? 'pulse' : '' }),
    h('div', null,
      h('b', null, step.title, h('span', { class: 'vh' }, `, ${word}`)),
      small && h('small', null, small),
      step.parts.length > 0 && h('ul', { class: 'parts num' }, step.parts.map((p) => h('li', { key: p.name },
        h('span', null, p.name), h('span', { class: p.status === 'failed' ? 'part-no' : '' },
          p.found ?? (p.status === 'running' ? 'asking …' : (SIGNS[p.status] ?? SIGNS.waiting)[1])))))));
}

function finished(plan) {
  return plan.steps.every((s) => ['done', 'failed', 'skipped', 'cancelled'].includes(s.status));
}

/** Where the route stands, in words. */
export function standing(plan) {
  const i = currentStep(plan);
  const step = plan.steps[i];
  if (!step) return '';
  if (finished(plan)) return plan.steps.some((s) => s.status === 'cancelled' || s.status === 'failed') ? 'Ended' : 'All done';
  return `Step ${i + 1} of ${plan.steps.length}`;
}

export function Route({ plan, since, stop, id }) {
  const i = currentStep(plan);
  const busy = plan.steps.some((s) => s.status === 'running');
  return h('section', { 'aria-labelledby': id },
    h('h2', { id }, 'The route ', h('span', null, standing(plan).toLowerCase())),
    h('ol', { class: 'route' }, plan.steps.map((step, n) => h(Step, {
      key: step.id, step, since, current: n === i && !finished(plan),
    }))),
    busy && h('button', { class: 'btn btn-small', type: 'button', onClick: stop }, 'Stop'));
}

/** From the disclosure log, not from a template: the last line is true because the others are all there are. */
export function Know({ entries, id }) {
  return h('section', { 'aria-labelledby': id },
    h('h2', { id }, 'Who knows what, now'),
    entries.length === 0 ? h('p', { class: 'sm muted' }, 'No shop knows anything about you.') : h('ul', { class: 'know' },
      entries.map((e) => h('li', { key: `${e.merchant}:${e.purpose}:${e.pending}` },
        h('span', { class: 'know-who' }, e.merchant_name),
        h('span', { class: 'know-what' },
          e.pending && h('i', { class: 'know-state' }, 'will learn '), e.withdrawn && h('i', { class: 'know-state' }, 'withdrawn: '),
          e.knows.join(', ')))),
      h('li', { key: '-' }, h('span', { class: 'know-who' }, 'Anyone else'), h('span', { class: 'know-what' }, 'nothing'))));
}

export function Limits({ limits, id }) {
  return h('section', { 'aria-labelledby': id },
    h('h2', { id }, 'Your limits'),
    h('ul', { class: 'know num' }, limits.map((l) => h('li', { key: l.name },
      h('span', { class: 'know-who' }, l.name), h('span', { class: 'know-what' }, `${money(l.used)} of ${moneyShort(l.max)}`)))));
}

export function SideCart({ cart, id }) {
  const lines = cart.groups.flatMap((g) => g.lines);
  return h('section', { 'aria-labelledby': id },
    h('h2', { id }, 'Your cart ', h('span', null, 'not bought')),
    h('ul', { class: 'know num' },
      lines.map((l, n) => h('li', { key: n }, h('span', { class: 'know-who' }, `${l.quantity} × ${l.title}`), h('span', { class: 'know-what' }, money(l.total)))),
      cart.subtotal && h('li', { key: 'sum' }, h('span', { class: 'know-who' }, 'Before delivery and tax'), h('b', { class: 'know-what' }, money(cart.subtotal)))));
}

/** All that stands beside the conversation; `at` keeps the ids of the two places apart. */
export function Side({ state, stop, at = 'side' }) {
  const has = state.cart && state.cart.groups.length > 0;
  return [
    state.plan && state.plan.steps.length > 0 && h(Route, { key: 'route', plan: state.plan, since: state.stepSince, stop, id: `${at}-route` }),
    has && h(SideCart, { key: 'cart', cart: state.cart, id: `${at}-cart` }),
    state.know && h(Know, { key: 'know', entries: state.know, id: `${at}-know` }),
    state.limits.length > 0 && h(Limits, { key: 'limits', limits: state.limits, id: `${at}-limits` }),
  ];
}

/** The same in one line for narrow screens; the bar is decoration, the words carry it. */
export function Strip({ state, stop }) {
  const { plan } = state;
  if (!plan || plan.steps.length === 0) return null;
  const i = currentStep(plan);
  const over = finished(plan);
  const [icon] = over ? ['done'] : SIGNS[plan.steps[i].status] ?? SIGNS.waiting;
  return h('details', { class: 'strip', id: 'strip' },
    h('summary', null, h(Icon, { name: icon }),
      h('span', null, over ? standing(plan) : `${standing(plan)}: ${plan.steps[i].title}`),
      h('span', { class: 'bar', 'aria-hidden': 'true' }, plan.steps.map((s) => h('i', { key: s.id, class: (SIGNS[s.status] ?? SIGNS.waiting)[2] })))),
    h('div', { class: 'strip-body', role: 'group', 'aria-label': 'This errand', tabIndex: 0 }, h(Side, { state, stop, at: 'strip' })));
}
