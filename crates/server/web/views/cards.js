// Products, the comparison, options, the cart.

import { h } from '../preact.mjs';
import { Icon, Drawing, drawingText } from './parts.js';
import { money, stars, windowText, delta, choose, count, inWords } from '../format.js';
import { sameOffer } from '../reduce.js';

/** Whether it lies in the cart. */
export function isChosen(state, offer) {
  return (state.cart?.groups ?? []).some((g) => g.lines.some((l) => sameOffer(l.offer, offer)));
}

function delivery(card, zone) {
  return card.delivery_text ?? windowText(card.first_delivery, zone, true);
}

function Choose({ card, state, latest, say }) {
  if (isChosen(state, card.offer)) return h('span', { class: 'chosen' }, h(Icon, { name: 'check' }), 'Chosen');
  if (!latest) return null;
  if (card.availability === 'out') return h('span', { class: 'sm muted' }, 'Sold out');
  return h('button', { class: 'btn btn-small', type: 'button', onClick: () => say(choose(card.n)) },
    'Choose', h('span', { class: 'vh' }, ` ${card.title}`));
}

function Name({ card }) {
  return h('div', { class: 'prod' }, h(Drawing, { of: card.drawing }), h('span', null,
    h('b', null, card.title),
    (card.detail || card.variant) && h('span', { class: 'sub' }, card.detail ?? card.variant),
    h('span', { class: 'sub' }, card.merchant_name)));
}

/** Everything that was left out, with the reason of each. */
function LeftOut({ excluded }) {
  if (!excluded || excluded.total === 0) return null;
  return h('details', { class: 'more' },
    h('summary', null, h('span', null, /[.!?]$/.test(excluded.text) ? excluded.text : `${excluded.text}.`), ' ', h('span', { class: 'more-link' }, 'See each reason')),
    h('ul', { class: 'reasons' }, excluded.items.map((x, n) => h('li', { key: n },
      h('b', null, x.title), h('span', { class: 'muted' }, ` · ${x.merchant_name}`), h('span', null, x.text))),
    excluded.total > excluded.items.length && h('li', { class: 'muted' }, `and ${excluded.total - excluded.items.length} more`)));
}

/** Why each one is here, and what is confirmed by whom. */
function WhyThese({ cards, ordered }) {
  const told = cards.filter((c) => c.reasons.length > 0 || c.evidence.length > 0);
  if (told.length === 0) return null;
  return h('details', { class: 'more' },
    h('summary', null, h('span', null, ordered ? `Ordered ${ordered}.` : 'Each one has its reasons.'), ' ', h('span', { class: 'more-link' }, 'Why these')),
    h('ul', { class: 'reasons' }, told.map((c) => h('li', { key: c.n }, h('b', null, c.title),
      h('span', null, [...new Set([...c.reasons, ...c.evidence])].join(' · '))))));
}

function More({ more, latest, say }) {
  if (!more || !latest) return null;
  return h('div', { class: 'card-foot' }, h('button', { class: 'btn btn-small', type: 'button', onClick: () => say('Show me more') },
    `Show ${more} more`));
}

export function ProductRows({ entry, state, latest, say, zone }) {
  const { items } = entry;
  return h('section', { class: 'card list', tabIndex: -1, 'data-card': '', 'aria-label': `${count(items.length, 'product')} for ${entry.what}` },
    items.length === 0 && h('p', { class: 'card-note' }, `Nothing that fits ${entry.what} was found.`),
    h('ol', { class: 'rows' }, items.map((card) => h('li', { class: `row ${isChosen(state, card.offer) ? 'is-chosen' : ''}`, key: card.n },
      h(Drawing, { of: card.drawing }),
      h('div', { class: 'row-main' },
        h('b', null, card.title),
        h('small', null, [card.detail, card.merchant_name].filter(Boolean).join(' · ')),
        card.reasons[0] && h('small', { class: 'reason' }, card.reasons[0]),
        h('small', null, [delivery(card, zone), stars(card.rating) && `rated ${stars(card.rating)} by ${card.rating.count}`,
          card.evidence[0]].filter(Boolean).join(' · '))),
      h('div', { class: 'row-side num' },
        h('div', { class: 'row-price' },
          h('b', null, money(card.quantity > 1 ? card.price_all : card.price)),
          card.quantity > 1 && h('small', null, `${card.quantity} at ${money(card.price)}`),
          card.unit_price && h('small', null, card.unit_price)),
        h(Choose, { card, state, latest, say }))))),
    h(More, { more: entry.more, latest, say }),
    h(WhyThese, { cards: items, ordered: entry.ordered_by }),
    h(LeftOut, { excluded: entry.excluded }));
}

