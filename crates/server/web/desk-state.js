// What the desk's page works out from what it was told. Pure.

/** `0:40`, `12:05`, `1:02:00`. */
export function clock(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

/** Everything that can be opened, in the order of the list: what waits, then what is mine. */
export function listed(queue) {
  return [...(queue?.waiting ?? []), ...(queue?.mine ?? [])];
}

/** The next one in the list, or the one before. */
export function step(queue, at, by) {
  const all = listed(queue);
  if (all.length === 0) return null;
  const here = all.findIndex((t) => t.session === at);
  if (here < 0) return (by > 0 ? all[0] : all.at(-1)).session;
  return all[Math.min(all.length - 1, Math.max(0, here + by))].session;
}

/** What to say of a queue that changed, or nothing. */
export function news(before, after) {
  if (!before) return '';
  const known = new Set(listed(before).map((t) => t.session));
  const fresh = after.waiting.filter((t) => !known.has(t.session));
  if (fresh.length === 0) return '';
  return fresh.length === 1 ? `New in the queue: ${fresh[0].who}, ${fresh[0].reason_text}.` : `${fresh.length} new in the queue.`;
}

/** Whether a reply is what was suggested, changed, or one's own. */
export function origin(reply, from) {
  if (from === null) return '';
  return reply.trim() === from.trim() ? 'From a suggestion, unchanged' : 'From a suggestion, edited';
}
