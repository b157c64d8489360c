// The page of the desk: queue, conversation, summary and actions. What a shop wrote is marked as the shop's.

import { h, Fragment } from '../preact.mjs';
import { useEffect, useRef, useState } from '../hooks.mjs';
import { money } from '../format.js';
import { clock, origin } from '../desk-state.js';
import { Icon } from './parts.js';
import { Actions, Summary } from './desk-side.js';

const LANGUAGES = { en: 'English', de: 'German' };
const SPEAKERS = { assistant: 'errand', desk: 'desk' };

/** At the desk, or away: the person is told so. */
export function Here({ queue, here }) {
  if (!queue) return null;
  return h('label', { class: 'switch' },
    h('input', { type: 'checkbox', checked: queue.here, onChange: (e) => here(e.currentTarget.checked) }), 'I am here');
}

function Ticket({ ticket, open, at }) {
  const urgent = ticket.reason === 'outcome_unknown';
  return h('li', null,
    h('button', { class: `desk-ticket ${at === ticket.session ? 'is-chosen' : ''}`, type: 'button', 'aria-current': at === ticket.session ? 'true' : undefined, onClick: () => open(ticket.session) },
      h('span', { class: 'desk-who' }, urgent && h(Icon, { name: 'ask' }), ticket.who),
      h('span', { class: 'num' }, clock(ticket.waited_s), h('span', { class: 'vh' }, ' waiting')),
      h('span', { class: `desk-reason ${urgent ? 'is-urgent' : ''}` }, ticket.reason_text),
      h('span', { class: 'muted xs' }, LANGUAGES[ticket.language] ?? ticket.language)));
}

function Queue({ queue, at, open }) {
  if (!queue) return h('p', { class: 'muted' }, 'Asking for the queue …');
  return h(Fragment, null,
    h('h2', null, 'Queue ', h('span', { class: 'num' }, queue.waiting.length)),
    queue.waiting.length === 0 && h('p', { class: 'empty sm' }, queue.here ? 'Nobody waits.' : 'You are away. Nobody is put into the queue while nobody is here.'),
    h('ul', { class: 'desk-list' }, queue.waiting.map((t) => h(Ticket, { key: t.session, ticket: t, open, at }))),
    queue.mine.length > 0 && h(Fragment, null, h('h2', null, 'Mine ', h('span', { class: 'num' }, queue.mine.length)),
      h('ul', { class: 'desk-list' }, queue.mine.map((t) => h(Ticket, { key: t.session, ticket: t, open, at })))),
    h('p', { class: 'muted sm' }, 'Done today ', h('span', { class: 'num' }, queue.done_today)),
    h('p', { class: 'muted xs desk-keys' }, h('kbd', null, 'j'), ' ', h('kbd', null, 'k'), ' queue · ', h('kbd', null, 't'), ' take · ', h('kbd', null, 'Ctrl Enter'), ' send · ', h('kbd', null, 'h'), ' hand back'));
}

function Conversation({ errand }) {
  const end = useRef(null);
  useEffect(() => {
    end.current?.scrollTo(0, end.current.scrollHeight);
  }, [errand.talk.length]);
  return h('div', { class: 'desk-talk', ref: end, role: 'log', 'aria-live': 'off', 'aria-label': 'Conversation', tabIndex: 0 },
    errand.talk.length === 0 && h('p', { class: 'empty' }, 'Nothing was said yet.'),
    errand.talk.map((u, n) => h('div', { key: n, class: `desk-said is-${u.by}` },
      h('b', { class: 'xs' }, SPEAKERS[u.by] ?? errand.who), h('p', null, u.text))));
}

function Suggestions({ errand, act }) {
  if (!errand.mine || errand.suggestions.length === 0) return null;
  return h('details', { class: 'desk-suggestions' },
    h('summary', null, `Suggestions (${errand.suggestions.length})`),
    h('ul', null, errand.suggestions.map((s) => h('li', { key: s.text },
      h('button', { class: 'btn btn-small', type: 'button', onClick: () => act.suggest(s.text) }, s.text),
      h('small', { class: 'muted xs' }, `from: ${s.evidence}`)))));
}

function submit(f) {
  return (e) => {
    e.preventDefault();
    f();
  };
}

