import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';

export type Header = readonly [name: string, value: string];

/** One HTTP request as the gateway sees it before it knows which API it is for. */
export interface ClientRequest {
  /** `$context.requestId`. */
  readonly id: string;
  readonly receivedAt: Date;
  readonly method: string;
  /** As the client sent it, still percent-encoded, without query. Starts with `/`. */
  readonly sentPath: string;
  /** The same below the stage that it leads to. */
  readonly path: string;
  /** As the client sent it, without the question mark. */
  readonly query: string;
  /** In the client's order and case, with the gateway's own `X-Forwarded-*` and `X-Amzn-Trace-Id`. */
  readonly headers: readonly Header[];
  readonly body: Buffer;
  /**
   * What of it is larger than API Gateway takes: its header values, its body (which is empty then), or its
   * header values and request line together, which only HTTP APIs count so.
   */
  readonly oversized: 'headers' | 'body' | 'line and headers' | null;
  readonly sourceIp: string;
  readonly protocol: string;
  readonly domainName: string;
}

/** API Gateway's quotas: payload size, and all header values together. Bytes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_HEADER_BYTES = 10_240;

/** Headers between the client and the gateway, which no event holds. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/** Reads a request to its end. Null when the client goes away first. */
export async function readRequest(
  incoming: IncomingMessage,
  o: { now: () => Date; requestId: string; sourceIp: string },
): Promise<ClientRequest | null> {
  const receivedAt = o.now();
  const body = await readBody(incoming);
  if (body === 'aborted') return null;
  const [path, query] = splitTarget(incoming.url ?? '/');
  const sent = clientHeaders(incoming);
  const headerBytes = sent.reduce((bytes, [, value]) => bytes + value.length, 0);
  const lineBytes = `${incoming.method} ${incoming.url} HTTP/${incoming.httpVersion}`.length;
  return {
    id: o.requestId,
    receivedAt,
    method: incoming.method ?? 'GET',
    sentPath: path,
    path,
    query,
    headers: forwardedHeaders(sent, incoming, o, receivedAt),
    body: body === 'too large' ? Buffer.alloc(0) : body,
    oversized: oversizedPart(headerBytes, lineBytes, body === 'too large'),
    sourceIp: o.sourceIp,
    protocol: `HTTP/${incoming.httpVersion}`,
    domainName: (incoming.headers.host ?? '').replace(/:\d+$/, ''),
  };
}

function oversizedPart(headers: number, line: number, body: boolean): ClientRequest['oversized'] {
  if (headers > MAX_HEADER_BYTES) return 'headers';
  if (body) return 'body';
  return headers + line > MAX_HEADER_BYTES ? 'line and headers' : null;
}

/** The last value of a header, whatever the case of its name. */
export function headerOf(request: Pick<ClientRequest, 'headers'>, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return request.headers.findLast(([candidate]) => candidate.toLowerCase() === wanted)?.[1];
}

/** A socket's address without the IPv4-in-IPv6 form that a dual-stack server shows IPv4 clients in. */
export function socketAddress(incoming: IncomingMessage): string {
  const address = incoming.socket.remoteAddress ?? '';
  const mapped = address.replace(/^::ffff:/i, '');
  return isIPv4(mapped) ? mapped : address;
}

/**
 * Query parameters, decoded, in order of first appearance. REST APIs also split at semicolons
 * ("results in the data being split", API Gateway important notes).
 */
export function parseQuery(query: string, separator: RegExp | '&'): Map<string, string[]> {
  const parameters = new Map<string, string[]>();
  for (const pair of query.split(separator)) {
    if (pair === '') continue;
    const [name = '', ...rest] = pair.split('=');
    const key = decodeQueryPart(name);
    parameters.set(key, [...(parameters.get(key) ?? []), decodeQueryPart(rest.join('='))]);
  }
  return parameters;
}

/** Groups headers by name; names are compared as they are given. */
export function groupHeaders(headers: readonly Header[]): Map<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const [name, value] of headers) grouped.set(name, [...(grouped.get(name) ?? []), value]);
  return grouped;
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | 'too large' | 'aborted'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Read to the end even when it is too large: a client that is still sending can't hear the answer.
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    }
  } catch {
    return 'aborted';
  }
  return bytes > MAX_BODY_BYTES ? 'too large' : Buffer.concat(chunks);
}

function splitTarget(target: string): [path: string, query: string] {
  const originForm = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = originForm.indexOf('?');
  const path = mark === -1 ? originForm : originForm.slice(0, mark);
  return [path.startsWith('/') ? path : `/${path}`, mark === -1 ? '' : originForm.slice(mark + 1)];
}

function clientHeaders(incoming: IncomingMessage): Header[] {
  const headers: Header[] = [];
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
    headers.push([incoming.rawHeaders[i] ?? '', incoming.rawHeaders[i + 1] ?? '']);
  }
  return headers;
}

/** A client's own `X-Forwarded-For` is kept, with its real address added at the end: it proves nothing. */
function forwardedHeaders(
  sent: readonly Header[],
  incoming: IncomingMessage,
  o: { requestId: string; sourceIp: string },
  receivedAt: Date,
): Header[] {
  const replaced = new Set(['x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto', 'x-amzn-trace-id']);
  const lower = (header: Header) => header[0].toLowerCase();
  const claimed = sent.filter((header) => lower(header) === 'x-forwarded-for').map(([, value]) => value);
  const seconds = Math.floor(receivedAt.getTime() / 1000).toString(16);
  const traceId = `Root=1-${seconds}-${o.requestId.replaceAll('-', '').slice(0, 24)}`;
  return [
    ...sent.filter((header) => !replaced.has(lower(header)) && !HOP_BY_HOP.has(lower(header))),
    ['X-Amzn-Trace-Id', sent.find((header) => lower(header) === 'x-amzn-trace-id')?.[1] ?? traceId],
    ['X-Forwarded-For', [...claimed, o.sourceIp].join(', ')],
    ['X-Forwarded-Port', String(incoming.socket.localPort ?? '')],
    ['X-Forwarded-Proto', 'http'],
  ];
}

function decodeQueryPart(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
