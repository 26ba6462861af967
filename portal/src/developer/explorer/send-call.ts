import { type ApiCall, type Credentials, headersToSend } from './api-call.ts';
import type { Answered, Failure, Outcome } from './outcome.ts';
import { limitsLeft } from './rate-limits.ts';

const LONGEST_WAIT_MILLISECONDS = 30_000;
const LONGEST_PROBE_MILLISECONDS = 5000;
const LONGEST_BODY = 200_000;

/** Nothing of the person's session goes along, nothing is kept, and nobody learns which page it came from. */
const APART = { credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' } as const;

/** Sends a call from this page straight to the API; no server of ours sees it. */
export async function sendCall(call: ApiCall, credentials: Credentials): Promise<Outcome> {
  const headers = sendable(call, credentials);
  if (headers === undefined) return { failure: 'bad_header' };
  const policy = watchPolicy();
  const before = performance.now();
  try {
    const response = await fetch(call.url, {
      ...APART,
      method: call.method,
      headers,
      // Headers of ours would follow it to wherever it leads.
      redirect: 'manual',
      signal: AbortSignal.timeout(LONGEST_WAIT_MILLISECONDS),
      ...(call.body !== undefined && { body: call.body }),
    });
    if (response.type === 'opaqueredirect') return { failure: 'redirect' };
    return { answered: await answerOf(response, before) };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') return { failure: 'too_slow' };
    return { failure: await failureOf(call.url, policy.isBroken) };
  } finally {
    policy.end();
  }
}

/** Undefined for what no request can carry, such as letters beyond Latin-1. */
function sendable(call: ApiCall, credentials: Credentials): Headers | undefined {
  try {
    return new Headers(headersToSend(call, credentials));
  } catch {
    return undefined;
  }
}

async function answerOf(response: Response, before: number): Promise<Answered> {
  const bytes = await response.arrayBuffer();
  return {
    status: response.status,
    milliseconds: Math.round(performance.now() - before),
    bytes: bytes.byteLength,
    headers: [...response.headers],
    limits: limitsLeft(response.headers),
    retryAfter: response.headers.get('retry-after'),
    body: new TextDecoder().decode(bytes.slice(0, LONGEST_BODY)),
  };
}

/** A browser says of all of these the same: «Failed to fetch». So it is found out. */
async function failureOf(url: string, isBroken: () => boolean): Promise<Failure> {
  if (!navigator.onLine) return 'offline';
  if (isBroken()) return 'not_declared';
  if (isMixed(url)) return 'mixed_content';
  // As pages ask for anything, without a preflight; it carries nothing that identifies anybody.
  if (await reaches(url, 'cors')) return 'preflight';
  return (await reaches(url, 'no-cors')) ? 'no_cors' : 'unreachable';
}

async function reaches(url: string, mode: RequestMode): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(LONGEST_PROBE_MILLISECONDS);
    await fetch(url, { ...APART, mode, signal, method: 'GET' });
    return true;
  } catch {
    return false;
  }
}

/** A page of https may not call http, but for this machine itself. */
function isMixed(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const isLocal = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
  return location.protocol === 'https:' && protocol === 'http:' && !isLocal;
}

/** Whether the page's own policy stopped a request meanwhile. */
function watchPolicy() {
  let broken = false;
  const note = ({ effectiveDirective }: SecurityPolicyViolationEvent) => {
    if (effectiveDirective === 'connect-src') broken = true;
  };
  document.addEventListener('securitypolicyviolation', note);
  return {
    isBroken: () => broken,
    end: () => document.removeEventListener('securitypolicyviolation', note),
  };
}
