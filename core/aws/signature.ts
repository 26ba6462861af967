import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { sha256 } from '../domain/ground/sha256.ts';

/** Who signs, for which service, and when. */
export interface SigningContext {
  readonly service: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly time: Date;
}

/** What is asked of the service: for most of them always the same. */
export interface RequestLine {
  readonly method: string;
  /** Of characters that need no encoding. */
  readonly path: string;
  /** Sorted by name and encoded; without the question mark. */
  readonly query: string;
}

const POST: RequestLine = { method: 'POST', path: '/', query: '' };
const ALGORITHM = 'AWS4-HMAC-SHA256';

let keyAtHand: { readonly scope: string; readonly secret: string; readonly key: KeyObject } | undefined;

/**
 * The headers of a request to an AWS service, signed with Signature Version 4
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 * @param headers what is sent besides, `host` among them; names in lower case, values without outer spaces
 */
export function signedHeaders(
  headers: Readonly<Record<string, string>>,
  body: string,
  context: SigningContext,
  { method, path, query }: RequestLine = POST,
): Record<string, string> {
  const { service, region, accessKeyId, secretAccessKey, sessionToken } = context;
  const time = context.time.toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const signed: Record<string, string> = {
    ...headers,
    'x-amz-date': time,
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const canonical = `${method}\n${path}\n${query}\n${names.map((name) => `${name}:${signed[name]}\n`).join('')}\n${names.join(';')}\n${sha256(body)}`;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = signingKey(scope, secretAccessKey);
  const signature = createHmac('sha256', key)
    .update(`${ALGORITHM}\n${time}\n${scope}\n${sha256(canonical)}`)
    .digest('hex');
  signed.authorization = `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return signed;
}

/**
 * Derived anew each day, and per service: four HMACs that most calls are spared. Kept as a key object, since
 * making one of bytes takes Node longer than the HMAC itself.
 */
function signingKey(scope: string, secret: string): KeyObject {
  if (keyAtHand?.scope === scope && keyAtHand.secret === secret) return keyAtHand.key;
  const derived = scope
    .split('/')
    .reduce<Buffer>(
      (before, part) => createHmac('sha256', before).update(part).digest(),
      Buffer.from(`AWS4${secret}`),
    );
  const key = createSecretKey(derived);
  keyAtHand = { scope, secret, key };
  return key;
}
