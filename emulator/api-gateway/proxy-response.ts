import { isSendable, type Reply } from './reply.ts';
import type { Header } from './request.ts';

/** A function's answer in payload format 1.0, checked; its body is not decoded yet. */
export interface ProxyResponse {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/**
 * Reads a function's answer ("Output format of a Lambda function for proxy integration"). Null when it
 * is malformed: no whole `statusCode` from 200 to 599, a body that is no string, headers that can't be
 * sent. Of a header in both maps only the values from `multiValueHeaders` count.
 */
export function readProxyResponse(value: unknown): ProxyResponse | null {
  if (!isRecord(value)) return null;
  const status = Number(value.statusCode ?? Number.NaN);
  const single = headersOf(value.headers ?? {});
  const multiple = multiValueHeadersOf(value.multiValueHeaders ?? {});
  const body = value.body ?? '';
  const isBase64Encoded = value.isBase64Encoded ?? false;
  if (!Number.isInteger(status) || status < 200 || status > 599) return null;
  if (single === null || multiple === null) return null;
  if (typeof body !== 'string' || typeof isBase64Encoded !== 'boolean') return null;
  const overridden = new Set(multiple.map(([name]) => name.toLowerCase()));
  const headers = [...single.filter(([name]) => !overridden.has(name.toLowerCase())), ...multiple];
  return headers.every(isSendable) ? { status, headers, body, isBase64Encoded } : null;
}

/** Header values as text; null when one is neither string, number nor boolean. */
export function headersOf(value: unknown): Header[] | null {
  if (!isRecord(value)) return null;
  const entries = Object.entries(value);
  return entries.every(([, item]) => isScalar(item))
    ? entries.map(([name, item]) => [name, String(item)])
    : null;
}

export function replyOf(response: ProxyResponse, decodeBody: boolean): Reply {
  const { status, headers, body } = response;
  return { status, headers, body: Buffer.from(body, decodeBody ? 'base64' : 'utf8') };
}

function multiValueHeadersOf(value: unknown): Header[] | null {
  if (!isRecord(value)) return null;
  const headers: Header[] = [];
  for (const [name, values] of Object.entries(value)) {
    if (!Array.isArray(values) || !values.every(isScalar)) return null;
    for (const item of values) headers.push([name, String(item)]);
  }
  return headers;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
