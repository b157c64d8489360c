// The keyboard map. Single letters are off while a field has the focus, and can be turned off altogether. No key buys.

/** What `?` shows. */
export const MAP = [
  ['/', 'Write a message'], ['m', 'The microphone, where this runtime has ears'], ['j k', 'Next, previous card'], ['1 to 6', 'Choose the nth product shown'], ['r', 'The route'],
  ['y', 'Why'], ['.', 'Stop the errand'], ['u', 'Undo the last change of the cart'],
  ['g then t o p c w s', 'Go to Talk, Orders, Profile, Consents, Why, Set-up'], ['?', 'This help'],
];

const PLACES = { t: '/', o: '/orders', p: '/profile', c: '/consents', w: '/why', s: '/setup' };

/** Which command a key stands for. Pure: `pending` is whether `g` came just before. */
export function command(key, pending) {
  if (pending) return PLACES[key] ? { go: PLACES[key] } : null;
  if (/^[1-6]$/.test(key)) return { choose: Number(key) };
  return {
    '/': { focus: 'composer' }, j: { card: 1 }, k: { card: -1 }, r: { route: true }, y: { go: '/why' }, '.': { stop: true },
    u: { undo: true }, m: { mic: true }, '?': { help: true }, g: { pending: true },
  }[key] ?? null;
}

function typing(target) {
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
}

function step(by) {
  const cards = [...document.querySelectorAll('[data-card]')];
  if (cards.length === 0) return;
  const here = cards.findIndex((c) => c.contains(document.activeElement));
  const next = cards[here < 0 ? (by > 0 ? 0 : cards.length - 1) : Math.min(cards.length - 1, Math.max(0, here + by))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}

/** Listens on the document. `act` holds `choose(n)`, `stop()`, `undo()`, `mic()`, `help()`, `route()`; `on()` says whether letters are on. */
export function listen(act, on) {
  let pendingUntil = 0;
  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.isComposing || typing(e.target) || !on() || document.querySelector('dialog[open]')) return;
    const c = command(e.key, e.timeStamp < pendingUntil);
    pendingUntil = 0;
    if (!c) return;
    e.preventDefault();
    if (c.pending) pendingUntil = e.timeStamp + 1500;
    else if (c.go) location.assign(c.go);
    else if (c.focus) document.getElementById('say')?.focus();
    else if (c.card) step(c.card);
    else if (c.choose) act.choose(c.choose);
    else if (c.route) act.route();
    else if (c.stop) act.stop();
    else if (c.undo) act.undo();
    else if (c.mic) act.mic();
    else act.help();
  });
}
