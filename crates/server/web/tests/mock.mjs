// The page without Rust: serves this folder as the runtime does (same policy of what may run), and plays a scripted purchase.
// `node tests/mock.mjs [--port N]` prints the address. A test imports `start`.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { answer, approval, plan, know, ORDER, ZONE } from './scenes.mjs';
import { classesPage } from './classes.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const COLOURS = { green: '#5E7F6B', terracotta: '#C77B58', blue: '#4A5E82', oak: '#C9A26B' };

const csp = (host) => [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", `connect-src 'self' ws://${host}`, "media-src 'self'", "worker-src 'self'", "form-action 'self'",
  "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
].join('; ');

const LINKS = [['talk', '/', 'Talk'], ['orders', '/orders', 'Orders'], ['profile', '/profile', 'Profile and values'], ['consents', '/consents', 'Consents'], ['why', '/why', 'Why'], ['setup', '/setup', 'Set-up']];

export function shell(inner, { talk = false, place = 'talk' } = {}) {
  const links = LINKS.map(([p, href, name]) => `<a href="${href}" data-place="${p}"${p === place ? ' aria-current="page"' : ''}>${name}${p === 'orders' ? '<span class="count">2</span>' : ''}</a>`).join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Talk · errand</title><link rel="icon" href="/a/x/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/a/x/tokens.css"><link rel="stylesheet" href="/a/x/app.css">${talk ? '<script type="module" src="/a/x/app.js"></script>' : ''}</head>
<body data-protocol="1" data-session="" data-zone="${ZONE}" data-shops="3"${talk ? ' data-ears="here"' : ''}><a class="skip" href="#${talk ? 'talk' : 'page'}">Skip to the conversation</a>
<div class="shell${talk ? '' : ' shell-two'}"><header class="top"><a class="brand" href="/">errand</a><details class="menu"><summary>Menu</summary><nav aria-label="Menu">${links}</nav></details></header>
<nav class="rail" aria-label="Main"><a class="brand" href="/">errand</a>${links}<p class="foot">Runs on this machine. No language model is set up; errand understands shopping sentences by itself.</p></nav>
${talk ? '<main id="talk" class="talk" tabindex="-1"><noscript>…</noscript></main><aside id="side" class="side" aria-label="This errand"></aside>' : `<main id="page" class="page">${inner}</main>`}</div></body></html>`;
}

function drawing(kind, colour) {
  const c = COLOURS[colour] ?? '#9A8F80';
  const body = kind === 'desk'
    ? `<path d="M8 22h48v5H8z" fill="${c}"/><path d="M12 27h4v26h-4zm36 0h4v26h-4z" fill="${c}" opacity=".8"/>`
    : `<path d="M19 18h26l2 34.5a1.5 1.5 0 0 1-1.5 1.5h-27a1.5 1.5 0 0 1-1.5-1.5z" fill="${c}"/><path d="M18.500 10.500h27v8h-27z" fill="${c}"/><path d="M18.500 10.500h27v8h-27z" opacity=".22"/><rect x="24.5" y="25" width="15" height="19" rx="1.5" fill="#F4EEDF"/><ellipse cx="32" cy="33" rx="3" ry="4.300" transform="rotate(28 32 33)" fill="${c}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="8 4 48 56"><ellipse cx="32" cy="55" rx="17" ry="2.6" opacity=".1"/>${body}</svg>`;
}

