import aws4 from 'aws4';
import type { MiniStack } from './ministack.ts';

interface AwsCall {
  readonly service: string;
  /** `{prefix}.{operation}` in the JSON protocols. */
  readonly target?: string;
  readonly method?: 'GET' | 'POST';
  readonly path?: string;
  readonly input?: object;
}

/** A request of AWS's as it is sent. */
export interface AwsRequest {
  readonly service: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/**
 * Calls a service as the account's root user, for services that the product itself needs no client of.
 * @throws Error with the service's own words unless it answers 200
 */
export async function callAws<T = Record<string, unknown>>(aws: MiniStack, call: AwsCall): Promise<T> {
  const { service, target, method = 'POST', path = '/', input } = call;
  const headers = {
    'Content-Type': 'application/x-amz-json-1.1',
    ...(target !== undefined && { 'X-Amz-Target': target }),
  };
  const body = input === undefined ? '' : JSON.stringify(input);
  const text = await askAws(aws, { service, method, path, headers, ...(method === 'POST' && { body }) });
  return (text === '' ? null : JSON.parse(text)) as T;
}

/**
 * Asks as the account's root user; what is answered.
 * @throws Error with the service's own words unless it answers 200
 */
export async function askAws(aws: MiniStack, request: AwsRequest): Promise<string> {
  const { service, method, path, headers = {}, body } = request;
  const { host, origin } = new URL(aws.url);
  const signed = aws4.sign(
    { service, region: aws.region, host, path, method, headers: { ...headers }, ...(body && { body }) },
    {
      accessKeyId: aws.environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: aws.environment.AWS_SECRET_ACCESS_KEY,
    },
  );
  const response = await fetch(origin + path, {
    method,
    // fetch sets these two itself.
    headers: Object.entries(signed.headers ?? {}).flatMap(([name, value]) =>
      /^(host|content-length)$/i.test(name) ? [] : [[name, String(value)] as [string, string]],
    ),
    ...(body !== undefined && { body: new Uint8Array(Buffer.from(body)) }),
  });
  const text = await response.text();
  const asked = headers['X-Amz-Target'] ?? `${method} ${path}`;
  if (response.status !== 200) throw new Error(`${asked} answered ${response.status}: ${text}`);
  return text;
}
