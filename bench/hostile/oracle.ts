import { BlockList, isIP } from 'node:net';
import { kindOf } from './key-text.ts';
import { isPlain, mayCall, type Reach, scopesAsked } from './path-oracle.ts';
import type { Api, Key, Subscription, Token, World } from './world.ts';

/**
 * The decision once more, as the contract tells it: no memory, no digests, no stored records, and nothing of
 * the product's code. A key is known by its whole text; a header is every value of every spelling of its name.
 */
export interface Verdict {
  /** `allowed`, or what the caller is told. */
  readonly code: string;
  /** The public id of an admitted key; undefined where nobody was asked for one. */
  readonly keyId?: string;
  /** Whether nothing stored had to be known for it: then it holds while nothing can be read, too. */
  readonly unread?: true;
}

/** What a request says, whatever brought it. */
export interface Asked {
  /** Names in lower case; a name comes as often as it was sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly method: string;
  readonly path: string;
  readonly address: string | undefined;
  /** A TOKEN authorizer is shown one header and nothing else. */
  readonly seesOneHeader: boolean;
}

const refused = (code: string): Verdict => ({ code });
const unread = (code: string): Verdict => ({ code, unread: true });
const UNAUTHENTICATED = 'authentication_failed';

/** What a request comes to in a world at a time, in milliseconds since 1970. */
export function judge(world: World, api: Api, asked: Asked, now: number): Verdict {
  // «A CORS preflight is never authenticated»: OPTIONS with both of its headers (Fetch, 4.8).
  const asksFirst = ['origin', 'access-control-request-method'].every(
    (name) => valuesOf(asked, name).length > 0,
  );
  if (asked.method === 'OPTIONS' && asksFirst) return unread('allowed');

  const key = theOneKey(asked, world.vendor);
  if (key === undefined) return unread(UNAUTHENTICATED);
  const tenants = valuesOf(asked, 'x-tn');
  const subscribes = kindOf(key, world.vendor) === 'sub';
  // «x-tn (always required)» in the tenant scheme; a TOKEN authorizer takes the key's own (docs/decisions).
  if (!subscribes && !asked.seesOneHeader && tenants.length === 0) return unread(UNAUTHENTICATED);

  if (subscribes !== (api.scheme === 'subscription')) return refused(UNAUTHENTICATED);
  return subscribes ? judgeSubscription(world, api, asked, key, now) : judgeKey(world, api, asked, key, now);
}

function judgeKey(world: World, api: Api, asked: Asked, text: string, now: number): Verdict {
  const key = world.keys.find(({ secrets }) => secrets.some((secret) => secret.text === text));
  const secret = key?.secrets.find((each) => each.text === text);
  if (key === undefined || secret === undefined) return refused(UNAUTHENTICATED);
  if (key.status !== 'active' || key.endsAt <= now || secret.endsAt <= now) return refused(UNAUTHENTICATED);
  const tenants = valuesOf(asked, 'x-tn');
  const names = tenants.length === 1 && tenants[0] === key.tenantId;
  if (!asked.seesOneHeader && !names) return refused('tenant_mismatch');
  const tenant = world.tenants.find(({ tenantId }) => tenantId === key.tenantId);
  if (tenant?.active !== true) return refused(UNAUTHENTICATED);
  if (key.environment !== api.environment) return refused('environment_mismatch');
  if (!isFromNetwork(key.networks, asked.address)) return refused('network_not_allowed');
  if (!isFromOrigin(key.origins, valuesOf(asked, 'origin'))) return refused('origin_not_allowed');
  const reach = { publishable: key.publishable, role: tenant.roles[key.role] ?? [], own: key.own };
  return mayCallPath(reach, api, asked) ? { code: 'allowed', keyId: `key_${key.id}` } : notPermitted();
}

function judgeSubscription(world: World, api: Api, asked: Asked, text: string, now: number): Verdict {
  const subscription = world.subscriptions.find(({ slots }) => slots.includes(text));
  if (subscription === undefined) return refused(UNAUTHENTICATED);
  // It needs no x-tn, and one that names another tenant says nothing; two are no answer (docs/decisions).
  if (valuesOf(asked, 'x-tn').length > 1) return refused('tenant_mismatch');
  const tenant = world.tenants.find(({ tenantId }) => tenantId === subscription.tenantId);
  if (tenant?.active !== true) return refused(UNAUTHENTICATED);
  if (subscription.environment !== api.environment) return refused('environment_mismatch');
  const product = world.products.find(({ productId }) => productId === subscription.productId);
  if (product?.apiIds.includes(api.apiId) !== true) return refused('product_not_subscribed');
  if (subscription.state !== 'active') return refused('subscription_not_active');
  const clientKeys = valuesOf(asked, 'client-key');
  const knowsApi = clientKeys.length === 1 && clientKeys[0] === api.clientKey;
  if (api.clientKeyRequired && !knowsApi) return refused(UNAUTHENTICATED);
  if (api.oauth) {
    const token = tokenOf(world, subscription, asked, now);
    if (token === undefined) return refused('invalid_token');
    // «Scopes per route»: all of them, beside what the API itself asks for.
    const wanted = scopesAsked(api.routes, asked.method, asked.path);
    if (!wanted.every((scope) => token.scopes.includes(scope))) return notPermitted();
  }
  return { code: 'allowed', keyId: `sub_${subscription.id}` };
}

