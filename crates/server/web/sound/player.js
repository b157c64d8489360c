// The loudspeaker's side: runs on the audio thread, plays 16-bit sound of 24 kHz in order and says how far it is.

const RATE = 24_000;
/** Sound that waits at most. The runtime sends a few seconds ahead. */
const RING = RATE * 10;
/** Sound that must be there before the first of it plays. */
const START = RATE * 0.06;
/** How often its place is told. */
const TOLD_EVERY = RATE * 0.05;

class Player extends AudioWorkletProcessor {
  #ring = new Float32Array(RING); #read = 0; #count = 0; #played = 0; #told = 0; #at = 0; #plays = false; #whole = false; #run = 0;
  #step = RATE / sampleRate;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#hear(data);
  }

  #hear(message) {
    if (message.pcm) this.#put(message.pcm);
    // A short sound is whole before there is enough of it to begin with.
    if (message.whole) this.#whole = true;
    if (message.flush) {
      this.#count = 0;
      this.#plays = false;
      this.#run = message.flush;
      this.#played = 0;
      this.#tell();
    }
  }

  #put(pcm) {
    this.#whole = false;
    const room = Math.min(pcm.length, RING - this.#count);
    for (let i = 0; i < room; i += 1) this.#ring[(this.#read + this.#count + i) % RING] = pcm[i] / 32_768;
    this.#count += room;
  }

  #tell() {
    this.#told = this.#played;
    this.port.postMessage({ played: this.#played, waits: this.#count, run: this.#run });
  }

  process(_in, [[out]]) {
    if (!this.#plays && (this.#count >= START || (this.#whole && this.#count > 0))) this.#plays = true;
    if (!this.#plays) return true;
    for (let i = 0; i < out.length; i += 1) {
      if (this.#count < 2) {
        this.#drain();
        return true;
      }
      const [a, b] = [this.#ring[this.#read], this.#ring[(this.#read + 1) % RING]];
      out[i] = a + (b - a) * this.#at;
      this.#at += this.#step;
      const whole = Math.floor(this.#at);
      this.#at -= whole;
      this.#read = (this.#read + whole) % RING;
      this.#count = Math.max(0, this.#count - whole);
      this.#played += whole;
    }
    if (this.#played - this.#told >= TOLD_EVERY) this.#tell();
    return true;
  }

  /** Nothing is left: the last sample is played with the rest of it. */
  #drain() {
    this.#played += this.#count;
    this.#read = (this.#read + this.#count) % RING;
    this.#count = 0;
    this.#plays = false;
    this.#tell();
  }
}

registerProcessor('player', Player);
