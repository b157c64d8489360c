// What an answer in words says that no card of the same turn shows already. The runtime answers in words for every face; beside a
// table, a list of the same rows says nothing new. Pure.

import { money } from './format.js';

const plain = (text) => text.trim().replace(/[.!?\s]+$/, '').toLowerCase();

/** The cards of the turn in which this answer was given: between the person's sentence before it and the next one. */
export function turnOf(entries, key) {
  const here = entries.findIndex((e) => e.key === key);
  if (here < 0) return [];
  const from = entries.findLastIndex((e, i) => i < here && e.kind === 'you');
  const next = entries.findIndex((e, i) => i > here && e.kind === 'you');
  return entries.slice(from + 1, next < 0 ? undefined : next).filter((e) => e.kind !== 'say');
}

/** Whether a paragraph only repeats a card. */
function repeats(line, card) {
  switch (card.kind) {
    case 'products':
    case 'comparison': {
      const cards = card.items ?? card.rows.map((r) => r.card);
      return /^\d+\.\s/.test(line) && cards.some((c) => line.includes(c.title));
    }
    case 'assembly': return card.parts.some((p) => line.includes(p.title)) || card.give_up.some((way) => line.toLowerCase().includes(way.toLowerCase()));
    case 'approval': {
      const { kind, summary, amount } = card.approval;
      if (card.text && plain(line) === plain(card.text)) return true;
      return kind === 'consent' ? plain(line) === plain(summary) : line.startsWith(`You would pay ${money(amount)} to `);
    }
    case 'policy':
    case 'notice': {
      const parts = [card.headline, card.text, card.not, ...(card.remedies ?? []), ...(card.actions ?? [])].filter(Boolean).map(plain);
      return !/\p{L}/u.test(parts.sort((a, b) => b.length - a.length).reduce((rest, part) => rest.replaceAll(part, ''), line.toLowerCase()));
    }
    case 'desk':
    case 'question': return plain(line) === plain(card.text);
    default: return false;
  }
}

/** The sentence about what was left out stands under the list. */
function withoutLeftOut(line, cards) {
  return cards.reduce((text, card) => {
    const left = card.excluded?.text;
    return left && text.includes(left) ? text.replace(left, '').replace(/^\s*\.\s*|\s+\.(?=\s|$)/g, '').trim() : text;
  }, line);
}

/** Paragraphs of an answer that are worth drawing beside these cards. */
export function untold(text, cards) {
  return text.split(/\n+/).map((line) => line.trim()).filter((line) => line && !cards.some((card) => repeats(line, card)))
    .map((line) => withoutLeftOut(line, cards)).filter((line) => /\p{L}/u.test(line));
}
