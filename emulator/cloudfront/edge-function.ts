import { createContext, Script } from 'node:vm';
import type { Reply } from '../api-gateway/reply.ts';
import { type ClientRequest, groupHeaders, type Header } from '../api-gateway/request.ts';

/** A CloudFront function for viewer requests: another request in place of the viewer's, or an answer. */
export type EdgeFunction = (request: ClientRequest, distribution: Distribution) => ClientRequest | Reply;

interface Distribution {
  readonly id: string;
  readonly domainName: string;
}

interface Values {
  readonly value: string;
  readonly multiValue?: readonly { readonly value: string }[];
}
type Fields = Record<string, Values>;

interface EventRequest {
  method: string;
  uri: string;
  querystring: Fields;
  headers: Fields;
  cookies: Fields;
}

interface EventResponse {
  readonly statusCode: number;
  readonly headers?: Fields;
  readonly body?: string | { readonly encoding: 'text' | 'base64'; readonly data: string };
}

/** «Quotas on CloudFront Functions»: function size. */
const MAX_CODE_BYTES = 10 * 1024;

/** CloudFront stops a function after a millisecond of CPU. Here the clock on the wall counts, and a busy machine is slow. */
const TIMEOUT_MILLISECONDS = 5000;

/** Headers that a function can't add («Restrictions on all edge functions»). */
const DISALLOWED =
  /^(connection|expect|keep-alive|proxy-.*|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-amzn-.*|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/;

/**
 * Runs the code as it is, with nothing around it but the language. Rejected as CloudFront rejects it: code that
 * is too large, and results that it answers with a 502.
 */
export function edgeFunction(name: string, code: string): EdgeFunction {
  if (Buffer.byteLength(code) > MAX_CODE_BYTES) {
    throw new Error(`the CloudFront function ${name} has more than ${MAX_CODE_BYTES} bytes`);
  }
  const context = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  new Script(code, { filename: name }).runInContext(context);
  // What goes in and comes out is text, so that nothing of this program gets in.
  const run = new Script('JSON.stringify(handler(JSON.parse(event)))', { filename: name });
  return (request, distribution) => {
    const event = eventOf(request, distribution);
    Object.assign(context, { event: JSON.stringify(event) });
    const result = JSON.parse(run.runInContext(context, { timeout: TIMEOUT_MILLISECONDS }));
    return 'statusCode' in result ? replyOf(result) : requestOf(request, event.request, result);
  };
}

function eventOf(request: ClientRequest, { id, domainName }: Distribution) {
  const headers = request.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    version: '1.0',
    context: {
      distributionDomainName: domainName,
      distributionId: id,
      eventType: 'viewer-request',
      requestId: request.id,
    },
    viewer: { ip: request.sourceIp },
    request: {
      method: request.method,
      uri: request.path,
      querystring: fields(pairs(request.query, '&')),
      headers: fields(headers.filter(([name]) => name !== 'cookie' && !DISALLOWED.test(name))),
      cookies: fields(pairs(cookiesOf(request), ';')),
    } satisfies EventRequest,
  };
}

function cookiesOf({ headers }: ClientRequest): string {
  return headers
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .map(([, value]) => value)
    .join(';');
}

function pairs(text: string, separator: string): Header[] {
  return text
    .split(separator)
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')] as const;
    });
}

function fields(named: readonly Header[]): Fields {
  return Object.fromEntries(
    [...groupHeaders(named)].map(([name, [value = '', ...more]]) => [
      name,
      {
        value,
        ...(more.length > 0 && { multiValue: [value, ...more].map((each) => ({ value: each })) }),
      },
    ]),
  );
}

function listed(named: Fields): Header[] {
  return Object.entries(named).flatMap(([name, { value, multiValue }]) =>
    (multiValue ?? [{ value }]).map((each) => [name, each.value] satisfies Header),
  );
}

/** Query and cookies stay to the letter where the function left them alone. */
function requestOf(before: ClientRequest, was: EventRequest, is: EventRequest): ClientRequest {
  if (!/^\/[^\s?#]*$/.test(is.uri)) throw new Error(`the function made the path ${JSON.stringify(is.uri)}`);
  const same = (name: 'querystring' | 'cookies') => JSON.stringify(was[name]) === JSON.stringify(is[name]);
  const cookies = same('cookies')
    ? before.headers.filter(([name]) => name.toLowerCase() === 'cookie')
    : listed(is.cookies).map(([name, value]) => ['cookie', `${name}=${value}`] satisfies Header);
  return {
    ...before,
    method: is.method,
    path: is.uri,
    query: same('querystring')
      ? before.query
      : listed(is.querystring)
          .map(([name, value]) => `${name}=${value}`)
          .join('&'),
    headers: [
      ...listed(allowed(is.headers)),
      ...before.headers.filter(([name]) => DISALLOWED.test(name.toLowerCase())),
      ...cookies,
    ],
  };
}

function replyOf({ statusCode, headers = {}, body = '' }: EventResponse): Reply {
  const { encoding, data } = typeof body === 'string' ? { encoding: 'text' as const, data: body } : body;
  return {
    status: statusCode,
    headers: listed(allowed(headers)),
    body: Buffer.from(data, encoding === 'text' ? 'utf8' : 'base64'),
  };
}

function allowed(headers: Fields): Fields {
  const wrong = Object.keys(headers).find((name) => name !== name.toLowerCase() || DISALLOWED.test(name));
  if (wrong !== undefined) throw new Error(`the function set the header ${JSON.stringify(wrong)}`);
  return headers;
}
