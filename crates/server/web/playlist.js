// What was given to the loudspeaker, message by message, and how much of each was heard. Pure.

/** Samples of a millisecond. */
const PER_MS = 24;

export class Playlist {
  #parts = []; #given = 0; #base = 0;

  /** More sound of a message. */
  add(id, samples) {
    const last = this.#parts.at(-1);
    if (last?.id === id) last.end += samples;
    else this.#parts.push({ id, begin: this.#given, end: this.#given + samples });
    this.#given += samples;
    if (this.#parts.length > 64) this.#parts.shift();
  }

  /** Whether sound is still to be heard when so many samples were played. */
  waits(played) {
    return this.#base + played < this.#given;
  }

  /**
   * The loudspeaker stopped after so many samples: what was heard of each message that was not heard to its end, in milliseconds
   * rounded down. What was not played is forgotten.
   */
  cut(played) {
    const at = this.#base + played;
    const cut = this.#parts.filter((p) => p.end > at).map((p) => ({ id: p.id, ms: Math.floor(Math.max(0, at - p.begin) / PER_MS) }));
    this.#parts = [];
    // The loudspeaker counts from here anew.
    this.#base = this.#given;
    return cut;
  }
}

/** 16-bit samples as base64, and back. */
export function encode(samples) {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

export function decode(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length & ~1);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = raw.charCodeAt(i);
  return new Int16Array(bytes.buffer);
}
