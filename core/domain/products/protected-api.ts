import { auditEvent, type Change, type ChangeContext, changedFields } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import { readingsOf } from '../ground/request-path.ts';
import type { Environment } from '../keys/key-format.ts';
import type { Digest } from '../keys/pepper.ts';
import type { DocumentRef } from './document.ts';

/**
 * An entry of an API's route table. `method` is an HTTP method or `ANY`; `path` is literal, with
 * `{name}` for one segment and a last segment `{name+}` for the rest. `permission` is `resource:action`;
 * absent means the default rule's. `public` routes may be read with publishable keys. `scopes` are those that the
 * OAuth token must have beside the API's own, all of them; absent for none.
 */
export interface ApiRoute {
  readonly method: string;
  readonly path: string;
  readonly permission?: string;
  readonly scopes?: readonly string[];
  readonly public: boolean;
}

/** The OAuth access token that an API requires as a second factor. */
export interface OauthRequirement {
  /** `iss` of its tokens; keys are found by OpenID Connect discovery below it. */
  readonly issuer: string;
  readonly audience: string;
  /** All of them must be in the token. */
  readonly requiredScopes: readonly string[];
  /** All of them must be in the token. */
  readonly requiredRoles: readonly string[];
}

/** The key that identifies an API of the subscription scheme; the same for all its callers. */
export interface ClientKey {
  readonly digest: Digest;
  readonly createdAt: string;
  /** When somebody reported that strangers have it. */
  readonly leakedAt?: string;
  /** The key's last four characters. */
  readonly hint: string;
}

/** A client key as its API's item holds it. */
export type KeptClientKey = Required<Pick<ProtectedApi, 'clientKey' | 'sealedClientKey'>>;

/** What an API's OpenAPI document says of itself, and where it is kept. */
export interface Description {
  readonly document: DocumentRef;
  readonly title: string;
  readonly version: string;
  /** How many it describes. */
  readonly operations: number;
  /** How many of them its callers read; absent where it was put here before that was counted. */
  readonly callersOperations?: number;
}

/** A protected API as it is stored: one item. */
export interface ProtectedApi {
  /** `api_` + 12 base62. */
  readonly apiId: string;
  readonly name: string;
  readonly environment: Environment;
  readonly scheme: 'tenant' | 'subscription';
  readonly routes: readonly ApiRoute[];
  /** Whether callers must send the client key too; only in the subscription scheme. */
  readonly clientKeyRequired?: boolean;
  /** Every API of the subscription scheme has one. */
  readonly clientKey?: ClientKey;
  /** The client key's text, sealed, for whoever may be shown it. */
  readonly sealedClientKey?: string;
  /** The same, sealed for the catalogue: present where the operator publishes it. */
  readonly publicClientKey?: string;
  readonly oauth?: OauthRequirement;
  readonly description?: string;
  /** Where callers reach it; their paths follow. */
  readonly baseUrl?: string;
  readonly openapi?: Description;
  readonly createdAt: string;
  readonly revision: number;
}

export const ROUTE_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY'] as const;
const READABLE_METHODS: readonly string[] = ['GET', 'HEAD', 'ANY'];

