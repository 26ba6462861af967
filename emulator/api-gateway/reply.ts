import { type ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http';
import type { Header } from './request.ts';

/** What goes back to the client. A header that occurs twice is sent twice. */
export interface Reply {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

export function jsonReply(status: number, body: unknown, headers: readonly Header[] = []): Reply {
  return {
    status,
    headers: [['Content-Type', 'application/json'], ...headers],
    body: Buffer.from(JSON.stringify(body)),
  };
}

export function hasHeader(headers: readonly Header[], name: string): boolean {
  return headers.some(([candidate]) => candidate.toLowerCase() === name.toLowerCase());
}

/** True where HTTP allows this name and value; a function may return anything. */
export function isSendable([name, value]: Header): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** Sends a reply, if the client is still there. */
export function sendReply(response: ServerResponse, reply: Reply): void {
  if (response.destroyed || response.headersSent) return;
  const names = new Set(reply.headers.map(([name]) => name.toLowerCase()));
  response.statusCode = reply.status;
  for (const name of names) {
    const same = reply.headers.filter((header) => header[0].toLowerCase() === name && isSendable(header));
    const [first] = same;
    if (first) response.setHeader(first[0], same.length === 1 ? first[1] : same.map(([, value]) => value));
  }
  const bodiless = reply.status === 204 || reply.status === 304;
  if (!bodiless) response.setHeader('Content-Length', reply.body.length);
  response.end(bodiless ? undefined : reply.body);
}
