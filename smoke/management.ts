import { type Answer, call } from './http-call.ts';

/** An answer of the management API, with its body where it is JSON. */
export interface Managed<Body> {
  readonly status: number;
  readonly body: Body;
}

/** The management API as one person calls it. */
export interface Management {
  /** The answer, whatever its status. */
  ask<Body = unknown>(method: string, path: string, body?: object): Promise<Managed<Body>>;
  /** The body of a success. @throws Error with method, path, status and the message of any other answer */
  do<Body = unknown>(method: string, path: string, body?: object): Promise<Body>;
}

/**
 * @param url without `/v1`
 * @param signal ends calls that are under way; left out for what cleans up
 */
export function managementOf(url: string, token: string, signal?: AbortSignal): Management {
  const base = url.replace(/\/+$/, '');
  const ask = async <Body>(method: string, path: string, body?: object): Promise<Managed<Body>> => {
    const answer = await call({
      method,
      url: `${base}/v1${path}`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
    });
    return { status: answer.status, body: bodyOf(answer) as Body };
  };
  return {
    ask,
    async do<Body>(method: string, path: string, body?: object) {
      const answer = await ask<Body>(method, path, body);
      if (answer.status >= 200 && answer.status < 300 && answer.status !== 202) return answer.body;
      throw new Error(`${method} /v1${path} answered ${answer.status}${reasonOf(answer)}`);
    },
  };
}

function bodyOf({ text }: Answer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function reasonOf({ status, body }: Managed<unknown>): string {
  if (status === 202) return ': it waits for a second admin (the tenant’s requireApproval)';
  const { error, message } = (body ?? {}) as {
    error?: { code?: string; message?: string };
    message?: string;
  };
  const text = error?.message ?? message;
  return text === undefined ? '' : `: ${text}`;
}
