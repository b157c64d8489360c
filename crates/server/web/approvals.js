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
  if (!entry) return s;
  if (e.outcome === 'wrong') {
    return put(s, {
      key: entry.key, busy: false, wrong: entry.wrong + 1, triesLeft: e.tries_left ?? entry.triesLeft, fault: '', text: e.text,
    });
  }
  const buys = entry.approval.kind === 'purchase' && e.outcome === 'granted';
  const moving = buys ? { id: e.id, amount: entry.approval.amount, name: entry.approval.payee.name } : s.moving;
  return put({ ...s, moving }, { key: entry.key, ...spoil(entry), state: e.outcome, busy: false, fault: '', text: e.text });
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

/** Time ran out here; the runtime's word may follow and wins. */
export function expire(s, id, put) {
  const entry = find(s, id);
  if (!entry || entry.state !== 'open' || entry.busy) return s;
  return put(s, { key: entry.key, ...spoil(entry), state: 'expired', text: '' });
}

/** After a cut no question of the old connection can be answered any more. */
export function voidOpen(s) {
  if (!s.entries.some((e) => e.kind === 'approval' && e.state === 'open')) return s;
  return {
    ...s,
    entries: s.entries.map((e) => (e.kind === 'approval' && e.state === 'open'
      ? { ...e, ...spoil(e), state: 'void', busy: false, text: '' } : e)),
  };
}

/** The question that waits for an answer, latest first. */
export function openApproval(s) {
  return s.entries.findLast((e) => e.kind === 'approval' && e.state === 'open') ?? null;
}
