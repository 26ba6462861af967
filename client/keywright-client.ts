import createClient, {
  type Client,
  type ClientPathsWithMethod,
  type FetchResponse,
  type MaybeOptionalInit,
} from 'openapi-fetch';
import { errorOf, KeywrightError } from './keywright-error.ts';
import type { components, paths } from './openapi-types.ts';
import { REPEATABLE, SIGNED, SIGNED_BASE } from './operations.ts';
import { type Credentials, type SendingOptions, sender } from './sending.ts';

export type { ErrorDetail } from './keywright-error.ts';
export { type Credentials, KeywrightError, type paths, type SendingOptions };

/** What the API shows: `Schemas['Key']`, `Schemas['Subscription']` and so on. */
export type Schemas = components['schemas'];

export interface ClientOptions extends SendingOptions {
  /** Of the management API, without `/v1`. Left out in a page of the same origin. */
  readonly url?: string;
}

/** A success; what is none is thrown as a `KeywrightError`. */
export interface Answer<Data> {
  readonly data: Data;
  readonly response: Response;
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Given<Path extends keyof paths, M extends Method, Init> =
  undefined extends MaybeOptionalInit<paths[Path], M> ? [init?: Init] : [init: Init];

type Call<M extends Method> = <
  Path extends ClientPathsWithMethod<Client<paths>, M>,
  Init extends MaybeOptionalInit<paths[Path], M>,
>(
  path: Path,
  ...init: Given<Path, M, Init>
) => Promise<
  Answer<NonNullable<FetchResponse<paths[Path][M] & object, Init, `${string}/${string}`>['data']>>
>;

type Page<Item> = { responses: { 200: { content: { 'application/json': { items: Item[] } } } } };
type ListPath = {
  [Path in keyof paths]: paths[Path] extends { get: Page<unknown> } ? Path : never;
}[keyof paths];
type ItemOf<Path extends keyof paths> = paths[Path] extends { get: Page<infer Item> } ? Item : never;

/** The management API by its paths, typed by its OpenAPI document. */
export interface KeywrightClient {
  readonly GET: Call<'get'>;
  readonly POST: Call<'post'>;
  readonly PUT: Call<'put'>;
  readonly PATCH: Call<'patch'>;
  readonly DELETE: Call<'delete'>;
  /** All items of a list, page after page as they are taken. */
  readonly items: <Path extends ListPath>(
    path: Path,
    ...init: Given<Path, 'get', MaybeOptionalInit<paths[Path], 'get'>>
  ) => AsyncGenerator<ItemOf<Path>, void, undefined>;
}

/**
 * A client of the management API. It pages through lists, waits and asks again where it is told to, and sends
 * an `Idempotency-Key` of its own with whatever takes one, so that a lost answer makes nothing twice.
 */
export function keywrightClient(options: ClientOptions): KeywrightClient {
  const baseUrl = (options.url ?? '').replace(/\/+$/, '');
  const isSigned = options.credentials !== undefined && 'sign' in options.credentials;
  const client = createClient<paths>({
    baseUrl,
    fetch: sender(options),
    // A body may hold keys and a signed request a session's token: neither goes where somebody points to.
    redirect: 'manual',
  });
  client.use({
    onRequest({ request, schemaPath }) {
      const isOurs = REPEATABLE.has(`${request.method} ${schemaPath}`);
      if (isOurs && !request.headers.has('idempotency-key'))
        request.headers.set('idempotency-key', crypto.randomUUID());
      if (!isSigned || !SIGNED.has(`${request.method} ${schemaPath}`)) return;
      // As the request spells the base, which may leave out a port that goes without saying.
      const base = new URL(baseUrl).href.replace(/\/+$/, '');
      return new Request(base + SIGNED_BASE + request.url.slice(base.length), request);
    },
    async onResponse({ response }) {
      if (!response.ok) throw await errorOf(response);
      return isEmpty(response) ? withoutLength(response) : undefined;
    },
  });
  const { GET, POST, PUT, PATCH, DELETE } = client;
  return {
    GET,
    POST,
    PUT,
    PATCH,
    DELETE,
    items: (path, ...init) => itemsOf(GET, path, init[0]),
  } as KeywrightClient;
}

/** A success with a body that has nothing in it, such as an export of no records. */
function isEmpty({ status, headers }: Response): boolean {
  return status === 200 && headers.get('content-length') === '0';
}

/** What says that its body is empty is taken for an answer without one, which is no text and no stream. */
function withoutLength({ status, headers }: Response): Response {
  const others = new Headers(headers);
  others.delete('content-length');
  return new Response('', { status, headers: others });
}

async function* itemsOf(get: unknown, path: string, init: { params?: { query?: object } } | undefined) {
  const page = get as (
    path: string,
    init: object,
  ) => Promise<Answer<{ items: unknown[]; nextCursor?: string | null }>>;
  let cursor: string | null | undefined;
  do {
    const query = { ...init?.params?.query, ...(cursor && { cursor }) };
    const { data } = await page(path, { ...init, params: { ...init?.params, query } });
    yield* data.items;
    cursor = data.nextCursor;
  } while (cursor);
}

/** Whether an operation was not done, but waits for a second admin. */
export function isWaiting(data: object): data is { approval: Schemas['Approval'] } {
  return 'approval' in data;
}