function notPermitted(): Verdict {
  return refused('insufficient_permissions');
}

/**
 * All values of a header, each once: of every spelling and repeat, and apart where they were joined by commas.
 * Blanks about a value are none of it (RFC 9110, 5.6.3), and an empty one is none.
 */
function valuesOf({ headers }: Asked, name: string): string[] {
  const values = headers.flatMap(([each, value]) => (each === name ? value.split(',') : []));
  return [...new Set(values.map((value) => value.replace(/^[ \t]+|[ \t]+$/g, '')).filter(Boolean))];
}

/** Of `Authorization`, without its scheme's name, which TOKEN authorizers and AppSync often lack. */
function bearersOf(asked: Asked): string[] {
  const values = valuesOf(asked, 'authorization').map((value) => value.replace(/^bearer(?:[ \t]+|$)/i, ''));
  return [...new Set(values.filter(Boolean))];
}

/** The key that a request is to be judged by; undefined for none, for two, and for one in another's header. */
function theOneKey(asked: Asked, vendor: string): string | undefined {
  const keysIn = (name: string) =>
    valuesOf(asked, name)
      .flatMap((value) => value.split(/[^0-9A-Za-z_]+/))
      .filter((word) => kindOf(word, vendor) !== undefined);
  const [apiKeys, subscriptionKeys, bearers] = [
    valuesOf(asked, 'x-api-key'),
    valuesOf(asked, 'ocp-apim-subscription-key'),
    bearersOf(asked),
  ];
  const clientKeys = [...new Set(keysIn('client-key'))];
  // «Two different keys … of whatever kind and in whichever of the headers»; a client key in its own header is
  // context, and a bearer that is no key is the backend's (docs/decisions).
  const keys = new Set([
    ...apiKeys,
    ...subscriptionKeys,
    ...keysIn('authorization'),
    ...clientKeys.filter((key) => kindOf(key, vendor) !== 'ck'),
  ]);
  if (keys.size > 1 || clientKeys.length > 1) return undefined;
  const [key] = keys;
  const kind = key === undefined ? undefined : kindOf(key, vendor);
  if (key === undefined || kind === undefined || kind === 'ck') return undefined;
  const places = kind === 'sub' ? subscriptionKeys : [...apiKeys, ...(bearers.length === 1 ? bearers : [])];
  return places.includes(key) ? key : undefined;
}

/**
 * A token that came in a list is none, though it be beside itself or nothing: `Authorization` is no list
 * (RFC 9110, 5.3 and 11.6.2). The very same header again counts once.
 */
function tokenOf(world: World, { clients }: Subscription, asked: Asked, now: number): Token | undefined {
  const sent = new Set(asked.headers.flatMap(([name, value]) => (name === 'authorization' ? [value] : [])));
  if (sent.size !== 1 || [...sent].join().includes(',')) return undefined;
  const [text] = bearersOf(asked);
  const token = world.tokens.find((each) => each.text === text);
  if (token === undefined || !token.isGood || token.endsAt <= now) return undefined;
  return clients === undefined || clients.includes(token.clientId) ? token : undefined;
}

function isFromNetwork(networks: readonly string[], address = ''): boolean {
  if (networks.length === 0) return true;
  const family = isIP(address);
  if (family === 0) return false;
  const allowed = new BlockList();
  for (const network of networks) {
    const [net = '', bits] = network.split('/');
    allowed.addSubnet(net, Number(bits), isIP(net) === 6 ? 'ipv6' : 'ipv4');
  }
  return allowed.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** «A key with allowedOrigins and no Origin is origin_not_allowed»; schemes and hosts have no case (RFC 6454). */
function isFromOrigin(allowed: Key['origins'], origins: readonly string[]): boolean {
  if (allowed.length === 0) return true;
  const [origin, ...others] = origins.map((each) => each.toLowerCase());
  if (origin === undefined || others.length > 0) return false;
  return allowed.some((pattern) => {
    const [scheme, domain] = pattern.split('*');
    if (domain === undefined) return origin === pattern;
    const labels = origin.slice(scheme?.length, -domain.length).split('.');
    return (
      origin === `${scheme}${labels.join('.')}${domain}` &&
      labels.every((label) => /^[a-z0-9-]+$/.test(label))
    );
  });
}

function mayCallPath(reach: Reach, api: Api, { method, path }: Asked): boolean {
  const all = [reach.role, reach.own ?? ['*:*']].every((permissions) => permissions.includes('*:*'));
  return isPlain(path) ? mayCall(reach, api.routes, method, path) : all && !reach.publishable;
}
