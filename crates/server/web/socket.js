// One connection to the runtime that comes back by itself. It keeps what was said until the runtime has it, and knows nothing
// of what events mean beyond those that it needs for that.

/** Sentences that wait while the connection is down. */
export const QUEUE_MAX = 20;
const SEEN_MAX = 4_000;
const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000];
/** Handshakes that may fail in a row before a session is given up for lost and a new one begun. */
const RESUME_TRIES = 2;
/** Answered to the handshake itself and therefore not part of the log that a resume reads. */
const UNLOGGED = new Set(['session.created', 'errand.session.resumed', 'errand.session.state']);

/**
 * @param {object} world what it needs from outside: `ticket()`, `WebSocket`, `url`, `storage`, `random()`, `setTimeout`, `clearTimeout`
 * @param {(event: object) => void} onEvent each event of the protocol once, in order; and the page's own `page.link`
 */
export class Link {
  #world; #onEvent; #socket = null; #timer = 0; #tries = 0; #refused = 0;
  #session; #last = ''; #seen = new Set(); #turns = []; #active = null; #ready = false; #ended = false;

  constructor(world, onEvent) {
    this.#world = world;
    this.#onEvent = onEvent;
    this.#session = world.session || world.storage.getItem('errand.session') || '';
  }

  /** Opens the connection, and again whenever it breaks. */
  async start() {
    this.#ended = false;
    this.#world.clearTimeout(this.#timer);
    let ticket;
    try {
      ticket = await this.#world.ticket();
    } catch (failure) {
      if (failure.status === 401 || failure.status === 403) return this.#end('refused');
      return this.#later();
    }
    if (this.#ended || this.#socket) return;
    const { WebSocket } = this.#world;
    const socket = new WebSocket(this.#address(), ['realtime', `openai-insecure-api-key.${ticket}`]);
    this.#socket = socket;
    let opened = false;
    socket.onopen = () => { opened = true; };
    socket.onmessage = (m) => { if (this.#socket === socket) this.#hear(m.data); };
    socket.onclose = (c) => { if (this.#socket === socket) this.#closed(c.code, opened); };
  }

  #address() {
    const url = new URL(this.#world.url);
    url.searchParams.set('errand_events', 'all');
    // The page speaks once its microphone is on, and not before.
    url.searchParams.set('output_modalities', 'text');
    if (this.#session) url.searchParams.set('resume', this.#session);
    if (this.#session && this.#last) url.searchParams.set('last_event_id', this.#last);
    return url.href;
  }

  #hear(data) {
    let event;
    try { event = JSON.parse(data); } catch { return; }
    if (!event || typeof event.type !== 'string') return;
    if (event.type === 'session.created') this.#created(event);
    else if (event.event_id && !UNLOGGED.has(event.type) && !this.#fresh(event.event_id)) return;
    this.#follow(event);
    this.#onEvent(event);
    if (event.type === 'session.created' || event.type === 'errand.session.resumed') this.#flushSoon(event.type);
  }

  #created(event) {
    this.#tries = 0;
    this.#refused = 0;
    if (this.#session !== event.session.id) {
      this.#seen.clear();
      this.#last = '';
      // The new session has heard nothing of what was said in the old one and not answered.
      this.#turns = this.#turns.filter((t) => !t.added);
    }
    this.#resumes = this.#session === event.session.id;
    this.#session = event.session.id;
    this.#world.storage.setItem('errand.session', this.#session);
    this.#active = null;
    this.#onEvent({ type: 'page.link', link: 'open' });
  }
  #resumes = false;

  /** False when this event was heard before. */
  #fresh(id) {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    if (this.#seen.size > SEEN_MAX) this.#seen.delete(this.#seen.values().next().value);
    this.#last = id;
    return true;
  }

  /** A resumed connection first repeats what was missed; only then is known what the runtime lacks. */
  #flushSoon(type) {
    if (type === 'session.created' && this.#resumes) return;
    this.#ready = true;
    for (const turn of this.#turns) if (!turn.added) this.#create(turn);
    this.#next();
  }

  /** Keeps track of the turn: whether the runtime has it, and whether an answer is under way. */
  #follow(event) {
    if (event.type === 'conversation.item.added') {
      const turn = this.#turns.find((t) => t.id === event.item.id);
      if (turn) turn.added = true;
    } else if (event.type === 'response.created') {
      this.#active = event.response.id;
      // Ours when it carries our mark; what the runtime says by itself answers nothing.
      const mark = event.response.metadata?.turn;
      if (mark && this.#turns.some((t) => t.id === mark)) this.#turns = this.#turns.filter((t) => !t.asked && t.id !== mark);
    } else if (event.type === 'response.done') {
      this.#active = null;
      this.#next();
    } else if (event.type === 'error') {
      this.#erred(event.error);
    }
  }

  #erred(error) {
    const turn = this.#turns.find((t) => error.event_id && (error.event_id === t.id || error.event_id === `${t.id}_r`));
    if (!turn) return;
    if (error.code === 'item_create_duplicate_item_id') turn.added = true;
    else if (error.code === 'conversation_already_has_active_response') for (const t of this.#turns) t.asked = false;
    else this.#turns = this.#turns.filter((t) => t !== turn);
  }

  /** Says one sentence. `id` names it for good: sent again after a cut, it is still heard once. False when too much waits. */
  say(id, text) {
    if (this.#turns.length >= QUEUE_MAX) return false;
    const turn = { id, text, added: false, asked: false };
    this.#turns.push(turn);
    if (this.#ready) {
      this.#create(turn);
      this.#next();
    }
    return true;
  }

  #create(turn) {
    this.#send({
      type: 'conversation.item.create', event_id: turn.id,
      item: { id: turn.id, type: 'message', role: 'user', content: [{ type: 'input_text', text: turn.text }] },
    });
  }

  /** Asks for the answer to the oldest sentence, unless another answer is still being given. */
  #next() {
    const turn = this.#turns.find((t) => !t.asked);
    if (!this.#ready || this.#active || !turn || this.#turns.some((t) => t.asked)) return;
    for (const t of this.#turns) t.asked = true;
    this.#send({ type: 'response.create', event_id: `${turn.id}_r`, response: { metadata: { turn: turn.id } } });
  }

  /** Stops the answer under way. False when there is none. */
  stop() {
    if (!this.#active || !this.#ready) return false;
    this.#send({ type: 'response.cancel', response_id: this.#active });
    return true;
  }

  /** Sends an event as it is, when there is a connection; what it is about is lost without one. */
  emit(event) {
    if (this.#ready) this.#send(event);
  }

  /** Bytes that wait to be sent. */
  behind() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  #send(event) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(event));
  }

  #closed(code, opened) {
    this.#socket = null;
    this.#ready = false;
    this.#active = null;
    for (const turn of this.#turns) turn.asked = false;
    if (!opened && this.#session && (this.#refused += 1) >= RESUME_TRIES) this.#forget();
    if (code === 1008 && opened) return this.#end('taken');
    if (code === 1000 && opened) return this.#end('ended');
    return this.#later();
  }

  #forget() {
    this.#session = '';
    this.#last = '';
    this.#world.storage.removeItem('errand.session');
  }

  #end(link) {
    this.#ended = true;
    this.#onEvent({ type: 'page.link', link });
  }

  #later() {
    this.#onEvent({ type: 'page.link', link: 'lost' });
    const base = BACKOFF_MS[Math.min(this.#tries, BACKOFF_MS.length - 1)];
    this.#tries += 1;
    const wait = Math.round(base * (0.75 + this.#world.random() * 0.5));
    this.#timer = this.#world.setTimeout(() => this.start(), wait);
  }
}
