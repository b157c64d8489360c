// Summary and actions at the desk. The summary is a template over facts; the actions are calls that the gate decides.

import { h, Fragment } from '../preact.mjs';
import { useState } from '../hooks.mjs';

const STATUS = { done: 'done', running: 'under way', needs_you: 'waits for the person', waiting: 'not started', failed: 'failed', skipped: 'not needed', cancelled: 'stopped' };
const OPEN = { choice: 'which of those shown', consent: 'whether a shop may learn something', approval: 'an approval; only they can give it', yes_no: 'yes or no', question: 'a question of errand' };
const FACTS = { town: 'Town of the delivery', window: 'When it is to come', order_number: 'Order number' };

const list = (title, items) => items.length > 0 && h(Fragment, null, h('h3', null, title), h('ul', null, items));

/** What stands of the errand, in facts. */
export function Summary({ errand, money }) {
  return h('section', { class: 'desk-summary' },
    h('h2', null, 'Summary'),
    h('p', { class: 'muted xs' }, 'Put together from facts, not by a model. Titles are the shops’ own words.'),
    h('dl', { class: 'kv' },
      h('dt', null, 'Wants'), h('dd', null, errand.wants[0] ?? 'not said yet'),
      h('dt', null, 'Asked now'), h('dd', null, errand.open ? OPEN[errand.open] : 'nothing'),
      errand.town && h(Fragment, null, h('dt', null, 'Town'), h('dd', null, errand.town)),
      errand.window && h(Fragment, null, h('dt', null, 'Comes'), h('dd', null, errand.window))),
    list('Tried', errand.tried.map((t) => h('li', { key: t.what + t.why }, t.what, h('small', { class: 'muted xs' },
      ` ${t.why}${t.times > 1 ? `, ${t.times} times` : ''}${t.code ? ` · ${t.code}` : ''}${t.rules.length ? ` · ${t.rules.join(', ')}` : ''}`)))),
    list('Plan', errand.plan.map((s, n) => h('li', { key: n }, s.title, h('small', { class: 'muted xs' }, ` ${STATUS[s.status] ?? s.status}${s.found ? `, ${s.found}` : ''}`)))),
    list('Cart', errand.cart.map((l) => h('li', { key: l.offer.variant }, `${l.quantity} × `, h('q', null, l.title),
      h('small', { class: 'muted xs' }, ` ${l.merchant_name}${l.price ? ` · ${money(l.price)} each` : ''}`)))),
    list('Orders of this errand', errand.orders.map((o) => h('li', { key: o.id }, h('q', null, o.what),
      h('small', { class: 'muted xs' }, ` ${o.state}${o.number ? ` · ${o.number}` : ''}`)))),
    list('Notes of the desk', errand.notes.map((n) => h('li', { key: n.at }, n.text, h('small', { class: 'muted xs' }, ` ${n.by}`)))));
}

function Product({ product, act, money }) {
  return h('li', null,
    h('div', null, `${product.n}. `, h('q', null, product.title), h('small', { class: 'muted xs' }, ` ${product.merchant_name} · ${money(product.price)}`)),
    h('button', { class: 'btn btn-small', type: 'button', onClick: () => act.tool('cart_add', { offer: product.offer, quantity: 1 }) },
      'Into the cart', h('span', { class: 'vh' }, `: ${product.title}`)));
}

function CartLine({ line, act }) {
  const set = (quantity) => act.tool('cart_set', { offer: line.offer, quantity });
  return h('li', null, h('div', null, `${line.quantity} × `, h('q', null, line.title)),
    h('div', { class: 'actions' },
      h('button', { class: 'btn btn-small', type: 'button', onClick: () => set(line.quantity + 1) }, 'One more', h('span', { class: 'vh' }, ` of ${line.title}`)),
      h('button', { class: 'btn btn-small', type: 'button', onClick: () => set(0) }, 'Take out', h('span', { class: 'vh' }, ` ${line.title}`))));
}

/** What the desk may do: the same tools, through the same gate. */
export function Actions({ errand, act, money }) {
  const [what, setWhat] = useState('');
  const [note, setNote] = useState('');
  const search = (e) => {
    e.preventDefault();
    if (what.trim()) act.tool('search', { what: what.trim() });
  };
  const asked = Object.keys(FACTS).filter((fact) => !errand.allowed.includes(fact));
  return h('section', { class: 'desk-actions' },
    h('h2', null, 'Actions'),
    h('p', { class: 'muted xs' }, 'The person sees everything that you do here. Their rules decide as they do for errand.'),
    h('form', { onSubmit: search },
      h('div', { class: 'field' }, h('label', { for: 'desk-search' }, 'Search the shops'), h('input', { id: 'desk-search', value: what, maxLength: 200, autocomplete: 'off', onInput: (e) => setWhat(e.currentTarget.value) })),
      h('div', { class: 'actions' }, h('button', { class: 'btn btn-small', 'aria-disabled': !what.trim() }, 'Search'))),
    errand.products.length > 0 && h(Fragment, null, h('h3', null, 'Shown'),
      h('ul', { class: 'desk-goods' }, errand.products.map((p) => h(Product, { key: p.offer.variant + p.n, product: p, act, money }))),
      errand.products.length > 1 && h('div', { class: 'actions' }, h('button', { class: 'btn btn-small', type: 'button', onClick: () => act.tool('compare', { offers: errand.products.map((p) => p.offer) }) }, 'Compare these'))),
    errand.cart.length > 0 && h(Fragment, null, h('h3', null, 'Cart'),
      h('ul', { class: 'desk-goods' }, errand.cart.map((l) => h(CartLine, { key: l.offer.variant, line: l, act }))),
      h('div', { class: 'actions' }, h('button', { class: 'btn btn-small', type: 'button', onClick: () => act.tool('buy') }, `Ask ${errand.who} for the approval`))),
    asked.length > 0 && h(Fragment, null, h('h3', null, `Ask ${errand.who} to show`),
      h('div', { class: 'actions' }, asked.map((fact) => h('button', { key: fact, class: 'btn btn-small', type: 'button', onClick: () => act.see([fact]) }, FACTS[fact])))),
    h('form', { onSubmit: (e) => { e.preventDefault(); act.note(note, () => setNote('')); } },
      h('div', { class: 'field' }, h('label', { for: 'desk-note' }, 'Note, only the desk sees it'), h('textarea', { id: 'desk-note', rows: 2, maxLength: 500, value: note, onInput: (e) => setNote(e.currentTarget.value) })),
      h('div', { class: 'actions' }, h('button', { class: 'btn btn-small', 'aria-disabled': !note.trim() }, 'Keep the note'))));
}