/** Sums that stand under the price instead of beside it. */
const UNDER_PRICE = new Set(['total', 'unit_price']);
/** Columns beyond which a table is no longer read across. */
const COLUMNS_MAX = 5;
/** Letters of a value beyond which only its first part stands in the table; all of it stands under "Why these". */
const VALUE_MAX = 28;

/** Which criteria are columns. What is under the price, in the name, or the same as an earlier column does not stand there twice. */
function columnsOf({ criteria, rows }) {
  const all = criteria.map((c, i) => ({ ...c, i, texts: rows.map((r) => r.values[i]?.text ?? '') }));
  const priced = all.some((c) => c.key === 'price');
  const named = (c) => rows.every((r, n) => c.texts[n] !== '' && (r.card.detail ?? '').split(' · ').includes(c.texts[n]));
  const same = (a, b) => a.texts.every((t, n) => t === b.texts[n]) && rows.length > 1;
  const columns = all.filter((c, n) => !(priced && UNDER_PRICE.has(c.key)) && !named(c) && !all.slice(0, n).some((d) => same(c, d))).slice(0, COLUMNS_MAX);
  return { columns, under: priced ? all.filter((c) => UNDER_PRICE.has(c.key)) : [] };
}

function short(text) {
  const head = text.length > VALUE_MAX ? text.split(/: |; |, /)[0] : text;
  return head.charAt(0).toUpperCase() + head.slice(1);
}

function Value({ value, label, under }) {
  return h('td', { class: 'num' }, h('span', { class: 'k' }, label), value ? short(value.text) : 'Not said',
    value?.best && h('span', { class: 'best' }, value.best),
    under.map((u) => h('span', { class: 'sub', key: u.label }, `${u.text} ${u.label.toLowerCase().replace(/^per /, '/ ')}`)));
}

export function Comparison({ entry, state, latest, say }) {
  const rows = entry.rows;
  const cards = rows.map((r) => r.card);
  const { columns, under } = columnsOf(entry);
  return h('section', { class: 'card cmp', tabIndex: -1, 'data-card': '', 'aria-label': `Comparison of ${inWords(rows.length)}` },
    h('table', { class: 'compare' },
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Product'), columns.map((c) => h('th', { scope: 'col', key: c.key }, c.label)),
        h('th', { scope: 'col' }, h('span', { class: 'vh' }, 'Choose')))),
      h('tbody', null, rows.map(({ card, values }) => h('tr', { key: card.n, class: isChosen(state, card.offer) ? 'is-chosen' : '' },
        h('th', { scope: 'row' }, h(Name, { card }),
          sameOffer(entry.recommended, card.offer) && h('span', { class: 'vh' }, ', recommended')),
        columns.map((c) => h(Value, {
          key: c.key, value: values[c.i], label: c.label,
          under: c.key === 'price' ? under.flatMap((u) => (values[u.i] ? [{ label: u.label, text: values[u.i].text }] : [])) : [],
        })),
        h('td', { class: 'pick' }, h(Choose, { card, state, latest, say })))))),
    // The same sentence is not written twice.
    entry.text && !state.entries.some((e) => e.kind === 'say' && e.text.includes(entry.text)) && h('p', { class: 'card-note' }, entry.text),
    h(WhyThese, { cards, ordered: entry.ordered_by }),
    h(LeftOut, { excluded: entry.excluded }));
}

/** Impossible values stay in sight, reachable and explained. The group is named by its option. */
function Option({ option, id, say, latest }) {
  const name = `${id}-${option.name}`;
  return h('fieldset', { class: 'option' }, h('legend', null, option.name),
    h('div', { class: 'values' }, option.values.map((v, n) => {
      const note = v.impossible ? `${name}-${n}-note` : undefined;
      return h('div', { class: `value ${v.impossible ? 'is-impossible' : ''}`, key: v.label },
        h('label', null, h('input', {
          type: 'radio', name, value: v.label, checked: v.chosen, 'aria-disabled': v.impossible || !latest ? 'true' : undefined,
          'aria-describedby': note,
          onClick: (e) => {
            // The runtime decides what is chosen; until it answers the old choice stays.
            e.preventDefault();
            if (!v.impossible && !v.chosen && latest) say(`Make the ${option.name.toLowerCase()} ${v.label}`);
          },
        }), h('span', null, v.label), !v.chosen && !v.impossible && h('small', { class: 'num muted' }, delta(v.delta))),
        v.impossible && h('p', { class: 'xs muted', id: note }, v.impossible));
    })));
}

