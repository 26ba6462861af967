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

/**
 * Calls a service as the account's root user, for services that the product itself needs no client of.
 * @throws Error with the service's own words unless it answers 200
 */
export async function callAws<T = Record<string, unknown>>(aws: MiniStack, call: AwsCall): Promise<T> {
  const { service, target, method = 'POST', path = '/', input } = call;
  const { host, origin } = new URL(aws.url);
  const headers = {
    'Content-Type': 'application/x-amz-json-1.1',
    ...(target !== undefined && { 'X-Amz-Target': target }),
  };
  const body = input === undefined ? '' : JSON.stringify(input);
  const signed = aws4.sign(
    { service, region: aws.region, host, path, method, headers, body },
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
    ...(method === 'POST' && { body }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${target ?? path} answered ${response.status}: ${text}`);
  return (text === '' ? null : JSON.parse(text)) as T;
}
