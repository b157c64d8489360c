// A scripted runtime: what it answers to the sentences that the tests of the page say. Events as the protocol has them.

const usd = (minor) => ({ minor, currency: 'USD' });
const window_ = (start, end) => ({ start, end });
export const ZONE = 'America/New_York';
const SAT = window_('2026-11-21T13:00:00Z', '2026-11-21T15:00:00Z');
const SAT_LATER = window_('2026-11-21T15:00:00Z', '2026-11-21T17:00:00Z');

const shop = { pantry: 'Pantry Lane', hearth: 'Hearth & Thread', volt: 'Volt & Wire' };

function card(n, title, detail, merchant, minor, hundredths, reviews, colour, when, extra = {}) {
  return {
    n, offer: { merchant, product: `p${n}`, variant: `v${n}` }, title, variant: null, brand: null, merchant, merchant_name: shop[merchant],
    price: usd(minor), quantity: 2, price_all: usd(minor * 2), unit_price: '$3.29 per 100 g', rating: { hundredths, count: reviews },
    availability: 'in', first_delivery: when, delivery_text: null, evidence: ['fair trade: in the register'],
    reasons: ['Fair trade and under $15.00'], detail, drawing: { kind: 'coffee', colour, shape: n % 3 }, configurable: false, ...extra,
  };
}

export const COFFEES = [
  card(1, 'Sidamo Whole Bean', 'Ethiopia · 340 g', 'pantry', 1240, 460, 212, 'green', SAT),
  card(2, 'Marcala Medium', 'Honduras · 340 g', 'pantry', 1120, 480, 318, 'terracotta', SAT, { reasons: ['Rated highest of those that fit'] }),
  card(3, 'Cajamarca Dark', 'Peru · 250 g', 'hearth', 980, 430, 96, 'blue', SAT_LATER, { reasons: ['Costs least of those that fit'] }),
];

const excluded = {
  total: 14, text: 'I left out 14: 6 certificates not confirmed, 5 over $15.00, 3 cannot come on Saturday',
  parts: [{ cause: 'label', count: 6 }, { cause: 'price', count: 5 }, { cause: 'delivery', count: 3 }],
  items: [
    { title: 'Roast House Blend', merchant_name: shop.pantry, text: 'The shop says fair trade; the register has no such number.' },
    { title: 'Geisha Reserve', merchant_name: shop.pantry, text: '$31.00 a bag, you said under $15.00.' },
    { title: 'Sumatra Slow', merchant_name: shop.hearth, text: 'Comes on Tuesday at the earliest.' },
  ],
};

export const PRODUCTS = {
  type: 'errand.products', query_id: 'q1', what: 'coffee beans', ordered_by: 'by how well they fit; not paid for', items: COFFEES, more: 0, excluded,
};

export const COMPARISON = {
  type: 'errand.comparison', id: 'c1',
  criteria: [{ key: 'price', label: 'Per bag' }, { key: 'rating', label: 'Rating' }, { key: 'delivery', label: 'Saturday' }, { key: 'label', label: 'Fair trade' }],
  rows: COFFEES.map((c, i) => ({
    card: c,
    values: [
      { text: ['$12.40', '$11.20', '$9.80'][i], best: i === 2 ? 'Lowest' : null }, { text: ['4.6', '4.8', '4.3'][i], best: i === 1 ? 'Highest' : null },
      { text: i === 2 ? '10 to 12' : '8 to 10', best: null }, { text: 'Confirmed in the register', best: null },
    ],
  })),
  recommended: COFFEES[1].offer, text: 'Marcala Medium is rated highest and comes first thing on Saturday.',
  spoken: 'Comparison, three coffees, Marcala Medium rated highest at 4.8, Cajamarca Dark lowest at 9 dollars 80.', excluded,
};

const TITLES = ['Understood', 'Searched three shops', 'Checked your rules', 'Compared the three', 'Your approval', 'Pay, then book the delivery'];
const FOUND = ['2 bags, fair trade, under $15.00, here Saturday morning', '17 coffees', '3 fit, 14 left out', 'You chose Marcala Medium', 'The shop holds 8 to 10 until 9:14', null];

/** The route with step `at` (from 0) under way; `at` 6 is all done. */
export function plan(at, revision, status = 'running', parts = ['11 coffees', '6 coffees', 'none']) {
  return {
    type: 'errand.plan.updated',
    plan: {
      id: 'plan_1', revision, goal: 'Two bags of coffee',
      steps: TITLES.map((title, i) => ({
        id: `step_${i}`, title: i === 1 && at === 1 ? 'Searching three shops' : title, agent: 'scout',
        status: i < at ? 'done' : i === at ? status : 'waiting', found: i < at || (i === at && status === 'needs_you') ? FOUND[i] : null,
        parts: i === 1 && at >= 1 ? Object.values(shop).map((name, n) => ({
          name, status: parts[n] === null ? 'running' : parts[n].startsWith('no answer') ? 'failed' : 'done', found: parts[n],
        })) : [],
      })),
    },
  };
}