function Reply({ state, errand, act }) {
  const { reply, from, why, line, busy } = state;
  if (!errand.mine) {
    return h('form', { class: 'desk-take', onSubmit: submit(act.take) },
      h('div', { class: 'field' }, h('label', { for: 'desk-why' }, `Why you take it (${errand.who} sees this)`),
        h('input', { id: 'desk-why', value: why, maxLength: 200, autocomplete: 'off', onInput: (e) => act.field('why', e.currentTarget.value) })),
      h('div', { class: 'actions' }, h('button', { class: 'btn btn-primary', 'aria-disabled': busy || !why.trim() }, 'Take over')));
  }
  const mark = origin(reply, from);
  return h(Fragment, null,
    h(Suggestions, { errand, act }),
    h('form', { class: 'desk-reply', onSubmit: submit(act.say) },
      h('div', { class: 'field' }, h('label', { for: 'desk-reply' }, `Reply to ${errand.who}`),
        h('textarea', { id: 'desk-reply', rows: 3, maxLength: 2000, value: reply, onInput: (e) => act.field('reply', e.currentTarget.value) })),
      h('div', { class: 'actions' }, h('button', { class: 'btn btn-primary', 'aria-disabled': busy || !reply.trim() }, 'Send'),
        mark && h('small', { class: 'muted xs' }, mark))),
    h('form', { class: 'desk-back', onSubmit: submit(act.back) },
      h('div', { class: 'field' }, h('label', { for: 'desk-line' }, 'What was agreed, in one line'),
        h('input', { id: 'desk-line', value: line, maxLength: 200, autocomplete: 'off', onInput: (e) => act.field('line', e.currentTarget.value) })),
      h('div', { class: 'actions' },
        h('button', { class: 'btn', 'aria-disabled': busy || !line.trim() }, 'Hand back'),
        h('button', { class: 'btn btn-quiet', type: 'button', onClick: act.release }, 'Back to the queue'))));
}

function Faults({ state }) {
  return h(Fragment, null,
    state.fault && h('div', { class: 'notice notice-no desk-fault', role: 'alert' }, h('p', null, state.fault)),
    state.refused.map((r) => h('section', { key: r.code, class: 'notice notice-no desk-fault' },
      h('h2', null, r.headline), h('p', null, r.text), h('p', { class: 'xs muted' }, `${r.code} · ${r.rules.join(', ')}`))));
}

const TABS = [['queue', 'Queue'], ['talk', 'Talk'], ['summary', 'Summary'], ['actions', 'Actions']];

function Tabs({ state, act }) {
  return h('nav', { class: 'desk-tabs', 'aria-label': 'Parts of the desk' }, TABS.map(([id, words]) => h('button', {
    key: id, class: 'btn btn-small', type: 'button', 'aria-pressed': state.tab === id, disabled: id !== 'queue' && !state.errand, onClick: () => act.tab(id),
  }, words)));
}

export function Desk({ state, act }) {
  const { errand, queue, tab } = state;
  const [narrow, setNarrow] = useState(matchMedia('(max-width:52rem)').matches);
  useEffect(() => {
    const media = matchMedia('(max-width:52rem)');
    const look = () => setNarrow(media.matches);
    media.addEventListener('change', look);
    return () => media.removeEventListener('change', look);
  }, []);
  const shown = (id) => !narrow || tab === id;
  return h(Fragment, null,
    h('h1', { class: 'vh' }, 'Desk'),
    shown('queue') && h('section', { class: 'desk-queue', 'aria-label': 'Queue' }, h(Queue, { queue, at: state.at, open: act.open })),
    shown('talk') && h('section', { class: 'desk-errand', 'aria-label': 'Errand' },
      errand ? h(Fragment, null,
        h('header', null, h('h2', null, `Errand of ${errand.who}`), h('p', { class: 'muted sm' }, errand.reason_text, ' · ', LANGUAGES[errand.language] ?? errand.language,
          errand.mine ? ' · you answer' : errand.holder ? ` · ${errand.holder} answers` : ' · nobody answers yet, reading is recorded')),
        h(Faults, { state }),
        h(Conversation, { errand }),
        !state.gone && h(Reply, { state, errand, act }))
        : h(Fragment, null, h(Faults, { state }), h('p', { class: 'empty' }, 'Choose an errand of the queue. Whoever it belongs to sees that you read it.'))),
    errand && (shown('summary') || shown('actions')) && h('aside', { class: 'desk-side', 'aria-label': 'Summary and actions', tabIndex: narrow ? -1 : 0 },
      shown('summary') && h(Summary, { errand, money }),
      shown('actions') && errand.mine && !state.gone && h(Actions, { errand, act, money }),
      narrow && tab === 'actions' && !errand.mine && h('p', { class: 'empty' }, 'Take the errand over to act.')),
    narrow && h(Tabs, { state, act }));
}
