// Money, windows and counts as people read them. Pure: the zone and the locale are arguments with defaults.
// Money stays in whole minor units until the last moment; the digits are placed as text, never divided.

const LOCALE = 'en-US';
const SIGNS = { USD: '$', EUR: '€', GBP: '£' };
const digitsOf = new Map();

/** How many digits a currency has after its point. */
export function minorDigits(currency) {
  if (!digitsOf.has(currency)) {
    let digits = 2;
    try {
      digits = new Intl.NumberFormat(LOCALE, { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
    } catch { /* an unknown code keeps two */ }
    digitsOf.set(currency, digits);
  }
  return digitsOf.get(currency);
}

/** `[whole, fraction]` of an amount as text, without its sign. */
function split(m) {
  const digits = minorDigits(m.currency);
  const text = String(Math.abs(m.minor)).padStart(digits + 1, '0');
  return digits === 0 ? [text, ''] : [text.slice(0, -digits), text.slice(-digits)];
}

const group = new Intl.NumberFormat(LOCALE, { useGrouping: true });

/** `$25.90`, `−$3.00`, `€1,240.00`; any other currency with its code: `25.900 KWD`. */
export function money(m) {
  if (!m || !Number.isSafeInteger(m.minor)) return '';
  const [whole, fraction] = split(m);
  const text = group.format(BigInt(whole)) + (fraction && `.${fraction}`);
  const sign = m.minor < 0 ? '−' : '';
  return SIGNS[m.currency] ? `${sign}${SIGNS[m.currency]}${text}` : `${sign}${text} ${m.currency}`;
}

/** The same without the cents when there are none: `$50`. For limits. */
export function moneyShort(m) {
  const text = money(m);
  return /\.0+( |$)/.test(text) ? text.replace(/\.0+/, '') : text;
}

const NAMES = { USD: ['dollar', 'dollars'], EUR: ['euro', 'euros'], GBP: ['pound', 'pounds'] };

/** For the ear: `25 dollars 90`. */
export function moneySpoken(m) {
  if (!m) return '';
  const names = NAMES[m.currency];
  if (!names) return money(m);
  const [whole, fraction] = split(m);
  const cents = Number(fraction);
  const unit = whole === '1' ? names[0] : names[1];
  return `${m.minor < 0 ? 'minus ' : ''}${whole} ${unit}${cents ? ` ${cents}` : ''}`;
}

/** Signed difference of a choice: `+$40.00`, `−$15.00`, `same price`. */
export function delta(m) {
  if (!m || m.minor === 0) return 'same price';
  return m.minor > 0 ? `+${money(m)}` : money(m);
}

function parts(iso, zone, options) {
  const out = {};
  for (const part of new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).formatToParts(new Date(iso))) {
    out[part.type] = part.value;
  }
  return out;
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/** Clock time: `8`, `9:14`, `18:00`; whole hours of the morning stand alone, as in `8 to 10`. */
export function clock(iso, zone, bare = false) {
  const p = parts(iso, zone, CLOCK);
  const hour = Number(p.hour);
  return bare && p.minute === '00' && hour < 13 ? String(hour) : `${hour}:${p.minute}`;
}

/** Day: `Saturday 21 November`, or `Sat 21 Nov` when short. */
export function day(iso, zone, short = false) {
  const width = short ? 'short' : 'long';
  const p = parts(iso, zone, { weekday: width, day: 'numeric', month: width });
  return `${p.weekday} ${p.day} ${p.month}`;
}

/** A window: `Saturday 21 November, 8 to 10`; across days: `Saturday 21 November 20:00 to Sunday 22 November 2:00`. */
export function windowText(w, zone, short = false) {
  if (!w) return '';
  const from = day(w.start, zone, short);
  const to = day(w.end, zone, short);
  if (from !== to) {
    const midnight = clock(w.end, zone) === '0:00' && clock(w.start, zone) === '0:00';
    const last = day(new Date(new Date(w.end).getTime() - 1).toISOString(), zone, short);
    if (midnight) return from === last ? from : `${from} to ${last}`;
    return `${from} ${clock(w.start, zone)} to ${to} ${clock(w.end, zone)}`;
  }
  const bare = clock(w.start, zone, true).length < 3 && clock(w.end, zone, true).length < 3;
  return `${from}, ${clock(w.start, zone, bare)} to ${clock(w.end, zone, bare)}`;
}

/** Until when: `Friday 20 November, 18:00`. */
export function moment(iso, zone, short = false) {
  return iso ? `${day(iso, zone, short)}, ${clock(iso, zone)}` : '';
}

/** Time left: `1:42`. Never negative. */
export function left(ms) {
  const s = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
}

/** The same for the ear: `2 minutes`, `1 minute 30 seconds`. */
export function leftSpoken(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  const m = Math.floor(s / 60);
  const out = [];
  if (m) out.push(count(m, 'minute'));
  if (s % 60) out.push(count(s % 60, 'second'));
  return out.join(' ') || '0 seconds';
}

/** `1 minute`, `2 minutes`. */
export function count(n, one, many = `${one}s`) {
  return `${n} ${n === 1 ? one : many}`;
}

/** Stars: `4.8`; nothing when nobody rated. */
export function stars(rating) {
  return rating && rating.count > 0 ? (rating.hundredths / 100).toFixed(1) : '';
}

const WORDS = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** Small numbers in words, for headings. */
export function inWords(n) {
  return WORDS[n] ?? String(n);
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

/** What to say to choose the nth: `The second one`. */
export function choose(n) {
  return ORDINALS[n - 1] ? `The ${ORDINALS[n - 1]} one` : `Number ${n}`;
}

const DATA = {
  'identity.name': 'name', 'contact.email': 'e-mail', 'contact.phone': 'phone', 'address.postcode': 'postcode',
  'address.full': 'address', 'payment.token': 'payment token', 'order.items': 'what you ordered',
  'identity.age_over_n': 'that you are old enough',
};

/** The person's word for a kind of data. */
export function dataWord(kind) {
  return DATA[kind] ?? kind;
}

/** `name`, `name and address`, `name, address and phone`. */
export function list(words) {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Name of a shop without its legal form, short enough for a button: `Pantry Lane Ltd` is `Pantry Lane`. */
export function shortName(name) {
  return name.replace(/,?\s+(ltd|limited|inc|llc|gmbh|co|corp|plc)\.?$/i, '');
}