const LINE = { offer: COFFEES[1].offer, title: 'Marcala Medium, 340 g', quantity: 2, unit_price: usd(1120), total: usd(2240) };
const TOTALS = [
  { kind: 'subtotal', label: 'Subtotal', amount: usd(2240) }, { kind: 'fulfillment', label: 'Delivery', amount: usd(350) }, { kind: 'tax', label: 'Tax', amount: usd(0) },
];

export function cart(revision, groups = null) {
  return {
    type: 'errand.cart.updated',
    cart: {
      id: 'cart_1', revision, wish: 'Saturday morning', subtotal: groups ? usd(3640) : usd(2240),
      groups: groups ?? [{ merchant: 'pantry', merchant_name: shop.pantry, lines: [LINE], subtotal: usd(2240) }],
    },
  };
}

export const TWO_SHOPS = [
  { merchant: 'pantry', merchant_name: shop.pantry, lines: [LINE], subtotal: usd(2240) },
  { merchant: 'hearth', merchant_name: shop.hearth, lines: [{ offer: null, title: 'Linen towel, grey', quantity: 1, unit_price: usd(1400), total: usd(1400) }], subtotal: usd(1400) },
];

export const PAYEE = { merchant: 'pantry', name: shop.pantry, legal_name: 'Pantry Lane Ltd', bought_before: 3 };

export function approval(kind, id, seconds = 120, change = {}) {
  const asked = new Date('2026-11-19T14:12:18Z');
  const buys = kind === 'purchase';
  return {
    type: 'errand.approval.required',
    approval: {
      id, kind, payee: PAYEE, cart_revision: 1, tries_left: 3, disclosures: [], purpose: 'delivery',
      summary: buys ? 'Pay $25.90 to Pantry Lane Ltd' : 'May Pantry Lane learn your name and address, to deliver this order?',
      amount: buys ? usd(2590) : null, lines: buys ? [LINE] : [], totals: buys ? TOTALS : [],
      delivery: buys ? SAT : null, delivery_text: buys ? 'Saturday 21 November, 8 to 10 in the morning' : null, destination: buys ? 'Home, Elm Street' : null,
      instrument: buys ? 'visa ending in 4242' : null, discloses: ['identity.name', 'address.full'],
      discloses_text: buys ? 'Your name and address, for this delivery. Not your e-mail, phone or preferences.' : 'Your name and address. Not your e-mail, phone or preferences.',
      level: buys ? 35 : 10, ...(buys ? { words: 'amber violin' } : {}),
      limits: buys ? [{ name: 'This purchase', used: usd(2590), max: usd(5000) }, { name: 'Today', used: usd(2590), max: usd(12000) }, { name: 'November', used: usd(24130), max: usd(60000) }] : [],
      asked_at: asked.toISOString(), expires_at: new Date(asked.getTime() + seconds * 1000).toISOString(), ...change,
    },
  };
}

export const ORDER = {
  id: 'ord_1', number: 'PL-40718', merchant: 'pantry', merchant_name: 'Pantry Lane Ltd', lines: [LINE], totals: TOTALS, total: usd(2590), state: 'placed',
  state_text: 'placed, packed tomorrow', delivery: SAT, delivery_text: 'Saturday 21 November, 8 to 10', cancel_until: '2026-11-20T23:00:00Z',
  return_until: '2026-12-21T23:00:00Z', events: [], refunded: null, approved_by: 'by two words', placed_at: '2026-11-19T14:13:00Z', drawing: COFFEES[1].drawing,
};

export const know = (...rows) => ({
  type: 'errand.disclosure.updated',
  entries: rows.map(([merchant, merchant_name, knows, purpose, pending]) => ({ merchant, merchant_name, knows, purpose, pending: Boolean(pending), withdrawn: false })),
});

const value = (label, chosen, minor, impossible = null) => ({ label, chosen, impossible, delta: usd(minor) });
const DESK = card(1, 'Halden desk', 'oak, 140 cm', 'hearth', 28900, 470, 54, 'oak', null, {
  quantity: 1, price_all: usd(28900), drawing: { kind: 'desk', colour: 'oak', shape: 0 }, delivery_text: 'arrives 26 Nov', configurable: true,
});
export const OPTIONS = {
  type: 'errand.configuration', card: DESK, choices: [{ option: 'Width', value: '140 cm' }, { option: 'Top', value: 'oak' }, { option: 'Legs', value: 'fixed' }], conflict: null,
  options: [
    { name: 'Width', values: [value('120 cm', false, -2000), value('140 cm', true, 0), value('160 cm', false, 4000)] },
    { name: 'Top', values: [value('oak', true, 0), value('birch', false, -1500), value('black', false, 0)] },
    { name: 'Legs', values: [value('fixed', true, 0), value('height-adjustable', false, 4000, 'Only with a width of 160 cm, for $40.00 more.')] },
  ],
};