/** One scripted session: a log of events, and whoever is connected. */
function session() {
  const s = { id: 'sess_mock', log: [], sockets: new Set(), n: 0, heard: new Set(), open: null, answered: [], turns: [], frames: [] };
  s.emit = (event, kept = event) => {
    const event_id = `event_${(s.n += 1)}`;
    s.log.push({ ...kept, event_id });
    for (const socket of s.sockets) socket.send(JSON.stringify({ ...event, event_id }));
  };
  s.errand = (event) => {
    if (event.type !== 'errand.approval.required') return s.emit(event);
    s.open = event.approval.id;
    const { words: _words, ...approval } = event.approval;
    return s.emit(event, { ...event, approval });
  };
  s.say = (text, metadata = null) => {
    const response = { id: `resp_${s.n}`, object: 'realtime.response', status: 'in_progress', output: [], metadata };
    const item = { id: `item_${s.n}`, object: 'realtime.item', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
    return { response, item, text };
  };
  s.speak = (item_id, response_id, text) => {
    const ids = { response_id, item_id, output_index: 0, content_index: 0 };
    for (const delta of text.match(/\S+\s*/g) ?? []) s.emit({ type: 'response.output_text.delta', ...ids, delta });
    s.emit({ type: 'response.output_text.done', ...ids, text });
  };
  s.consent = () => {
    s.open = null;
    return [[0, { type: 'errand.approval.resolved', id: 'apr_1', outcome: 'granted', text: 'Pantry Lane may learn your name and address', tries_left: null }],
      [0, know(['all', 'Three shops', ['“coffee beans”'], 'search'], ['pantry', 'Pantry Lane', ['your name', 'your address'], 'delivery'])], [20, approval('purchase', 'apr_2')]];
  };
  s.pay = () => {
    s.open = null;
    return [[0, { type: 'errand.approval.resolved', id: 'apr_2', outcome: 'granted', text: 'Approved by two words', tries_left: null }], [0, plan(5, 30)], [60, plan(6, 31)],
      [0, { type: 'errand.receipt', order: ORDER }], [0, 'Bought. It comes Saturday 21 November, 8 to 10.']];
  };
  return s;
}

const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

async function play(s, script, metadata = null) {
  const id = `resp_${s.n}`;
  const output = { id, object: 'realtime.response', status: 'in_progress', output: [], metadata };
  s.emit({ type: 'response.created', response: output });
  for (const [ms, what] of script) {
    if (ms) await pause(ms);
    if (typeof what === 'string') s.speak(`item_${s.n}`, id, what);
    else s.errand(what);
  }
  s.emit({ type: 'response.done', response: { ...output, status: 'completed' } });
}

function hear(s, socket, frame) {
  if (frame.type === 'conversation.item.create') {
    if (s.heard.has(frame.item.id)) {
      socket.send(JSON.stringify({ type: 'error', event_id: 'e', error: { type: 'invalid_request_error', code: 'item_create_duplicate_item_id', message: 'known', event_id: frame.event_id } }));
      return;
    }
    s.heard.add(frame.item.id);
    const text = frame.item.content[0].text;
    s.turns.push(text);
    if (/cut here/.test(text)) { socket.terminate(); return; }
    const item = { ...frame.item, object: 'realtime.item', status: 'completed' };
    s.emit({ type: 'conversation.item.added', item, previous_item_id: null });
    s.emit({ type: 'conversation.item.done', item, previous_item_id: null });
    s.last = text;
  } else if (frame.type.startsWith('input_audio_buffer.') || frame.type === 'session.update' || frame.type === 'conversation.item.truncate') {
    s.frames.push(frame);
  } else if (frame.type === 'response.create') {
    play(s, answer(s.last ?? '', s), frame.response?.metadata ?? null);
  }
}

/** Starts it on a free port. `drop()` cuts every connection; `session` is what it knows. */
export async function start(port = 0) {
  const s = session();
  const http = createServer(async (req, res) => {
    const url = new URL(req.url, `http://${req.headers.host}`);
    const send = (status, type, body) => {
      res.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': csp(req.headers.host), 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
      res.end(body);
    };
    const json = (status, body) => send(status, 'application/json', JSON.stringify(body));
    try {
      if (url.pathname === '/') return send(200, 'text/html; charset=utf-8', shell('', { talk: true }));
      if (url.pathname === '/orders') return send(200, 'text/html; charset=utf-8', shell(classesPage(), { place: 'orders' }));
      if (url.pathname.startsWith('/draw/')) return send(200, 'image/svg+xml', drawing(url.pathname.slice(6).split('.')[0], url.searchParams.get('c')));
      if (url.pathname === '/api/page/connect') return json(200, { ticket: 't' });
      if (url.pathname.startsWith('/api/approvals/')) {
        if (req.method === 'GET' && s.holds) {
          const { words: _words, ...open } = approval('purchase', url.pathname.split('/').pop()).approval;
          return json(200, open);
        }
        if (req.method === 'GET') return json(409, { error: { code: 'HTTP-0009', message: 'this question is void', hint: null } });
        let body = '';
        for await (const chunk of req) body += chunk;
        const id = url.pathname.split('/').pop();
        const said = JSON.parse(body).answer;
        s.answered.push([id, said]);
        const wrong = id === 'apr_2' && said !== 'no' && said !== 'amber violin';
        const outcome = said === 'no' ? 'refused' : wrong ? 'wrong' : 'granted';
        const text = said === 'no' ? '' : wrong ? 'Those were not the words. Nothing was bought.' : '';
        if (wrong || said === 'no') s.emit({ type: 'errand.approval.resolved', id, outcome, text, tries_left: wrong ? 2 : null });
        else play(s, id === 'apr_1' ? s.consent() : s.pay());
        return json(200, { id, outcome, text, order: null });
      }
      if (url.pathname.startsWith('/a/')) {
        const name = normalize(url.pathname.split('/').slice(3).join('/'));
        const from = { 'preact.mjs': 'node_modules/preact/dist/preact.mjs', 'hooks.mjs': 'node_modules/preact/hooks/dist/hooks.mjs' }[name] ?? name;
        let body = await readFile(join(ROOT, from));
        if (name === 'hooks.mjs') body = body.toString().replace('from"preact"', 'from"./preact.mjs"');
        return send(200, TYPES[extname(name)] ?? 'application/octet-stream', body);
      }
      return send(404, 'text/plain', 'not here');
    } catch {
      return send(404, 'text/plain', 'not here');
    }
  });
  const wss = new WebSocketServer({ server: http, path: '/v1/realtime', handleProtocols: () => 'realtime' });
  wss.on('connection', (socket, req) => {
    const q = new URL(req.url, 'http://x').searchParams;
    const direct = (event) => socket.send(JSON.stringify({ event_id: `direct_${Math.random()}`, ...event }));
    const resumed = q.get('resume') === s.id;
    direct({ type: 'session.created', session: { id: s.id } });
    if (resumed) {
      const from = s.log.findIndex((e) => e.event_id === q.get('last_event_id')) + 1;
      for (const event of s.log.slice(from)) socket.send(JSON.stringify(event));
      direct({ type: 'errand.session.resumed', session_id: s.id, from_event_id: q.get('last_event_id'), replayed: s.log.length - from, gap: false });
    }
    s.sockets.add(socket);
    socket.on('close', () => s.sockets.delete(socket));
    socket.on('message', (data) => hear(s, socket, JSON.parse(data)));
  });
  await new Promise((done) => { http.listen(port, '127.0.0.1', done); });
  const url = `http://127.0.0.1:${http.address().port}/`;
  return {
    url, session: s, drop: () => { for (const socket of s.sockets) socket.terminate(); },
    close: () => new Promise((done) => { for (const c of wss.clients) c.terminate(); http.close(done); http.closeAllConnections(); }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const i = process.argv.indexOf('--port');
  process.stdout.write(`${(await start(i > 0 ? Number(process.argv[i + 1]) : 0)).url}\n`);
}
