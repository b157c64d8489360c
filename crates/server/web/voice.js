// The microphone and the loudspeaker of the page. Nothing of it runs before the person presses the button; what is heard goes to
// the runtime over the page's one connection and is not kept here.

import { Playlist, decode, encode } from './playlist.js';

/** Bytes that may wait in the socket: half a second of sound as base64. Beyond, the oldest is dropped and the person is told. */
const BEHIND_MAX = 32_000;
/** Frames of 20 ms that are sent at once. */
const BATCH = 2;
/** How long it is told that sound was lost. */
const LATE_MS = 4_000;
/** A press shorter than this is a tap: it begins to speak, and the next one ends it. */
const TAP_MS = 400;

/** What to say of a microphone that cannot be had. */
export function faultOf(name) {
  return {
    NotAllowedError: ['The browser blocks the microphone for this page', 'Allow it beside the address of the page, then press the microphone again. Typing goes on.'],
    NotFoundError: ['There is no microphone', 'Plug one in, then press the microphone again. Typing goes on.'],
    NotReadableError: ['Another program has the microphone', 'Close what uses it, then press the microphone again. Typing goes on.'],
    Ended: ['The microphone is gone', 'It was unplugged or taken away. Press the microphone to try again. Typing goes on.'],
    Insecure: ['The microphone needs a safe connection', 'Browsers give it to pages on this machine or over https. Open the page there; typing works here.'],
    Missing: ['This browser cannot do speech', 'It has no audio worklets. Typing goes on.'],
  }[name] ?? ['The microphone does not work', 'The browser did not say why. Press it to try again. Typing goes on.'];
}

/** What it does, in words: for everybody. */
export function doing(voice, active) {
  if (voice.muted) return 'Muted. I do not hear you';
  if (voice.hearing || voice.holding) return 'I hear you';
  if (voice.speaking) return voice.mode === 'push' ? 'Speaking' : 'Speaking. Talk over me to stop me';
  if (active) return 'Thinking';
  return voice.mode === 'push' ? 'Ready. Hold Talk and speak' : 'Listening';
}

export class Voice {
  #world; #link; #tell; #context = null; #stream = null; #track = null; #player = null; #nodes = []; #list = new Playlist();
  #played = 0; #run = 0; #batch = []; #mode = 'free'; #muted = false; #holding = false; #pressedAt = 0; #session = ''; #speaks = false; #late = false; #lateAt = 0;

  /**
   * @param {object} world `navigator`, `AudioContext`, `AudioWorkletNode`, `isSecure`, `now()`, `url(name)` of a worklet, `level(0..1)`
   * @param {object} link `emit(event)`, `behind()`
   * @param {(event: object) => void} tell the page's own `page.voice` events
   */
  constructor(world, link, tell) {
    this.#world = world;
    this.#link = link;
    this.#tell = tell;
  }

