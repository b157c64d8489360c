// The calls beside the socket. Same origin, the page's own cookie, and a header that a foreign page cannot set.

const HEADERS = { 'X-Errand-Page': '1', 'Content-Type': 'application/json', Accept: 'application/json' };

/** An answer that is not a success: `status` 0 means that no answer came. */
export class HttpFailure extends Error {
  constructor(status, body) {
    super(body?.error?.message ?? (status ? `HTTP ${status}` : 'no answer'));
    this.status = status;
    this.code = body?.error?.code ?? '';
    this.hint = body?.error?.hint ?? '';
  }
}

/** One call; the body of its answer. */
export async function call(method, path, body, timeoutMs) {
  let answer;
  try {
    answer = await fetch(path, {
      method, headers: HEADERS, credentials: 'same-origin', cache: 'no-store', redirect: 'error',
      body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(timeoutMs),
    });
  } catch {
    throw new HttpFailure(0, null);
  }
  const json = await answer.json().catch(() => null);
  if (!answer.ok) throw new HttpFailure(answer.status, json);
  return json;
}

/** A ticket for one connection of the socket. */
export async function ticket() {
  return (await call('POST', '/api/page/connect', {}, 10_000)).ticket;
}

/** Answers an open question: its two words, `yes` or `no`. Waits until a purchase is carried out. */
export function answer(id, text) {
  return call('POST', `/api/approvals/${encodeURIComponent(id)}`, { answer: text }, 70_000);
}

/** An open question with its words, for the enrolled screen. */
export function approval(id) {
  return call('GET', `/api/approvals/${encodeURIComponent(id)}`, undefined, 10_000);
}
