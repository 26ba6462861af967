import { type AwsAttempt, type AwsCall, AwsError, type AwsService } from './aws-call.ts';
import { type Patience, resilientCall } from './resilient-call.ts';
import { signedHeaders } from './signature.ts';

/** A call as it goes over the wire. */
interface RestRequest {
  readonly method: 'DELETE' | 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** The operations that are used, with their inputs (docs.aws.amazon.com/apigateway/latest/api). */
const REQUESTS: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => RestRequest>> = {
  CreateApiKey: (body) => ({ method: 'POST', path: '/apikeys', body }),
  GetApiKeys: ({ nameQuery }) => ({
    method: 'GET',
    path: '/apikeys',
    query: { includeValues: 'false', limit: '500', name: String(nameQuery) },
  }),
  DeleteApiKey: ({ apiKey }) => ({ method: 'DELETE', path: `/apikeys/${segment(apiKey)}` }),
  CreateUsagePlanKey: ({ usagePlanId, ...body }) => ({
    method: 'POST',
    path: `/usageplans/${segment(usagePlanId)}/keys`,
    body,
  }),
  GetUsagePlanKey: ({ usagePlanId, keyId }) => ({
    method: 'GET',
    path: `/usageplans/${segment(usagePlanId)}/keys/${segment(keyId)}`,
  }),
};

/** Ids of API Gateway need no encoding; anything else is a mistake that must not change the path. */
function segment(id: unknown): string {
  if (typeof id === 'string' && /^[A-Za-z0-9]+$/.test(id)) return id;
  throw new TypeError('an id of API Gateway consists of letters and digits');
}

/** A client of API Gateway's control plane, by the operations above. Calls behave as `resilientCall` says. */
export function apiGatewayClient(options: Omit<AwsService, 'service'> & Patience): AwsCall {
  return resilientCall(restAttempt(options), options);
}

function restAttempt({
  region,
  credentials,
  now,
  endpoint = `https://apigateway.${region}.amazonaws.com`,
}: Omit<AwsService, 'service'> & Pick<Patience, 'now'>): AwsAttempt {
  const { host } = new URL(endpoint);
  return async (operation, input, timeoutMilliseconds) => {
    const request = REQUESTS[operation]?.(input as Readonly<Record<string, unknown>>);
    if (request === undefined) throw new TypeError(`${operation} is not an operation that is used`);
    const { method, path } = request;
    const body = request.body === undefined ? '' : JSON.stringify(request.body);
    const query = new URLSearchParams(request.query).toString();
    const { host: _, ...headers } = signedHeaders(
      { host, 'content-type': 'application/json' },
      body,
      { service: 'apigateway', region, ...credentials(), time: new Date(now()) },
      { method, path, query },
    );
    const response = await fetch(new URL(`${path}${query && `?${query}`}`, endpoint), {
      method,
      // Without it API Gateway answers in HAL, whose members are named otherwise.
      headers: { ...headers, accept: 'application/json' },
      ...(body !== '' && { body }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    const answer = objectOf(await response.text());
    if (response.ok) return answer;
    const name = response.headers.get('x-amzn-errortype')?.split(':')[0] ?? 'UnknownError';
    throw new AwsError(name, response.status, String(answer.message ?? ''));
  };
}

/** Some operations answer with nothing at all. */
function objectOf(text: string): Record<string, unknown> {
  return text === '' ? {} : JSON.parse(text);
}
