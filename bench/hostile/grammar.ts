import type { GatewayEvent } from '../../functions/authorizer/gateway-event.ts';
import type { GraphqlEvent } from '../../functions/authorizer/graphql-event.ts';
import { drawHeaders, type HeaderList } from './header-grammar.ts';
import type { Asked } from './oracle.ts';
import { drawPath } from './path-grammar.ts';
import { oneOf, type World } from './world.ts';

export const FORMATS = ['REST', 'TOKEN', 'HTTP 2.0', 'HTTP 1.0', 'WebSocket', 'AppSync'] as const;
const SUBSCRIBERS = FORMATS.filter((format) => format !== 'TOKEN');

/** A request before any service has put it into an event. */
export interface Request {
  readonly format: (typeof FORMATS)[number];
  readonly apiId: string;
  readonly stage: string;
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderList;
  readonly address: string | undefined;
  /** Of AppSync: the GraphQL document. */
  readonly document: string | undefined;
}

const METHODS = [
  'GET',
  'GET',
  'GET',
  'GET',
  'HEAD',
  'POST',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'get',
];
const ADDRESSES = [
  '203.0.113.7',
  '203.0.113.7',
  '203.0.113.255',
  '203.0.114.1',
  '198.51.100.7',
  '::ffff:203.0.113.9',
  '::ffff:cb00:7109',
  '2001:db8::1',
  '2001:DB8:0:0::2',
  '2001:db9::1',
  '0xcb.0.113.7',
  '203.0.113.07',
  '203.0.113.7, 10.0.0.1',
  '203.0.113.7 ',
  'fe80::1%eth0',
  'undefined',
  'unknown',
  '',
  undefined,
];
const DOCUMENTS = [
  '{ orders { id } }',
  'query Q { orders { id } }',
  'mutation M { pay }',
  'subscription { paid }',
  'query Q { a(text: "mutation") }',
  'query mutations { a }',
  '# mutation\n{ a }',
  '',
  undefined,
];
const STAGE_ARN = 'arn:aws:execute-api:eu-central-1:000000000000:a1b2c3';
const MEMORY = 64;

/** Draws requests, anew and by changing some part of earlier ones. */
export class Grammar {
  readonly #random: () => number;
  readonly #earlier: Request[] = [];
  #twin: Request | undefined;

  constructor(random: () => number) {
    this.#random = random;
  }

  next(world: World): Request {
    const random = this.#random;
    const twin = this.#twin;
    this.#twin = undefined;
    if (twin !== undefined) return twin;
    const earlier = random() < 0.5 ? oneOf(this.#earlier, random) : undefined;
    const request = earlier === undefined ? this.#drawn(world) : this.#changed(earlier, world);
    if (random() < 0.03) return this.#twins(request);
    this.#earlier[Math.floor(random() * MEMORY) % (this.#earlier.length + 1)] = request;
    return request;
  }

  /** Another route of the same API. */
  elsewhere(request: Request): Request {
    return { ...request, method: oneOf(METHODS, this.#random), path: drawPath(this.#random) };
  }

  /** Two requests that are one text, if path, address and origin are joined by blanks; the second comes next. */
  #twins(request: Request): Request {
    const { path, address } = request;
    const headers = request.headers.filter(([name]) => name.toLowerCase() !== 'origin');
    const from = (origin: string): HeaderList => [...headers, ['origin', origin]];
    const twins: readonly Request[] = [
      { ...request, format: 'HTTP 2.0', headers: from('b'), path: `${path} ${address ?? ''} a` },
      { ...request, format: 'HTTP 2.0', headers: from(`a ${address ?? ''} b`) },
    ];
    const [first, second] = this.#random() < 0.5 ? twins : twins.toReversed();
    this.#twin = second;
    return first ?? request;
  }

  #drawn(world: World): Request {
    const random = this.#random;
    const api = oneOf(world.apis, random);
    return {
      // A TOKEN authorizer is shown no subscription key.
      format: api.scheme === 'tenant' || random() < 0.1 ? oneOf(FORMATS, random) : oneOf(SUBSCRIBERS, random),
      apiId: api.apiId,
      stage: oneOf(['sandbox', '$default', 'v1'], random),
      method: oneOf(METHODS, random),
      path: drawPath(random),
      headers: drawHeaders(world, api, random),
      address: oneOf(ADDRESSES, random),
      document: oneOf(DOCUMENTS, random),
    };
  }

  #changed(earlier: Request, world: World): Request {
    const random = this.#random;
    const other = this.#drawn(world);
    const parts: Partial<Request>[] = [
      {},
      {},
      { method: other.method },
      { path: other.path },
      { path: other.path },
      { method: other.method, path: other.path },
      { method: other.method, path: other.path, address: other.address },
      { address: other.address },
      { format: other.format },
      { document: other.document },
      { headers: other.headers },
      { apiId: other.apiId },
      { headers: [...earlier.headers, ...other.headers.slice(0, 2)] },
      { headers: earlier.headers.filter(() => random() < 0.8) },
      {
        headers: earlier.headers.map((each) =>
          random() < 0.2 ? (oneOf(other.headers, random) ?? each) : each,
        ),
      },
      { headers: [...earlier.headers, ['Origin', `${earlier.path} ${earlier.address} undefined`] as const] },
      { path: `${earlier.path} ${earlier.address}` },
    ];
    return { ...earlier, ...oneOf(parts, random) };
  }
}

