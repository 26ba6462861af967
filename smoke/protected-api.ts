import { type Answer, call } from './http-call.ts';

const KINDS = ['rest', 'token', 'http', 'websocket', 'appsync'] as const;
type Kind = (typeof KINDS)[number];

const NAMES: Readonly<Record<Kind, string>> = {
  rest: 'REST API',
  token: 'REST API with a TOKEN authorizer',
  http: 'HTTP API',
  websocket: 'WebSocket API',
  appsync: 'AppSync API',
};

/** A deployed API behind an authorizer of Keywright's: how it is reached, and as what Keywright knows it. */
export interface ApiAddress {
  readonly kind: Kind;
  /** `api_…` */
  readonly apiId: string;
  /** Of one resource that a GET answers with a success, such as `https://…/prod/v1/orders`. */
  readonly url: string;
}

export interface ProtectedApi extends ApiAddress {
  readonly name: string;
  readonly environment: 'sandbox' | 'live';
  readonly scheme: 'tenant' | 'subscription';
  readonly clientKeyRequired: boolean;
  readonly oauth: object | null;
  readonly routes: readonly { readonly path: string }[];
}

/** What a caller sends of itself; whatever is left out is not sent. */
export interface Caller {
  readonly key?: string;
  /** The key in `Authorization` in place of `x-api-key`. */
  readonly asBearer?: boolean;
  readonly tenantId?: string;
  readonly clientKey?: string;
  /** An access token. */
  readonly token?: string;
}

/** @throws Error that says what is expected of `--api` */
export function apiAddress(text: string): ApiAddress {
  const [, kind, apiId = '', url = ''] =
    /^(\w+):(api_[0-9A-Za-z]{12})=((?:https?|wss?):\/\/\S+)$/.exec(text) ?? [];
  const known = KINDS.find((candidate) => candidate === kind);
  if (known === undefined || !URL.canParse(url)) {
    throw new Error(
      `--api is ${JSON.stringify(text)}; expected <kind>:<apiId>=<address of a GET>, such as ` +
        `http:api_Invoices0001=https://keys.example.com/prod/v1/invoices, with a kind of ${KINDS.join(', ')}`,
    );
  }
  return { kind: known, apiId, url: url.replace(/^ws/, 'http') };
}

/** `orders (REST API), sandbox` */
export function titleOf(api: ProtectedApi): string {
  return `${nameOf(api)}, ${api.environment}`;
}

/** `orders (REST API)` */
export function nameOf({ name, kind }: ProtectedApi): string {
  return `${name} (${NAMES[kind]})`;
}

/**
 * Calls it as API Gateway's or AppSync's own clients do.
 * @param path in place of the address's, sent as it is written
 */
export function callApi(
  api: ProtectedApi,
  caller: Caller,
  { path, method, signal }: { path?: string; method?: string; signal?: AbortSignal | undefined } = {},
): Promise<Answer> {
  const { kind, url } = api;
  const headers = headersOf(api, caller);
  const where = { url, signal, ...(path !== undefined && { path }) };
  if (kind === 'appsync') {
    const body = JSON.stringify({ query: '{__typename}' });
    return call({
      ...where,
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
  }
  if (kind !== 'websocket') return call({ ...where, method: method ?? 'GET', headers });
  const opening = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.from('keywright smoke!').toString('base64'),
  };
  return call({ ...where, headers: { ...headers, ...opening } });
}

function headersOf({ scheme, kind }: ProtectedApi, caller: Caller): Record<string, string> {
  const { key, asBearer, tenantId, clientKey, token } = caller;
  const headers: Record<string, string> = {};
  if (tenantId !== undefined) headers['x-tn'] = tenantId;
  if (clientKey !== undefined) headers['client-key'] = clientKey;
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  if (key === undefined) return headers;
  if (scheme === 'subscription') {
    if (kind === 'appsync') headers.authorization ??= 'none';
    return { ...headers, 'ocp-apim-subscription-key': key };
  }
  if (kind === 'appsync') return { ...headers, authorization: key };
  return asBearer ? { ...headers, authorization: `Bearer ${key}` } : { ...headers, 'x-api-key': key };
}

/** Whether the caller was let in: by a success, or a socket that opened. */
export function isAdmitted({ status }: Pick<Answer, 'status'>): boolean {
  return status === 101 || (status >= 200 && status < 300);
}

/** Whether its route table says what the address needs, and not the address itself. */
export function isDeclared({ routes, url }: ProtectedApi): boolean {
  const { pathname } = new URL(url);
  return routes.some(({ path }) => {
    const segments = path.split('/').map((segment) => {
      if (segment.startsWith('{')) return segment.endsWith('+}') ? '.*' : '[^/]+';
      return segment.replaceAll(/[^\w-]/g, '\\$&');
    });
    return new RegExp(`${segments.join('/')}/?$`, 'i').test(pathname);
  });
}

/** The statuses that a refusal may have there, given the one of the contract. */
export function refusals({ kind }: ProtectedApi, contract: 401 | 403): readonly number[] {
  // AppSync has one for every refusal; an HTTP API may say 403 where it can't say 401.
  if (kind === 'appsync') return [401];
  return kind === 'http' && contract === 401 ? [401, 403] : [contract];
}
