import { sha256 } from '../domain/ground/sha256.ts';
import { AwsError, type AwsService } from './aws-call.ts';
import { signedHeaders } from './signature.ts';

/** An object of a bucket of S3, as it was when its ETag was this. */
export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  /** Without quotation marks. */
  readonly etag: string;
}

/** Opens an object to be read once. @throws AwsError when it is gone, is another by now, or may not be read */
export type OpenObject = (object: StoredObject) => Promise<ReadableStream<Uint8Array>>;

/** From the first byte asked for to the last one read. */
const LONGEST_MILLISECONDS = 120_000;
/** Names of buckets and objects that are Keywright's: nothing in them needs encoding. */
const BUCKET = /^[a-z0-9.-]{3,63}$/;
const KEY = /^[0-9A-Za-z][0-9A-Za-z._/-]{0,1023}$/;

/** Reads objects by GetObject. Nothing is tried again: who calls is called again. */
export function objectReader({
  region,
  credentials,
  now,
  endpoint,
}: Omit<AwsService, 'service'> & { readonly now: () => number }): OpenObject {
  return async ({ bucket, key, etag }) => {
    if (!BUCKET.test(bucket) || !KEY.test(key) || key.split('/').some((part) => /^\.*$/.test(part)))
      throw new TypeError('the name of an object is none of a file of log lines');
    const base = endpoint ?? `https://${bucket}.s3.${region}.amazonaws.com`;
    const path = endpoint === undefined ? `/${key}` : `/${bucket}/${key}`;
    const { host, ...headers } = signedHeaders(
      { host: new URL(base).host, 'if-match': `"${etag}"`, 'x-amz-content-sha256': sha256('') },
      '',
      { service: 's3', region, ...credentials(), time: new Date(now()) },
      { method: 'GET', path, query: '' },
    );
    const response = await fetch(new URL(path, base), {
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(LONGEST_MILLISECONDS),
    });
    if (response.ok && response.body !== null) return response.body;
    const code = /<Code>(\w{1,64})<\/Code>/.exec(await response.text())?.[1];
    throw new AwsError(code ?? 'UnknownError', response.status, `the object ${key} could not be read`);
  };
}