/** Characters that a path segment may hold unencoded (RFC 3986, 3.3), but `*`, a wildcard in policies, and `;`. */
const LITERAL = /^[A-Za-z0-9._~!$&'()+,=:@-]+$/;
const PLACEHOLDER = /^\{[A-Za-z][A-Za-z0-9_-]*\}$/;
const REST = /^\{[A-Za-z][A-Za-z0-9_-]*\+\}$/;

/** What is wrong with a route of a table, in words; undefined for a good one. */
export function routeProblem({ method, path, public: isPublic }: ApiRoute): string | undefined {
  const [root, ...segments] = path.split('/');
  if (root !== '' || segments.length === 0) return 'a path begins with /';
  const good = segments.every(
    (segment, index) =>
      PLACEHOLDER.test(segment) ||
      (index === segments.length - 1 && (REST.test(segment) || path === '/')) ||
      isLiteral(segment),
  );
  if (!good)
    return "a path is made of literal segments (of A-Z a-z 0-9 . _ ~ ! $ & ' ( ) + , = : @ -, without a dot at the end, because backends and policies read everything else in more ways than one), {name} for one segment, and {name+} as the last for the rest";
  if (isPublic && !READABLE_METHODS.includes(method))
    return 'only reading routes can be public: GET, HEAD, ANY';
  return undefined;
}

/** Whether a segment is read alike by all who could read it. */
function isLiteral(segment: string): boolean {
  return LITERAL.test(segment) && readingsOf(`/${segment}`).length > 0;
}

/** The index of the first route that repeats an earlier one, whatever its placeholders are called; or -1. */
export function repeatedRoute(routes: readonly ApiRoute[]): number {
  const shapes = routes.map(
    ({ method, path }) => `${method} ${path.replaceAll(/\{[^}+]*\}/g, '{}').replace(/\{[^}]*\+\}$/, '{+}')}`,
  );
  return shapes.findIndex((shape, index) => shapes.indexOf(shape) < index);
}

/** What only APIs of the subscription scheme have; null for no OAuth requirement. */
interface SubscriptionSettings {
  readonly clientKeyRequired?: boolean | undefined;
  readonly oauth?: OauthRequirement | null | undefined;
}

/** What is for people to read; null takes it back. */
interface Presentation {
  readonly description?: string | null | undefined;
  readonly baseUrl?: string | null | undefined;
}

export interface NewProtectedApi
  extends SubscriptionSettings,
    Presentation,
    Pick<ProtectedApi, 'apiId' | 'name' | 'environment' | 'scheme' | 'routes'> {}

export interface ProtectedApiUpdate extends SubscriptionSettings, Presentation {
  readonly name?: string | undefined;
  readonly routes?: readonly ApiRoute[] | undefined;
}

/**
 * @param kept the client key, given where the scheme is the subscription scheme
 * @throws DomainError `invalid_request` for settings that the API's scheme does not have
 */
export function createApi(
  input: NewProtectedApi,
  kept: KeptClientKey | undefined,
  context: ChangeContext,
): Change<ProtectedApi> {
  const { apiId, name, environment, scheme, routes } = input;
  requireScheme(scheme, input);
  const state: ProtectedApi = {
    apiId,
    name,
    environment,
    scheme,
    routes,
    ...(scheme === 'subscription' && { clientKeyRequired: input.clientKeyRequired ?? false }),
    ...(input.oauth && { oauth: input.oauth }),
    ...presentation(input, {}),
    ...kept,
    createdAt: context.now.toISOString(),
    revision: 1,
  };
  requireToken(state, 'routes');
  const { clientKeyRequired = false, oauth = null } = state;
  const { description = null, baseUrl = null } = state;
  const data = { name, environment, scheme, routes, clientKeyRequired, oauth, description, baseUrl };
  return { state, event: apiEvent('api.created', apiId, data, context) };
}

/**
 * Changes what is given; undefined when nothing would change.
 * @throws DomainError `invalid_request` for settings that the API's scheme does not have
 */
export function updateApi(
  api: ProtectedApi,
  input: ProtectedApiUpdate,
  context: ChangeContext,
): Change<ProtectedApi> | undefined {
  requireScheme(api.scheme, input);
  const { oauth: before, description, baseUrl, ...rest } = api;
  const oauth = input.oauth === undefined ? before : input.oauth;
  const state: ProtectedApi = {
    ...rest,
    name: input.name ?? api.name,
    routes: input.routes ?? api.routes,
    ...(api.scheme === 'subscription' && {
      clientKeyRequired: input.clientKeyRequired ?? api.clientKeyRequired ?? false,
    }),
    ...(oauth && { oauth }),
    ...presentation(input, { description, baseUrl }),
    revision: api.revision + 1,
  };
  requireToken(state, input.routes === undefined ? 'oauth' : 'routes');
  const data = changedFields(api, state, UPDATABLE);
  return data === undefined ? undefined : { state, event: apiEvent('api.updated', api.apiId, data, context) };
}

const UPDATABLE = ['name', 'routes', 'clientKeyRequired', 'oauth', 'description', 'baseUrl'] as const;

/** Gives an API another OpenAPI document. */
export function describeApi(
  api: ProtectedApi,
  openapi: Description,
  context: ChangeContext,
): Change<ProtectedApi> {
  const state = { ...api, openapi, revision: api.revision + 1 };
  const data = changedFields(api, state, ['openapi']) ?? { from: {}, to: {} };
  return { state, event: apiEvent('api.updated', api.apiId, data, context) };
}

function presentation(
  input: Presentation,
  before: Presentation,
): Pick<ProtectedApi, 'description' | 'baseUrl'> {
  const description = input.description === undefined ? before.description : input.description;
  const baseUrl = input.baseUrl === undefined ? before.baseUrl : input.baseUrl;
  return { ...(description && { description }), ...(baseUrl && { baseUrl }) };
}

/** False and null are what every API of the tenant scheme answers with, and may be sent back. */
function requireScheme(scheme: ProtectedApi['scheme'], settings: SubscriptionSettings): void {
  if (scheme === 'subscription') return;
  const details = (['clientKeyRequired', 'oauth'] as const)
    .filter((param) => settings[param])
    .map((param) => ({ param, message: `${param} is for APIs of the subscription scheme alone` }));
  const [first] = details;
  if (first !== undefined)
    throw new DomainError('invalid_request', first.message, { param: first.param, details });
}

/** Scopes are a token's: a route that asks for them can't be called where none is verified. */
function requireToken({ routes, oauth }: ProtectedApi, param: 'routes' | 'oauth'): void {
  if (oauth !== undefined || routes.every(({ scopes }) => scopes === undefined)) return;
  throw new DomainError(
    'invalid_request',
    `${param}: scopes of a route are asked of the OAuth token, and this API requires none; set oauth, or leave scopes out of routes`,
    { param },
  );
}

function apiEvent(
  type: 'api.created' | 'api.updated',
  apiId: string,
  data: Record<string, unknown>,
  context: ChangeContext,
) {
  return auditEvent(context, { type, tenantId: null, subject: { type: 'api', id: apiId }, data });
}
