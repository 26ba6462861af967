import { type IncomingMessage, request as plain, type RequestOptions } from 'node:http';
import { request as secure } from 'node:https';

const LONGEST_MILLISECONDS = 35_000;

/** One request. The path is sent as it is written, which `fetch` would not do. */
export interface Call {
  readonly method?: string;
  readonly url: string;
  /** In place of the address's own path. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/**
 * Sends one request; a WebSocket that is opened is a 101, and closed at once.
 * @throws Error that names host and cause where nothing answers
 */
export async function call({ method = 'GET', url, path, headers = {}, body, signal }: Call): Promise<Answer> {
  const target = new URL(url);
  const send = target.protocol === 'https:' ? secure : plain;
  const options: RequestOptions = {
    method,
    path: path ?? target.pathname + target.search,
    headers: { ...headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
    agent: false,
    ...(signal && { signal }),
  };
  return new Promise((resolve, reject) => {
    const failed = (error: Error & { code?: string }) =>
      reject(new Error(`${target.host} did not answer: ${error.message || error.code || 'no reason given'}`));
    const sent = send(target, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', failed);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('upgrade', ({ headers: received }, socket) => {
      socket.destroy();
      resolve({ status: 101, headers: received, text: '' });
    });
    sent.on('error', failed);
    sent.setTimeout(LONGEST_MILLISECONDS, () =>
      sent.destroy(new Error(`nothing within ${LONGEST_MILLISECONDS / 1000} seconds`)),
    );
    sent.end(body);
  });
}
