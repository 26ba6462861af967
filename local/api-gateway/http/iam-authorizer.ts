import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { ClientRequest } from '../request.ts';

/** What a backend learns of who signed a request: `requestContext.authorizer.iam` of payload format 2.0. */
export interface IamPrincipal {
  readonly accessKey: string;
  readonly accountId: string;
  readonly callerId: string;
  readonly cognitoIdentity: null;
  readonly principalOrgId: string;
  readonly userArn: string;
  readonly userId: string;
}

/** The one pair of credentials of this machine's account. They are the account's own: IAM allows them everything. */
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const SKEW_MILLISECONDS = 15 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256\s+Credential=([^\s,/]+)\/([^\s,]+),\s*SignedHeaders=([a-z0-9;_-]+),\s*Signature=([0-9a-f]{64})$/;
const TIME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/**
 * Who signed a request with Signature Version 4, by its `Authorization` header; null for every other request,
 * which API Gateway answers 403 whatever is wrong with it. A signature in the query string is not taken here.
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)
 */
export function authorizeBySignature(
  request: ClientRequest,
  { accountId, region, now }: { accountId: string; region: string; now: Date },
): IamPrincipal | null {
  const headers = valuesOf(request);
  const match = AUTHORIZATION.exec(headers.get('authorization') ?? '');
  if (match === null) return null;
  const [, accessKeyId = '', scope = '', signedNames = '', signature = ''] = match;
  const time = headers.get('x-amz-date') ?? '';
  if (accessKeyId !== CREDENTIALS.accessKeyId || !isNear(time, now)) return null;
  if (scope !== `${time.slice(0, 8)}/${region}/execute-api/aws4_request`) return null;
  const bodyHash = hash('sha256', request.body);
  const claimed = headers.get('x-amz-content-sha256');
  if (claimed !== undefined && claimed !== bodyHash) return null;
  const names = signedNames.split(';');
  if (!areEnough(names, headers)) return null;
  const canonical = [
    request.method,
    request.sentPath.split('/').map(encodeStrictly).join('/'),
    canonicalQuery(request.query),
    ...names.map((name) => `${name}:${headers.get(name) ?? ''}`),
    '',
    signedNames,
    bodyHash,
  ].join('\n');
  const expected = sign(['AWS4-HMAC-SHA256', time, scope, hash('sha256', canonical)].join('\n'), scope);
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) return null;
  return {
    accessKey: accessKeyId,
    accountId,
    callerId: accountId,
    cognitoIdentity: null,
    principalOrgId: '',
    userArn: `arn:aws:iam::${accountId}:root`,
    userId: accountId,
  };
}

/** The same as `$context.identity` has it. */
export function identityOf({ accountId, callerId, userArn, userId }: IamPrincipal): Record<string, string> {
  return { accountId, caller: callerId, user: userId, userArn };
}

function isNear(time: string, now: Date): boolean {
  if (!TIME.test(time)) return false;
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
function valuesOf({ headers }: ClientRequest): ReadonlyMap<string, string> {
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

function sign(text: string, scope: string): Buffer {
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${CREDENTIALS.secretAccessKey}`);
  return hmac(key, text);
}