  get on() { return this.#stream !== null; }

  /** Asks for the microphone and begins. Only ever called by a press of the person. */
  async start() {
    if (this.on) return;
    const { navigator, AudioContext, AudioWorkletNode } = this.#world;
    if (!this.#world.isSecure || !navigator.mediaDevices?.getUserMedia) return this.#fail('Insecure');
    if (!AudioContext || !AudioWorkletNode) return this.#fail('Missing');
    this.#say({ at: 'asking' });
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
      await this.#wire();
    } catch (failure) {
      this.#close();
      return this.#fail(failure?.name);
    }
    this.#settle();
    this.#say({ at: 'on', muted: this.#muted, mode: this.#mode, holding: false });
    return undefined;
  }

  async #wire() {
    const { AudioContext, AudioWorkletNode } = this.#world;
    this.#context = new AudioContext({ latencyHint: 'interactive' });
    await this.#context.audioWorklet.addModule(this.#world.url('sound/capture.js'));
    await this.#context.audioWorklet.addModule(this.#world.url('sound/player.js'));
    // Pressed to stop meanwhile.
    if (!this.#stream) throw new Error('stopped');
    const source = this.#context.createMediaStreamSource(this.#stream);
    const capture = new AudioWorkletNode(this.#context, 'capture', { numberOfInputs: 1, numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
    capture.port.onmessage = ({ data }) => this.#heard(data);
    source.connect(capture);
    this.#player = new AudioWorkletNode(this.#context, 'player', { numberOfInputs: 0, numberOfOutputs: 1, outputChannelCount: [1] });
    this.#player.port.onmessage = ({ data }) => this.#place(data);
    this.#player.connect(this.#context.destination);
    this.#nodes = [source, capture, this.#player];
    [this.#track] = this.#stream.getAudioTracks();
    this.#track.enabled = !this.#muted;
    this.#track.onended = () => { this.stop(); this.#fail('Ended'); };
    await this.#context.resume();
  }

  /** Stops listening and speaking. */
  stop() {
    if (!this.on) return;
    this.#hush(true);
    this.#close();
    this.#link.emit({ type: 'input_audio_buffer.clear' });
    this.#link.emit({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
    this.#say({ at: 'off' });
  }

  #close() {
    for (const node of this.#nodes) node.disconnect();
    for (const track of this.#stream?.getTracks() ?? []) { track.onended = null; track.stop(); }
    this.#context?.close().catch(() => {});
    this.#nodes = [];
    this.#stream = null;
    this.#track = null;
    this.#player = null;
    this.#context = null;
    this.#list = new Playlist();
    this.#played = 0;
    this.#batch = [];
    this.#holding = false;
    this.#speaks = false;
    this.#world.level(0);
  }

  #fail(name) {
    const [headline, text] = faultOf(name);
    this.#say({ at: 'fault', headline, text });
  }

  #say(change) {
    this.#tell({ type: 'page.voice', ...change });
  }

  /** Tells the runtime how this page speaks: again with each new session, which knows nothing of it. */
  #settle() {
    const turns = this.#mode === 'free' ? { type: 'semantic_vad' } : null;
    this.#link.emit({
      type: 'session.update',
      session: { type: 'realtime', output_modalities: ['audio'], audio: { input: { format: { type: 'audio/pcm', rate: 24_000 }, transcription: { model: 'errand' }, turn_detection: turns } } },
    });
  }

  /** Hands free, or only while the button is held. */
  setMode(mode) {
    this.#mode = mode;
    this.#holding = false;
    this.#batch = [];
    if (this.on) this.#settle();
    this.#say({ mode, holding: false });
  }

  setMuted(muted) {
    this.#muted = muted;
    // A track that is off gives silence: the runtime hears that nobody speaks any more.
    if (this.#track) this.#track.enabled = !muted;
    this.#say({ muted });
  }

  /** The button of push to talk goes down. */
  press() {
    if (!this.on || this.#mode !== 'push') return;
    if (this.#holding) return this.#send();
    this.#pressedAt = this.#world.now();
    this.#holding = true;
    this.#hush(true);
    this.#say({ holding: true });
    return undefined;
  }

  /** It comes up: what was held is said; a tap goes on until the next. */
  release() {
    if (this.#holding && this.#world.now() - this.#pressedAt >= TAP_MS) this.#send();
  }

  #send() {
    this.#flush();
    this.#holding = false;
    this.#link.emit({ type: 'input_audio_buffer.commit' });
    this.#link.emit({ type: 'response.create' });
    this.#say({ holding: false });
  }

  #heard({ frame, peak }) {
    const open = this.#mode === 'free' || this.#holding;
    this.#world.level(this.#muted || !open ? 0 : peak);
    if (!open) return;
    this.#batch.push(frame);
    if (this.#batch.length >= BATCH) this.#flush();
  }

  #flush() {
    const frames = this.#batch.splice(0);
    if (frames.length === 0) return;
    const late = this.#link.behind() > BEHIND_MAX;
    if (late) this.#lateAt = this.#world.now();
    // A word that is taken back at once would only flicker.
    const told = this.#lateAt > 0 && this.#world.now() - this.#lateAt < LATE_MS;
    if (told !== this.#late) {
      this.#late = told;
      this.#say({ late: told });
    }
    if (late) return;
    const pcm = new Int16Array(frames.reduce((n, f) => n + f.length, 0));
    let at = 0;
    for (const f of frames) { pcm.set(f, at); at += f.length; }
    this.#link.emit({ type: 'input_audio_buffer.append', audio: encode(pcm) });
  }

  /** What the runtime says. */
  hear(event) {
    switch (event.type) {
      case 'session.created':
        if (this.on && event.session.id !== this.#session) this.#settle();
        this.#session = event.session.id;
        break;
      case 'response.output_audio.delta': this.#play(event); break;
      case 'response.output_audio.done': this.#player?.port.postMessage({ whole: true }); break;
      case 'input_audio_buffer.speech_started': this.#hush(false); break;
      default:
    }
  }

  #play({ item_id: id, delta }) {
    // An empty one comes from the log: what was said once is not said again.
    if (!this.#player || !delta) return;
    const pcm = decode(delta);
    this.#list.add(id, pcm.length);
    this.#player.port.postMessage({ pcm }, [pcm.buffer]);
    this.#speaking(true);
  }

  /** How far the loudspeaker is. */
  #place({ played, run }) {
    if (played === undefined || run !== this.#run) return;
    this.#played = played;
    this.#speaking(this.#list.waits(played));
  }

  #speaking(speaks) {
    if (speaks === this.#speaks) return;
    this.#speaks = speaks;
    this.#say({ speaking: speaks });
  }

  /** Silence at once; what was not heard of an answer was not said. `cancels`: the answer itself is stopped as well. */
  #hush(cancels) {
    if (!this.#player) return;
    const cut = this.#list.cut(this.#played);
    this.#played = 0;
    this.#run += 1;
    this.#player.port.postMessage({ flush: this.#run });
    for (const { id, ms } of cut) {
      this.#link.emit({ type: 'conversation.item.truncate', item_id: id, content_index: 0, audio_end_ms: ms });
    }
    if (cancels) this.#link.stop();
    this.#speaking(false);
  }

  /** The person pressed stop. */
  hush() { this.#hush(false); }
}
