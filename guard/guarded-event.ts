import type { AccessRequest } from '../core/access/authorizer.ts';
import type { Headers } from '../core/domain/credentials.ts';
import { withoutStage } from '../core/domain/stage-path.ts';

/**
 * An event that API Gateway or a function URL calls a backend with: REST API, HTTP API payload 2.0 and 1.0.
 * Only the fields that are read.
 */
export interface GuardedEvent {
  readonly version?: string;
  readonly httpMethod?: string;
  readonly path?: string;
  readonly rawPath?: string;
  readonly headers?: Headers | null;
  readonly multiValueHeaders?: Headers | null;
  readonly requestContext?: {
    readonly requestId?: string;
    readonly stage?: string;
    readonly authorizer?: unknown;
    readonly identity?: { readonly sourceIp?: string | null };
    readonly http?: { readonly method: string; readonly path: string; readonly sourceIp: string };
  };
}

/** The request as an authorizer would be asked about it. */
export function accessRequestOf(event: GuardedEvent): AccessRequest {
  const { requestContext = {}, version } = event;
  const { http, stage, identity, requestId = '' } = requestContext;
  const path = event.rawPath ?? event.path ?? '/';
  return {
    headers: event.multiValueHeaders ?? event.headers ?? {},
    method: http?.method ?? event.httpMethod ?? '',
    // A REST API's path is without its stage, an HTTP API's begins with it.
    path: version === undefined ? path : withoutStage(path, stage),
    sourceIp: http?.sourceIp ?? identity?.sourceIp ?? undefined,
    requestId,
    tenantHeaderVisible: true,
  };
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