export const DENY = {
  type: 'errand.policy.explained', decision_id: 'dec_1', decision: 'deny', code: 'BUDGET-0001', headline: 'Over your limit, not bought',
  text: 'The desk lamp is $64.20; you allow $50.00 for one purchase.', not: 'Nothing was bought and the shop was not told.',
  remedies: ['Look for one under $50.00', 'Raise the limit on your phone'], rules: ['limit per purchase'], about: 'desk lamp',
};
export const notice = (tone, code, headline, text, actions = []) => ({ type: 'errand.notice', tone, code, headline, text, actions });
export const SHOP_DEAD = notice('info', 'SHOP-0002', 'Volt & Wire did not answer', 'I waited 3 seconds and went on with the two other shops. I do not count it as “nothing there”.', ['Try it again']);
export const UNKNOWN = notice('ask', 'PAY-0003', 'Paid, answer missing', 'I am asking the shop. Do not buy it again; you are not charged twice for this one.');
export const HOSTILE = '<img src=x onerror="document.title=1"><script>alert(1)</script> javascript:alert(1)';

/** What the scripted runtime answers. Each entry: `[milliseconds to wait, event]`; a string is an answer in words. */
export function answer(text, memory) {
  const t = text.toLowerCase();
  if (/second one|marcala/.test(t)) return [
    [0, cart(1)], [0, plan(4, 20, 'needs_you')], [0, know(['all', 'Three shops', ['“coffee beans”'], 'search'], ['pantry', shop.pantry, ['your postcode'], 'price'], ['pantry', shop.pantry, ['your name', 'your address'], 'delivery', true])],
    [0, 'Before I can ask for the exact price, Pantry Lane needs to know where it goes.'], [0, approval('consent', 'apr_1')],
  ];
  if (/^yes/.test(t) && memory.open === 'apr_1') return memory.consent();
  if (/^amber violin/.test(t) && memory.open === 'apr_2') return memory.pay();
  if (/desk 140|make the/.test(t)) return [[0, 'This one fits. Change what you like.'], [0, OPTIONS]];
  if (/lamp/.test(t)) return [[0, DENY]];
  if (/two shops/.test(t)) return [[0, cart(7, TWO_SHOPS)], [0, 'Two shops, so two payments.']];
  if (/approve now/.test(t)) return [[0, plan(4, 20, 'needs_you')], [0, cart(3)], [0, approval('purchase', 'apr_2', 120)]];
  if (/short approval/.test(t)) return [[0, approval('purchase', 'apr_9', 1)]];
  if (/notices/.test(t)) return [[0, SHOP_DEAD], [0, UNKNOWN], [0, { type: 'errand.question', text: 'Which coffee do you mean?', chips: ['The Sidamo', 'The Marcala'] }],
    [0, { type: 'errand.handoff', from: 'buyer', to: 'shop', kind: 'shop', reason: 'The shop asks for something that only its own page can take.', url: 'https://pantry.example/continue/1', host: 'pantry.example' }]];
  if (/hostile/.test(t)) return [[0, { ...PRODUCTS, query_id: 'q9', items: [{ ...COFFEES[0], title: HOSTILE, detail: HOSTILE }] }], [0, HOSTILE]];
  if (/orders/.test(t)) return [[0, { type: 'errand.orders', orders: [ORDER, { ...ORDER, id: 'ord_2', number: 'PL-40211', state: 'delivered', state_text: 'delivered', delivery_text: 'Thu 12 Nov' }] }]];
  if (/products/.test(t)) return [[0, 'Eleven fit. These are the best three.'], [0, { ...PRODUCTS, query_id: 'q2', more: 8 }]];
  if (/break/.test(t)) return [[0, { ...COMPARISON, id: 'broken', rows: [{ card: { n: 1 }, values: null }] }], [0, 'Still here.']];
  if (/coffee/.test(t)) return [
    [30, plan(0, 1)], [30, plan(1, 2, 'running', ['11 coffees', null, null])], [60, plan(1, 3, 'running', ['11 coffees', '6 coffees', null])], [60, plan(2, 4)],
    [0, know(['all', 'Three shops', ['“coffee beans”'], 'search'], ['pantry', shop.pantry, ['your postcode'], 'price'])], 
    [30, 'These three fit everything you asked for. The Honduras is rated highest; the Peru costs least.'], [0, PRODUCTS], [30, COMPARISON], [0, plan(4, 5, 'waiting')],
  ];
  return [[0, 'I did not get that. Name a thing to buy, or ask where an order is.']];
}
