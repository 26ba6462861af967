import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { hasHeader, type Reply } from '../api-gateway/reply.ts';
import { type ClientRequest, headerOf } from '../api-gateway/request.ts';

/** «Serve compressed files»: between these sizes, and of these types among others. */
const MIN_BYTES = 1000;
const MAX_BYTES = 10_000_000;
const TYPES = /^(text\/|application\/(javascript|json|manifest\+json|xml)|image\/svg\+xml)/;

/** What was compressed, by the object's tag: an object is compressed once, as it enters the cache. */
const compressed = new Map<string, Buffer>();
const MOST_KEPT = 500;

/** The answer as CloudFront compresses it for a viewer who takes it: Brotli before gzip. */
export function compress(reply: Reply, request: ClientRequest): Reply {
  const encoding = encodingFor(request);
  const type = reply.headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  const { length } = reply.body;
  if (encoding === undefined || reply.status !== 200 || !TYPES.test(type)) return reply;
  if (length < MIN_BYTES || length > MAX_BYTES || hasHeader(reply.headers, 'content-encoding')) return reply;
  const headers = reply.headers.map(([name, value]) =>
    name === 'etag' ? ([name, `W/${value}`] as const) : ([name, value] as const),
  );
  return {
    ...reply,
    headers: [...headers, ['content-encoding', encoding], ['vary', 'accept-encoding']],
    body: bodyIn(encoding, reply),
  };
}

function encodingFor(request: ClientRequest): 'br' | 'gzip' | undefined {
  const accepted = (headerOf(request, 'accept-encoding') ?? '')
    .split(',')
    .map((each) => each.trim().split(';'));
  const takes = (wanted: string) =>
    accepted.some(([name, q = '']) => name === wanted && !/^\s*q=0(\.0*)?$/.test(q));
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : undefined;
}

function bodyIn(encoding: 'br' | 'gzip', { headers, body }: Reply): Buffer {
  const etag = headers.find(([name]) => name === 'etag')?.[1];
  const tag = `${encoding} ${etag}`;
  const known = etag === undefined ? undefined : compressed.get(tag);
  if (known !== undefined) return known;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
  const made = encoding === 'br' ? brotliCompressSync(body, quality) : gzipSync(body);
  if (etag === undefined) return made;
  if (compressed.size >= MOST_KEPT) compressed.clear();
  compressed.set(tag, made);
  return made;
}
