import { type CarriedKey, foreignKey } from '../keys/foreign-key.ts';
import type { KeyFormat, PresentedKey } from '../keys/key-format.ts';

/** What a request says of who sends it, before anything is looked up. */
export interface Credentials {
  readonly key: CarriedKey | undefined;
  /** `x-tn`; of two different ones the texts joined, which are no tenant's id. */
  readonly tenantId: string | undefined;
  /** Whether two different tenants are named. */
  readonly twoTenants: boolean;
  /** `Origin`; of two different ones the texts joined, which are no origin. */
  readonly origin: string | undefined;
  /** `Client-Key`; empty for what is no client key, and for two. */
  readonly clientKey: string | undefined;
  /** The bearer token beside a subscription key. */
  readonly token: string | undefined;
  /** Why `key` is undefined. */
  readonly problem: 'no_key' | 'malformed_key' | 'two_keys' | undefined;
  /** True for a CORS preflight (Fetch standard, 4.8), which carries no credentials by definition. */
  readonly preflight: boolean;
}

/** Header values as API Gateway passes them on: in any case, once or several times. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The scheme's name, also where nothing follows it. */
const BEARER = /^bearer(?:[\t ]+|$)/i;
const TAB = 0x09;
const BLANK = 0x20;

/** The headers that are read, by their length: most others are told apart without changing their case. */
const HEADERS: Readonly<Record<number, string>> = Object.fromEntries(
  [
    'x-tn',
    'origin',
    'x-api-key',
    'client-key',
    'authorization',
    'ocp-apim-subscription-key',
    'access-control-request-method',
  ].map((name) => [name.length, name]),
);

/** What the headers that can carry keys hold, each its one value, or all of them joined by commas. */
interface KeyTexts {
  readonly apiKey: string | undefined;
  readonly bearer: string | undefined;
  readonly subscriptionKey: string | undefined;
  readonly clientKey: string | undefined;
}

/**
 * Reads both schemes' headers. Tenant scheme: `x-api-key` or `Authorization: Bearer`, and `x-tn`; a bearer
 * token that is no key stays out of the way of an `x-api-key`, since a backend may use it for itself.
 * Subscription scheme: `Ocp-Apim-Subscription-Key`, `Client-Key` and a bearer token. Every header is judged
 * by all of its values, in whatever case its name is written, however often it is sent, and whether a proxy
 * joined them; the query string is never looked at.
 * @param acceptsForeign whether a text that is no key of this operator's may be one that was imported
 */
export function readCredentials(
  headers: Headers,
  method: string,
  format: KeyFormat,
  acceptsForeign: boolean,
): Credentials {
  let apiKey: string | undefined;
  let authorization: string | undefined;
  let subscriptionKey: string | undefined;
  let clientKey: string | undefined;
  let tenantId: string | undefined;
  let origin: string | undefined;
  let requestMethod: string | undefined;
  for (const name in headers) {
    const wanted = HEADERS[name.length];
    if (wanted === undefined || (name !== wanted && name.toLowerCase() !== wanted)) continue;
    const value = headers[name];
    if (wanted === 'x-tn') tenantId = together(tenantId, value);
    else if (wanted === 'origin') origin = together(origin, value);
    else if (wanted === 'x-api-key') apiKey = together(apiKey, value);
    else if (wanted === 'client-key') clientKey = together(clientKey, value);
    else if (wanted === 'authorization') authorization = together(authorization, value);
    else if (wanted === 'ocp-apim-subscription-key') subscriptionKey = together(subscriptionKey, value);
    else requestMethod = together(requestMethod, value);
  }
  const texts: KeyTexts = {
    apiKey: oneValueOf(apiKey),
    bearer: oneValueOf(authorization, withoutScheme),
    subscriptionKey: oneValueOf(subscriptionKey),
    clientKey: oneValueOf(clientKey),
  };
  tenantId = oneValueOf(tenantId);
  origin = oneValueOf(origin);
  const { key, problem } = pickKey(texts, format, acceptsForeign);
  return {
    key,
    problem,
    tenantId,
    twoTenants: tenantId?.includes(',') ?? false,
    origin,
    clientKey: texts.clientKey && clientKeyOf(texts.clientKey, format),
    // No list is a token (RFC 9110, 5.3), though of a key that comes twice it is known which is meant.
    token: authorization?.includes(',') ? authorization : texts.bearer,
    preflight: method === 'OPTIONS' && origin !== undefined && oneValueOf(requestMethod) !== undefined,
  };
}

