// What happens to a question that the person must answer. Part of `reduce`, pure as it is.

const keyOf = (id) => `approval:${id}`;
const find = (s, id) => s.entries.find((e) => e.key === keyOf(id));

/** How long a question stays open, in milliseconds, measured from its arrival: the page's clock may differ from the runtime's. */
function span(a) {
  const ms = Date.parse(a.expires_at) - Date.parse(a.asked_at);
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/** A question was put. Without its words it came from the log, and its words are gone. */
export function open(s, approval, now, put) {
  const spent = approval.kind === 'purchase' && approval.level >= 30 && !approval.words;
  const limits = approval.limits?.length ? approval.limits : s.limits;
  return put({ ...s, limits }, {
    key: keyOf(approval.id), kind: 'approval', approval, state: 'open', until: now + span(approval), stale: spent,
    busy: false, fault: '', wrong: 0, text: '', triesLeft: approval.tries_left,
  });
}

/** The runtime says how it ended. A wrong try leaves it open. */
export function settle(s, e, put) {
  const entry = find(s, e.id);
  // It is told twice: over the socket, and as the answer of the call that answered it.
  if (!entry || entry.state === e.outcome) return s;
  if (e.outcome === 'wrong') {
    return put(s, {
      key: entry.key, busy: false, wrong: entry.wrong + 1, triesLeft: e.tries_left ?? entry.triesLeft, fault: '', text: e.text,
    });
  }
  const buys = entry.approval.kind === 'purchase' && e.outcome === 'granted';
  const moving = buys ? { id: e.id, amount: entry.approval.amount, name: entry.approval.payee.name } : s.moving;
  return put(forget({ ...s, moving }, entry), { key: entry.key, ...spoil(entry), state: e.outcome, busy: false, fault: '', text: e.text });
}

/** How a payment that was agreed to ended: `bought`, `not`, `unknown`. The sheet that was agreed to says so. */
export function paid(s, how, put) {
  if (!s.moving || !how) return s;
  const entry = find(s, s.moving.id);
  const next = { ...s, moving: how === 'unknown' ? s.moving : null };
  return entry ? put(next, { key: entry.key, ended: how }) : next;
}

/** The words of a closed question are not kept. */
function spoil(entry) {
  const { words: _words, ...approval } = entry.approval;
  return { approval };
}

/** An answer in words may have named the two words as well; with the question they leave the page. */
function forget(s, { approval: { words } }) {
  if (!words) return s;
  const told = (e) => (e.kind === 'say' || e.kind === 'you') && e.text.includes(words);
  return s.entries.some(told) ? { ...s, entries: s.entries.map((e) => (told(e) ? { ...e, text: e.text.replaceAll(words, 'the two words') } : e)) } : s;
}

function eachOpen(s, change) {
  const isOpen = (e) => e.kind === 'approval' && e.state === 'open';
  const next = s.entries.filter(isOpen).reduce(forget, s);
  return next.entries.some(isOpen) ? { ...next, entries: next.entries.map((e) => (isOpen(e) ? change(e) : e)) } : next;
}

/** Time ran out here; the runtime's word may follow and wins. */
export function expire(s, id, put) {
  const entry = find(s, id);
  if (!entry || entry.state !== 'open' || entry.busy) return s;
  return put(forget(s, entry), { key: entry.key, ...spoil(entry), state: 'expired', text: '' });
}

/** After a cut it is asked anew whether a question is still open: its words were for the old connection alone. */
export function doubtOpen(s) {
  return eachOpen(s, (e) => ({ ...e, ...spoil(e), stale: true, busy: false }));
}

/** With its session every open question is gone. */
export function voidOpen(s) {
  return eachOpen(s, (e) => ({ ...e, ...spoil(e), state: 'void', busy: false, text: '' }));
}

/** The question that waits for an answer, latest first. */
export function openApproval(s) {
  return s.entries.findLast((e) => e.kind === 'approval' && e.state === 'open') ?? null;
}