export function Configurator({ entry, latest, say }) {
  const { card } = entry;
  const words = entry.choices.map((c) => `${c.option} ${c.value}`).join(', ');
  return h('section', { class: 'card config', tabIndex: -1, 'data-card': '', 'aria-label': `Options of ${card.title}` }, h('div', { class: 'config-in' },
    h('div', { class: 'config-pic' },
      h(Drawing, { of: card.drawing, cls: 'pic-big', alt: `${drawingText(card.drawing)}${words ? `, with ${words}` : ''}` }),
      h('b', null, card.title), h('p', { class: 'sm muted' }, card.merchant_name),
      h('p', { class: 'config-price num' }, money(card.price)),
      card.delivery_text && h('p', { class: 'sm muted' }, card.delivery_text)),
    h('div', { class: 'config-options' },
      entry.conflict && h('p', { class: 'conflict' }, h(Icon, { name: 'ask' }), entry.conflict),
      entry.options.map((o) => h(Option, { key: o.name, option: o, id: `${card.offer.merchant}-${card.offer.product}`, say, latest })),
      latest && h('div', { class: 'actions' }, h('button', { class: 'btn', type: 'button', onClick: () => say('I take this one') }, 'Use this one')))));
}

/** A whole from parts, with what changed and why; or what cannot be had together and what to give up. */
export function Assembly({ entry, latest, say }) {
  const limit = entry.price_max ? ` of ${money(entry.price_max)}` : '';
  return h('section', { class: 'card cart', tabIndex: -1, 'data-card': '', 'aria-label': `Parts of a ${entry.what}` },
    entry.parts.length > 0 && h('div', { class: 'cart-shop' },
      h('h2', null, `A ${entry.what}`, h('span', { class: 'num' }, `${money(entry.price)}${limit}`)),
      h('ul', { class: 'lines num' }, entry.parts.map((p) => h('li', { key: p.slot },
        h('span', null, h('b', null, p.slot), ` ${p.title}, ${p.merchant_name}`,
          p.changed && h('span', { class: 'sub' }, `Changed: ${p.changed}`)),
        h('span', null, money(p.price)))))),
    entry.conflict.length > 0 && h('p', { class: 'conflict' }, h(Icon, { name: 'ask' }), `Not to be had together: ${entry.conflict.join(', ')}`),
    entry.give_up.map((way) => h('p', { class: 'card-note', key: way }, way)),
    entry.wishes.length > 0 && h('p', { class: 'card-note muted' }, `Wanted: ${entry.wishes.join(', ')}`),
    latest && entry.parts.length > 0 && h('div', { class: 'card-foot actions' },
      h('button', { class: 'btn btn-small', type: 'button', onClick: () => say('Take it') }, 'Put the parts into the cart')));
}

/** One group for each shop: each is its own payment and its own approval. */
export function Cart({ entry, latest, say }) {
  const { cart } = entry;
  const n = cart.groups.length;
  if (n === 0) return h('section', { class: 'card', tabIndex: -1, 'data-card': '', 'aria-label': 'Cart' }, h('p', { class: 'card-note' }, 'The cart is empty. Nothing was bought.'));
  return h('section', { class: 'card cart', tabIndex: -1, 'data-card': '', 'aria-label': 'Cart' },
    cart.groups.map((g) => h('div', { class: 'cart-shop', key: g.merchant },
      h('h2', null, g.merchant_name, h('span', { class: 'num' }, money(g.subtotal))),
      h('ul', { class: 'lines num' }, g.lines.map((l, i) => h('li', { key: i }, h('span', null, `${l.quantity} × ${l.title}`), h('span', null, money(l.total))))))),
    h('p', { class: 'card-note cart-sum num' },
      h('span', null, n > 1 ? `Together ${money(cart.subtotal)} · ${inWords(n)} payments, ${inWords(n)} approvals` : `${money(cart.subtotal)} before delivery and tax`),
      h('span', { class: 'muted' }, 'Nothing is bought yet', cart.wish ? ` · wanted ${cart.wish}` : '')),
    latest && h('div', { class: 'card-foot actions' },
      h('button', { class: 'btn btn-small', type: 'button', onClick: () => say('Buy it') }, n > 1 ? 'Ask me for each' : 'Ask me to approve it')));
}
