import { signedHeaders } from '../core/aws/signature.ts';

/** Of AWS, as its SDKs and its environment variables have them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SignerOptions {
  /** Where the management API is deployed. */
  readonly region: string;
  readonly credentials: AwsCredentials | (() => Promise<AwsCredentials>);
  readonly now?: () => Date;
}

/**
 * Signs requests for what principals of AWS may call, such as `POST /v1/verify`: Signature Version 4 for
 * execute-api. For Node; give it to the client as `credentials: { sign: signer({ region, credentials }) }`.
 */
export function signer({ region, credentials, now = () => new Date() }: SignerOptions) {
  return async (request: Request): Promise<Request> => {
    const { host, pathname, searchParams } = new URL(request.url);
    const who = typeof credentials === 'function' ? await credentials() : credentials;
    const type = request.headers.get('content-type');
    const headers = signedHeaders(
      { host, ...(type !== null && { 'content-type': type }) },
      await request.clone().text(),
      { ...who, sessionToken: who.sessionToken, service: 'execute-api', region, time: now() },
      {
        method: request.method,
        // A path is encoded once more for the signature; a query is signed as it is encoded, in order.
        path: pathname.split('/').map(encoded).join('/'),
        query: [...searchParams]
          .map((pair) => pair.map(encoded).join('='))
          .sort()
          .join('&'),
      },
    );
    for (const [name, value] of Object.entries(headers))
      if (name !== 'host') request.headers.set(name, value);
    return request;
  };
}

/** By RFC 3986, which leaves five characters fewer than JavaScript does. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
