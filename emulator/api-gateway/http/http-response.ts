import { headersOf, readProxyResponse, replyOf } from '../proxy-response.ts';
import { hasHeader, isSendable, type Reply } from '../reply.ts';
import type { Header } from '../request.ts';

/** Headers that belong to the connection, which a function can't set. */
const DROPPED = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Reads a function's answer in its payload format; null when it is malformed. In format 2.0 an answer
 * without `statusCode` is itself the JSON body of a 200, a string being the body as it is.
 */
export function readHttpResponse(value: unknown, payloadFormat: '1.0' | '2.0'): Reply | null {
  if (payloadFormat === '1.0') return complete(readProxyResponse(value), []);
  const isObject = typeof value === 'object' && value !== null;
  if (!isObject || !('statusCode' in value)) {
    const body = typeof value === 'string' ? value : JSON.stringify(value);
    return { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(body) };
  }
  const { cookies = [], headers = {}, ...rest } = value as Record<string, unknown>;
  if (!Array.isArray(cookies) || !cookies.every((cookie) => typeof cookie === 'string')) return null;
  const single = headersOf(headers);
  if (single === null) return null;
  const setCookies = cookies.map((cookie): Header => ['set-cookie', cookie]);
  return complete(readProxyResponse({ ...rest, headers, multiValueHeaders: {} }), setCookies);
}

function complete(response: ReturnType<typeof readProxyResponse>, cookies: readonly Header[]): Reply | null {
  if (response === null || !cookies.every(isSendable)) return null;
  const reply = replyOf(response, response.isBase64Encoded);
  const headers = [
    ...reply.headers.map(([name, value]): Header => [name.toLowerCase(), value]),
    ...cookies,
  ].filter(([name]) => !DROPPED.has(name));
  const typed: Header[] = hasHeader(headers, 'content-type')
    ? []
    : [['content-type', 'text/plain;charset=UTF-8']];
  return { ...reply, headers: [...typed, ...headers] };
}
