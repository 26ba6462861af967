import { KeywrightError, retryAfterSeconds } from './keywright-error.ts';

/** Who calls. A page of the same origin is known by its cookie; everybody else by a token or a signature. */
export type Credentials =
  | { readonly token: string | (() => string | Promise<string>) }
  | { readonly cookie: true }
  /** Signs a request that is ready to be sent, such as `signer` of `@keywright/client/sigv4` does. */
  | { readonly sign: (request: Request) => Promise<Request> };

export interface SendingOptions {
  /** Left out for what is open to everybody. */
  readonly credentials?: Credentials | undefined;
  /**
   * How long an answer is waited for before it counts as none, in milliseconds. Unless given 35,000, and 120,000 for
   * what is sent with a body, which may be long and its way slow.
   */
  readonly attemptMilliseconds?: number | undefined;
  /** How often a request is sent at most, 4 unless given. */
  readonly attempts?: number | undefined;
  /** The longest `Retry-After` that is waited for; a longer one is an error at once. 30 unless given. */
  readonly longestWaitSeconds?: number | undefined;
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** From 0 up to 1. */
  readonly random?: (() => number) | undefined;
  readonly wait?: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined;
}

const FIRST_WAIT_MILLISECONDS = 200;
/** API Gateway answers within 30 seconds of what it has received, or says that nobody did. */
const ATTEMPT_MILLISECONDS = { without: 35_000, withBody: 120_000 } as const;
const MOST_JITTER = 0.2;
export const NO_TOKEN =
  'The access token holds a blank, a line break or another character that none has; give it as it was issued, on one line';
/** Refused before anything was done: any request may be sent again. */
const NOT_DONE = [429, 503];
/** As the gateway answers when it can't tell what became of a request. */
const NOT_KNOWN = [500, 502, 504];

/**
 * Sends a request, again where that helps and can do no harm: what was refused for the moment; what may have been
 * done, only where a repeat changes nothing.
 * @throws KeywrightError `unreachable` where nothing answers
 */
export function sender(options: SendingOptions): (request: Request) => Promise<Response> {
  const { attempts = 4, longestWaitSeconds = 30, random = Math.random, wait = waited } = options;
  const send = options.fetch ?? ((request: Request) => fetch(request));

  return async (request) => {
    const usual = /^(GET|HEAD|DELETE)$/.test(request.method) ? 'without' : 'withBody';
    const { attemptMilliseconds = ATTEMPT_MILLISECONDS[usual] } = options;
    const isRepeatable = !/^(POST|PATCH)$/.test(request.method) || request.headers.has('idempotency-key');
    for (let attempt = 1; ; attempt++) {
      const ready = await authorized(request.clone(), options.credentials);
      const outcome = await answered(ready, send, attemptMilliseconds).catch((error: unknown) =>
        failure(error, request),
      );
      const asked = outcome instanceof KeywrightError ? undefined : retryAfterSeconds(outcome);
      const isOver = attempt >= attempts || (asked ?? 0) > longestWaitSeconds;
      if (isOver || !mayRepeat(outcome, isRepeatable)) {
        if (outcome instanceof KeywrightError) throw outcome;
        return outcome;
      }
      await wait(pauseMilliseconds(attempt, asked, random()), request.signal);
    }
  };
}

/** An answer's head, which has to come in time; its body may take longer. */
async function answered(
  request: Request,
  send: (request: Request) => Promise<Response>,
  milliseconds: number,
): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`nothing within ${milliseconds} ms`)), milliseconds);
  try {
    return await send(new Request(request, { signal: AbortSignal.any([request.signal, late.signal]) }));
  } finally {
    clearTimeout(timer);
  }
}

function mayRepeat(outcome: Response | KeywrightError, isRepeatable: boolean): boolean {
  if (outcome instanceof KeywrightError) return isRepeatable;
  return NOT_DONE.includes(outcome.status) || (isRepeatable && NOT_KNOWN.includes(outcome.status));
}

/** Never earlier than was asked for; spread out, so that many who were refused together don't come back together. */
function pauseMilliseconds(attempt: number, askedSeconds: number | undefined, draw: number): number {
  if (askedSeconds !== undefined) return Math.round(askedSeconds * 1000 * (1 + MOST_JITTER * draw));
  return Math.round(FIRST_WAIT_MILLISECONDS * 2 ** (attempt - 1) * (0.5 + draw / 2));
}

async function authorized(request: Request, credentials: Credentials | undefined): Promise<Request> {
  if (credentials === undefined) return request;
  if ('sign' in credentials) return credentials.sign(request);
  if ('cookie' in credentials) {
    // Which no form and no other origin can send: it says that the request comes from the portal's own code.
    request.headers.set('x-keywright', '1');
    return request;
  }
  const given = typeof credentials.token === 'string' ? credentials.token : await credentials.token();
  const token = given.trim();
  if (!isBearerToken(token)) throw new KeywrightError(401, { code: 'unauthenticated', message: NO_TOKEN });
  request.headers.set('authorization', `Bearer ${token}`);
  return request;
}

/**
 * Whether a text may be a bearer token (RFC 6750, 2.1). A header that can't be sent is quoted by whoever refuses it,
 * and this one is a secret.
 */
export function isBearerToken(text: string): boolean {
  return /^[\w.~+/-]+=*$/.test(text);
}

/** @throws the caller's own abort */
function failure(error: unknown, request: Request): KeywrightError {
  if (request.signal.aborted) throw error;
  const { cause } = error as { cause?: { code?: string; message?: string } };
  const why = cause?.code ?? cause?.message ?? String(Object(error).message);
  return new KeywrightError(0, {
    code: 'unreachable',
    message: `${new URL(request.url).origin} does not answer: ${why}`,
    cause: error,
  });
}

function waited(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', abort, { once: true });
  });
}
