import type { AccessRequest } from '../core/access/authorizer.ts';
import type { Headers } from '../core/domain/decision/credentials.ts';
import { below, isCustomDomain, ownPath, withoutStage } from '../core/domain/ground/own-path.ts';

/**
 * An event that API Gateway or a function URL calls a backend with: REST API, HTTP API payload 2.0 and 1.0.
 * Only the fields that are read.
 */
export interface GuardedEvent {
  readonly version?: string;
  readonly httpMethod?: string;
  readonly path?: string;
  readonly rawPath?: string;
  /** Of a REST API and of payload 1.0: the resource or route, `/v1/{proxy+}`; `$default` is none. */
  readonly resource?: string;
  /** Of payload 2.0: `GET /v1/{proxy+}`, or `$default`. */
  readonly routeKey?: string;
  readonly pathParameters?: Readonly<Record<string, string>> | null;
  readonly headers?: Headers | null;
  readonly multiValueHeaders?: Headers | null;
  readonly requestContext?: {
    readonly requestId?: string;
    readonly stage?: string;
    readonly domainName?: string;
    readonly authorizer?: unknown;
    readonly identity?: { readonly sourceIp?: string | null };
    readonly http?: { readonly method: string; readonly path: string; readonly sourceIp: string };
  };
}

/** A request whose path may be in doubt. */
interface GuardedAccess extends AccessRequest {
  /** What is not known of the path, and what to do: whoever calls is refused then. */
  readonly pathProblem?: string;
}

/**
 * The request as an authorizer would be asked about it.
 * @param basePath what paths begin with on custom domains, `store`, where the event doesn't say; `''` for nothing
 */
export function accessRequestOf(event: GuardedEvent, basePath?: string): GuardedAccess {
  const { http, identity, requestId = '' } = event.requestContext ?? {};
  return {
    headers: event.multiValueHeaders ?? event.headers ?? {},
    method: http?.method ?? event.httpMethod ?? '',
    ...pathOf(event, basePath),
    sourceIp: http?.sourceIp ?? identity?.sourceIp ?? undefined,
    requestId,
    tenantHeaderVisible: true,
  };
}

type KnownPath = Pick<GuardedAccess, 'path' | 'pathProblem'>;

/** Granted by `*:*` alone, should anybody ask in spite of the problem. */
const unknown = (pathProblem: string): KnownPath => ({ path: '', pathProblem });

/**
 * The API's own path, by whatever host it was called. The route with its parameters says where it begins. A
 * function URL, and the route `$default`, say nothing: by AWS's own host names all is known, and on a custom
 * domain the mapping may stand in front, or the stage, which the operator has to say.
 */
function pathOf(event: GuardedEvent, basePath: string | undefined): KnownPath {
  const { version, requestContext: { stage, domainName } = {} } = event;
  // A REST API may have a rawPath too, which begins with the mapping.
  const path = (version === '2.0' ? event.rawPath : event.path) ?? '/';
  const route = version === '2.0' ? event.routeKey?.split(' ')[1] : event.resource;
  if (route?.startsWith('/')) {
    const own = ownPath({ path, route, parameters: event.pathParameters });
    if (own !== undefined) return { path: own };
    return unknown('the path does not end as the route says; hand the guard the event that API Gateway made');
  }
  if (!isCustomDomain(domainName)) return { path: version === undefined ? path : withoutStage(path, stage) };
  const mapping = basePath?.replaceAll(/^\/+|\/+$/g, '');
  if (mapping === '') return { path };
  const own = mapping === undefined ? undefined : below(path, mapping);
  if (own !== undefined) return { path: own };
  const found =
    mapping === undefined ? 'is not set' : `is ${JSON.stringify(mapping)}, and the path begins otherwise`;
  return unknown(
    `the guard’s basePath ${found}; expected what paths begin with on ${domainName} ('' for nothing), because the route is $default`,
  );
}

/**
 * What a Lambda authorizer said of the caller; undefined where none was asked. API Gateway alone writes
 * `requestContext`: no header, query or body of a request reaches it. The claims of a JWT or Cognito
 * authorizer stand below other names and are never taken for a context.
 */
export function authorizerContextOf({
  requestContext,
  version,
}: GuardedEvent): Readonly<Record<string, unknown>> | undefined {
  const authorizer = Object(requestContext?.authorizer);
  const context = version === '2.0' ? authorizer.lambda : authorizer;
  return typeof context?.keyId === 'string' ? context : undefined;
}
