import type { Reply } from '../reply.ts';
import { type ClientRequest, type Header, headerOf } from '../request.ts';
import type { CorsConfiguration } from './http-definition.ts';

/** True for a preflight: OPTIONS with an origin and the method that it asks for. */
export function isPreflight(request: ClientRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    headerOf(request, 'origin') !== undefined &&
    headerOf(request, 'access-control-request-method') !== undefined
  );
}

/** The gateway's own answer to a preflight, before `withCors` says what is allowed. */
export const PREFLIGHT_REPLY: Reply = { status: 204, headers: [], body: Buffer.alloc(0) };

/**
 * "API Gateway adds the configured CORS headers to the response", whoever made it, and ignores the
 * backend's own. An origin that is not allowed gets none.
 */
export function withCors(cors: CorsConfiguration, request: ClientRequest, reply: Reply): Reply {
  const origin = allowedOrigin(cors, request);
  const kept = reply.headers.filter(([name]) => !name.toLowerCase().startsWith('access-control-'));
  if (origin === null) return { ...reply, headers: kept };
  const headers: Header[] = [
    ...kept,
    ['access-control-allow-origin', origin],
    ...list('access-control-expose-headers', cors.exposeHeaders),
  ];
  if (cors.allowCredentials) headers.push(['access-control-allow-credentials', 'true']);
  if (isPreflight(request)) {
    headers.push(...list('access-control-allow-methods', cors.allowMethods));
    headers.push(...list('access-control-allow-headers', cors.allowHeaders));
    if (cors.maxAgeSeconds !== null) headers.push(['access-control-max-age', String(cors.maxAgeSeconds)]);
  }
  return { ...reply, headers };
}

function allowedOrigin(cors: CorsConfiguration, request: ClientRequest): string | null {
  const origin = headerOf(request, 'origin');
  if (origin === undefined) return null;
  if (cors.allowOrigins.includes('*')) return '*';
  // `https://*` and `http://*` allow every origin of that scheme.
  const allowed = cors.allowOrigins.some((candidate) =>
    candidate.endsWith('://*') ? origin.startsWith(candidate.slice(0, -1)) : candidate === origin,
  );
  return allowed ? origin : null;
}

function list(name: string, values: readonly string[]): Header[] {
  return values.length === 0 ? [] : [[name, values.join(',')]];
}
