// The microphone's side of the sound: runs on the audio thread, turns what comes in into 16-bit frames of 20 ms at 24 kHz.

const RATE = 24_000;
const FRAME = 480;

class Capture extends AudioWorkletProcessor {
  #frame = new Int16Array(FRAME); #filled = 0; #peak = 0;
  /** Input samples for one of ours; where the next of ours ends; the sum and weight of what is averaged for it. */
  #step = sampleRate / RATE; #left = sampleRate / RATE; #sum = 0; #last = 0;

  process([[samples]]) {
    if (!samples) return true;
    for (const x of samples) this.#take(x);
    return true;
  }

  #take(x) {
    if (this.#step < 1) return this.#stretch(x);
    // What lies behind the end of this sample belongs to the next one.
    if (this.#left > 1) {
      this.#sum += x;
      this.#left -= 1;
      return undefined;
    }
    const part = this.#left;
    this.#put((this.#sum + x * part) / this.#step);
    this.#sum = x * (1 - part);
    this.#left = this.#step - (1 - part);
    return undefined;
  }

  /** A microphone slower than we are: straight lines between its samples. */
  #stretch(x) {
    this.#left -= 1;
    while (this.#left <= 0) {
      const at = 1 + this.#left;
      this.#put(this.#last + (x - this.#last) * at);
      this.#left += this.#step;
    }
    this.#last = x;
  }

  #put(x) {
    const y = Math.max(-1, Math.min(1, x));
    this.#peak = Math.max(this.#peak, Math.abs(y));
    this.#frame[this.#filled] = Math.round(y * 32_767);
    this.#filled += 1;
    if (this.#filled < FRAME) return;
    const frame = this.#frame;
    this.port.postMessage({ frame, peak: this.#peak }, [frame.buffer]);
    this.#frame = new Int16Array(FRAME);
    this.#filled = 0;
    this.#peak = 0;
  }
}

registerProcessor('capture', Capture);
