import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';

/** A pair of AWS credentials. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A request as its client signed it. */
export interface SignedRequest {
  readonly method: string;
  /** Still percent-encoded, without query. */
  readonly path: string;
  /** Still percent-encoded, without the question mark. */
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** What a signature must be for. */
export interface SignatureScope {
  readonly credentials: Credentials;
  readonly region: string;
  /** The service's signing name: `dynamodb`, `execute-api`. */
  readonly service: string;
  readonly now: Date;
}

/** Why a request is not what its signature says, in the order in which it is looked at. */
export type SignatureFault =
  /** No `Authorization` header of Signature Version 4. */
  | 'missing'
  /** A part of it, or `X-Amz-Date`, is missing or malformed. */
  | 'incomplete'
  | 'wrong service'
  | 'wrong region'
  /** Signed by nobody that is known here. */
  | 'unknown key'
  /** Signed more than 15 minutes from now. */
  | 'expired'
  | 'wrong signature';

const SKEW_MILLISECONDS = 15 * 60_000;
const SCHEME = 'AWS4-HMAC-SHA256';
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256\s+Credential=([^\s,/]+)\/([^\s,]+),\s*SignedHeaders=([a-z0-9;_-]+),\s*Signature=([0-9a-f]{64})$/;
const SCOPE = /^(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/;
const TIME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/**
 * Checks a Signature Version 4 in the `Authorization` header, over method, path, query, signed headers and
 * body; null when it is good. A signature in the query string is not taken.
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)
 */
export function signatureFault(request: SignedRequest, expected: SignatureScope): SignatureFault | null {
  const headers = valuesOf(request);
  const authorization = headers.get('authorization') ?? '';
  if (!authorization.startsWith(`${SCHEME} `)) return 'missing';
  const [, accessKeyId = '', scope = '', signedNames = '', signature = ''] =
    AUTHORIZATION.exec(authorization) ?? [];
  const [, date, region, service] = SCOPE.exec(scope) ?? [];
  const time = headers.get('x-amz-date') ?? '';
  if (date === undefined || !TIME.test(time) || !time.startsWith(date)) return 'incomplete';
  if (service !== expected.service) return 'wrong service';
  if (region !== expected.region) return 'wrong region';
  if (accessKeyId !== expected.credentials.accessKeyId) return 'unknown key';
  if (!isNear(time, expected.now)) return 'expired';
  const names = signedNames.split(';');
  const bodyHash = hash('sha256', request.body);
  const claimed = headers.get('x-amz-content-sha256');
  if (!areEnough(names, headers) || (claimed !== undefined && claimed !== bodyHash)) return 'wrong signature';
  const canonical = [
    request.method,
    // S3 alone takes the path as it is sent.
    expected.service === 's3' ? request.path : request.path.split('/').map(encodeStrictly).join('/'),
    canonicalQuery(request.query),
    ...names.map((name) => `${name}:${headers.get(name) ?? ''}`),
    '',
    signedNames,
    bodyHash,
  ].join('\n');
  const { secretAccessKey } = expected.credentials;
  const made = sign([SCHEME, time, scope, hash('sha256', canonical)].join('\n'), scope, secretAccessKey);
  return timingSafeEqual(made, Buffer.from(signature, 'hex')) ? null : 'wrong signature';
}

/** The service that a request says it is signed for, whether or not the signature is good. */
export function signedService(authorization: string | undefined): string | undefined {
  return signedScope(authorization)?.[3];
}

/** The Region that it says so, likewise. */
export function signedRegion(authorization: string | undefined): string | undefined {
  return signedScope(authorization)?.[2];
}

function signedScope(authorization: string | undefined): RegExpExecArray | null {
  const scope = /Credential=[^\s,/]+\/([^\s,]+)/.exec(authorization ?? '')?.[1];
  return SCOPE.exec(scope ?? '');
}

/** The access key that a request says it is signed with. */
export function signedBy(authorization: string | undefined): string | undefined {
  return /Credential=([^\s,/]+)\//.exec(authorization ?? '')?.[1];
}

function isNear(time: string, now: Date): boolean {
  const sent = Date.parse(time.replace(TIME, '$1-$2-$3T$4:$5:$6Z'));
  return Math.abs(sent - now.getTime()) <= SKEW_MILLISECONDS;
}

/** The host, and whatever of AWS's own headers there is, must be signed, each once and in order. */
function areEnough(names: readonly string[], headers: ReadonlyMap<string, string>): boolean {
  const needed = [...headers.keys()].filter((name) => name === 'host' || name.startsWith('x-amz-'));
  return (
    needed.every((name) => names.includes(name)) &&
    names.every((name, i) => headers.has(name) && (i === 0 || String(names[i - 1]) < name))
  );
}

/** By their names in lower case, without outer spaces and with single ones inside, repeats joined. */
function valuesOf({ headers }: SignedRequest): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [sent, value] of headers) {
    const name = sent.toLowerCase();
    const tidy = value.trim().replaceAll(/ +/g, ' ');
    const before = values.get(name);
    values.set(name, before === undefined ? tidy : `${before},${tidy}`);
  }
  return values;
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')].map((part) => encodeStrictly(decoded(part)));
    })
    .sort(([a = '', x = ''], [b = '', y = '']) => compare(a, b) || compare(x, y))
    .map((pair) => pair.join('='))
    .join('&');
}

function compare(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** All but the unreserved characters of RFC 3986. A path is encoded once more than it is sent. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The key that was derived last: callers sign for the same service all day. */
let derived: { readonly of: string; readonly key: KeyObject } | undefined;

function sign(text: string, scope: string, secretAccessKey: string): Buffer {
  const hmac = (key: KeyObject | string | Buffer, data: string) =>
    createHmac('sha256', key).update(data).digest();
  const of = `${scope} ${secretAccessKey}`;
  if (derived?.of !== of) {
    const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
    derived = { of, key: createSecretKey(key as Buffer) };
  }
  return hmac(derived.key, text);
}