/** The event that a service would make of a request. */
export function eventOf(request: Request): GatewayEvent | GraphqlEvent {
  const { format, stage, method, path, headers, address } = request;
  const context = { requestId: 'request-1', stage };
  const identity = { ...(address !== undefined && { sourceIp: address }) };
  const arn = arnOf(request) ?? '';
  switch (format) {
    case 'TOKEN':
      return { type: 'TOKEN', methodArn: arn, authorizationToken: bearerOf(headers) };
    case 'AppSync':
      return {
        authorizationToken: bearerOf(headers),
        requestHeaders: joined(headers.filter(([name]) => name.toLowerCase() !== 'authorization')),
        requestContext: { requestId: 'request-1', queryString: request.document ?? null },
      };
    case 'HTTP 2.0':
      return {
        type: 'REQUEST',
        version: '2.0',
        rawPath: stage === '$default' ? path : `/${stage}${path}`,
        headers: joined(headers),
        requestContext: { ...context, http: { method, sourceIp: address ?? '' } },
      };
    case 'HTTP 1.0':
      return {
        type: 'REQUEST',
        version: '1.0',
        methodArn: arn,
        httpMethod: method,
        headers: joined(headers),
        requestContext: { ...context, identity },
      };
    default:
      return {
        type: 'REQUEST',
        methodArn: arn,
        httpMethod: method,
        headers: Object.fromEntries(headers),
        multiValueHeaders: repeated(headers),
        requestContext: {
          ...context,
          ...(format === 'WebSocket' && { eventType: 'CONNECT' }),
          identity,
        },
      };
  }
}

/** What a request asks, as its service lets it be known. */
export function askedOf(request: Request): Asked {
  const { format, document } = request;
  const headers = request.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const bearers = [['authorization', bearerOf(request.headers)]] as const;
  const others = headers.filter(([name]) => name !== 'authorization');
  const asked = { ...request, headers, seesOneHeader: false };
  // «$connect takes connect:write»; GraphQL has two routes, by the words of its document (docs/decisions).
  if (format === 'WebSocket') return { ...asked, method: 'POST', path: '/connect' };
  if (format === 'TOKEN')
    return {
      ...asked,
      path: encoded(request.path),
      headers: bearers,
      address: undefined,
      seesOneHeader: true,
    };
  if (format === 'HTTP 2.0' || format === 'HTTP 1.0') {
    const path = format === 'HTTP 1.0' ? encoded(request.path) : request.path;
    return { ...asked, path, headers: Object.entries(joined(request.headers)) };
  }
  if (format !== 'AppSync') return { ...asked, path: encoded(request.path) };
  const words = document?.split(/\W+/) ?? ['subscription'];
  const reads = !words.includes('mutation') && !words.includes('subscription');
  return {
    ...asked,
    headers: [...others, ...bearers],
    method: reads ? 'GET' : 'POST',
    path: '/graphql',
    address: undefined,
  };
}

/** The ARN that API Gateway asks a policy about; undefined where none is given. */
export function arnOf({ format, stage, method, path }: Request): string | undefined {
  if (format === 'HTTP 2.0' || format === 'AppSync') return undefined;
  return format === 'WebSocket'
    ? `${STAGE_ARN}/${stage}/$connect`
    : `${STAGE_ARN}/${stage}/${method}${encoded(path)}`;
}

/** As a path comes over the wire and stands in an ARN; payload 2.0 alone has it decoded. */
function encoded(path: string): string {
  return path.toWellFormed().replaceAll(/[^!-~]+/g, encodeURIComponent);
}

function bearerOf(headers: HeaderList): string {
  return headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
}

/** As an HTTP API does: names in lower case, repeats joined by commas. */
function joined(headers: HeaderList): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [written, value] of headers) {
    const name = written.toLowerCase();
    all[name] = all[name] === undefined ? value : `${all[name]},${value}`;
  }
  return all;
}

function repeated(headers: HeaderList): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const [name, value] of headers) all[name] = [...(all[name] ?? []), value];
  return all;
}