/** A header's text with one more of its spellings or repeats; what comes again as it is counts once. */
function together(before: string | undefined, value: unknown): string | undefined {
  if (typeof value === 'string') {
    return before === undefined || before === value ? value : `${before},${value}`;
  }
  return Array.isArray(value) ? value.reduce(together, before) : before;
}

/**
 * A header's one value; undefined where all are empty. Where they differ, the whole text, which holds a comma:
 * that is how proxies and HTTP APIs join repeats, so it is never known which of them are meant.
 */
function oneValueOf(text: string | undefined, read = withoutBlanks): string | undefined {
  if (text === undefined) return undefined;
  if (!text.includes(',')) return read(text) || undefined;
  const values = membersOf(text, read);
  const [first] = values;
  return values.every((each) => each === first) ? first : withoutBlanks(text);
}

function membersOf(text: string, read = withoutBlanks): readonly string[] {
  return text
    .split(',')
    .map(read)
    .filter((value) => value !== '');
}

/** Blanks about a value are no part of it (RFC 9110, 5.6.3). */
function withoutBlanks(text: string): string {
  if (!isBlank(text.charCodeAt(0)) && !isBlank(text.charCodeAt(text.length - 1))) return text;
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === BLANK || code === TAB;
}

function withoutScheme(text: string): string {
  return withoutBlanks(text).replace(BEARER, '');
}

type Picked = { readonly key: CarriedKey | undefined; readonly problem: Credentials['problem'] };

const NO_KEY: Picked = { key: undefined, problem: 'no_key' };
const MALFORMED: Picked = { key: undefined, problem: 'malformed_key' };
const TWO_KEYS: Picked = { key: undefined, problem: 'two_keys' };

/**
 * The one key that a request carries. Whatever stands in a header that is for keys alone counts as one, and
 * elsewhere every text that is well-formed; but a client key in its own header is no second key.
 */
function pickKey(texts: KeyTexts, format: KeyFormat, acceptsForeign: boolean): Picked {
  const { apiKey, bearer, subscriptionKey, clientKey } = texts;
  const text = subscriptionKey ?? apiKey ?? bearer;
  if (text === undefined) return NO_KEY;
  if (apiKey !== undefined && apiKey !== text) return TWO_KEYS;
  if (bearer !== undefined && bearer !== text && carriesAnother(bearer, text, format)) return TWO_KEYS;
  if (clientKey !== undefined && clientKeysClash(clientKey, text, format)) return TWO_KEYS;
  const key = format.parse(text);
  if (key === undefined) return pickForeign(texts, text, format, acceptsForeign);
  const inItsPlace =
    key.kind === 'sub' ? text === subscriptionKey : key.kind !== 'ck' && (text === apiKey || text === bearer);
  return inItsPlace ? { key, problem: undefined } : MALFORMED;
}

/** A text that is no key of this operator's. The scheme of one that came by both schemes' headers is unknown. */
function pickForeign(
  { apiKey, subscriptionKey }: KeyTexts,
  text: string,
  format: KeyFormat,
  accepted: boolean,
): Picked {
  if (text.includes(',') && keysIn(text, format).length > 0) return TWO_KEYS;
  if (!accepted || (apiKey !== undefined && subscriptionKey !== undefined)) return MALFORMED;
  const key = foreignKey(text, subscriptionKey === undefined ? 'tenant' : 'subscription');
  return key === undefined ? MALFORMED : { key, problem: undefined };
}

/** Whether `Authorization` carries a key that is not `text`, by whatever scheme. */
function carriesAnother(authorization: string, text: string, format: KeyFormat): boolean {
  return keysIn(authorization, format).some((key) => key.text !== text);
}

/** Whether `Client-Key` carries two different keys, or one that is neither a client key nor `text`. */
function clientKeysClash(clientKey: string, text: string, format: KeyFormat): boolean {
  const keys = keysIn(clientKey, format);
  return (
    keys.some((key) => key.kind !== 'ck' && key.text !== text) ||
    keys.some((key) => key.text !== keys[0]?.text)
  );
}

/** What no key holds: whatever stands about one, a reader that is more lenient may cut it off. */
const WORD_ENDS = /[^0-9A-Za-z_]+/;

/** Keys of this operator's among a text's words. */
function keysIn(text: string, format: KeyFormat): readonly PresentedKey[] {
  return text.split(WORD_ENDS).flatMap((word) => format.parse(word) ?? []);
}

function clientKeyOf(text: string, format: KeyFormat): string {
  return format.parse(text)?.kind === 'ck' ? text : '';
}
