import type { AwsService } from './aws-call.ts';
import { type Answer, sender } from './post.ts';
import { signedHeaders } from './signature.ts';

/** Where to post, and as whom. */
export interface Post extends Pick<AwsService, 'region' | 'credentials'> {
  /** The name that the service is signed for. */
  readonly service: 'execute-api' | 'lambda';
  readonly endpoint: URL;
  /** Of characters that need no encoding. */
  readonly path: string;
  /** Sent besides; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly now: () => number;
}

/** Posts JSON to one path of a service whose operations are methods and paths, signed. */
export function signedPost({ service, region, credentials, endpoint, path, headers, now }: Post) {
  const send = sender(endpoint, path);
  return (input: object, timeoutMilliseconds: number): Promise<Answer> => {
    const body = JSON.stringify(input);
    const sent = {
      host: endpoint.host,
      'content-type': 'application/json',
      'content-length': `${Buffer.byteLength(body)}`,
      ...headers,
    };
    const context = { service, region, ...credentials(), time: new Date(now()) };
    const signed = signedHeaders(sent, body, context, { method: 'POST', path, query: '' });
    return send(signed, body, timeoutMilliseconds);
  };
}
