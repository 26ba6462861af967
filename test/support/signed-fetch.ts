import aws4 from 'aws4';
import { CREDENTIALS } from './credentials.ts';

/** A request that the credentials of the local AWS services have signed, as a client other than the SDK makes it. */
export function signedFetch(
  url: string,
  service: string,
  { method = 'POST', path = '/', body = '', headers = {}, region = 'eu-central-1' }: SignedFetchRequest = {},
  credentials = CREDENTIALS,
): Promise<Response> {
  const { host } = new URL(url);
  const request = { host, path, method, body, headers, service, region };
  const signed = aws4.sign(request, credentials).headers as Record<string, string>;
  const sent = Object.fromEntries(
    Object.entries(signed).filter(([name]) => !/^(host|content-length)$/i.test(name)),
  );
  return fetch(url + path, { method, headers: sent, ...(method !== 'GET' && { body }) });
}

export interface SignedFetchRequest {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly region?: string;
}

/** Calls an operation of one of AWS's JSON protocols, whose error answers it gives as they are. */
export function fetchOperation(
  url: string,
  service: string,
  target: string,
  input: object,
): Promise<Response> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
  return signedFetch(url, service, { headers, body: JSON.stringify(input) });
}
