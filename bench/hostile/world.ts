import { base62, signed } from './key-text.ts';

/** What is so at one time, in the plainest form: keys are known by their whole texts. Never changed in place. */
export interface World {
  readonly vendor: string;
  readonly tenants: readonly Tenant[];
  readonly keys: readonly Key[];
  readonly subscriptions: readonly Subscription[];
  readonly products: readonly Product[];
  readonly apis: readonly Api[];
  readonly tokens: readonly Token[];
}

export interface Tenant {
  readonly tenantId: string;
  readonly active: boolean;
  readonly roles: Readonly<Record<string, readonly string[]>>;
}

/** Times are in milliseconds since 1970, Infinity for never. */
export interface Key {
  /** The 12 characters inside its texts. */
  readonly id: string;
  readonly tenantId: string;
  readonly publishable: boolean;
  readonly environment: Environment;
  readonly status: 'active' | 'disabled' | 'revoked';
  readonly endsAt: number;
  readonly secrets: readonly { readonly text: string; readonly endsAt: number }[];
  readonly role: string;
  readonly own: readonly string[] | undefined;
  readonly networks: readonly string[];
  readonly origins: readonly string[];
}

export interface Subscription {
  readonly id: string;
  readonly tenantId: string;
  readonly productId: string;
  readonly environment: Environment;
  readonly state: (typeof STATES)[number];
  /** The texts of its primary and its secondary key. */
  readonly slots: readonly [string, string];
  readonly clients: readonly string[] | undefined;
}

export interface Product {
  readonly productId: string;
  readonly apiIds: readonly string[];
}

export interface Api {
  readonly apiId: string;
  readonly environment: Environment;
  readonly scheme: 'tenant' | 'subscription';
  readonly routes: readonly Route[];
  readonly clientKey: string;
  readonly clientKeyRequired: boolean;
  readonly oauth: boolean;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly permission?: string;
  readonly public: boolean;
  /** What the OAuth token must have besides. */
  readonly scopes?: readonly string[];
}

/** An OAuth token; a good one is for the APIs that ask for one. */
export interface Token {
  readonly text: string;
  readonly isGood: boolean;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly endsAt: number;
}

export type Environment = 'sandbox' | 'live';

const STATES = ['active', 'pending', 'suspended', 'cancelled', 'rejected'] as const;
const PRODUCTS = ['prod_Some00000000', 'prod_Nothing00000', 'prod_Unmade000000'];
const NEVER = Number.POSITIVE_INFINITY;
export const TENANTS = ['tenant_acme', 'tenant_umbrella', 'tenant_sleeping', 'tenant_unmade'] as const;
const ROLES: Readonly<Record<string, readonly string[]>> = {
  reader: ['*:read'],
  writer: ['*:*'],
  orders: ['orders:read'],
  mixed: ['orders:*', 'products:read', 'exports:read', 'graphql:read', 'connect:write'],
};
const ROLE_PERMISSIONS = [
  ['*:*'],
  ['*:read'],
  ['*:write'],
  ['orders:read'],
  ['orders:*', 'reports:read'],
  [],
];
const OWN = [undefined, undefined, undefined, ['orders:*'], ['*:read'], ['*:*'], ['products:read']];
const NETWORKS = [[], [], [], ['203.0.113.0/24'], ['2001:db8::/32', '198.51.100.7/32']];
const ORIGINS = [[], [], [], ['https://app.example.com'], ['https://*.example.com', 'http://localhost:3000']];
const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v1/products/{productId}', public: true },
  { method: 'GET', path: '/v1/products/export', permission: 'exports:read', public: false },
  { method: 'GET', path: '/v1/exports', permission: 'exports:write', public: false },
  { method: 'ANY', path: '/v1/exports/{name+}', permission: 'exports:write', public: false },
  { method: 'ANY', path: '/status', public: true },
  { method: 'GET', path: '/v1/{thing}/summary', permission: 'reports:read', public: false },
  { method: 'POST', path: '/v1/orders/{orderId}/cancel', permission: 'orders:read', public: false },
  { method: 'HEAD', path: '/v1/orders/count', permission: 'reports:read', public: false },
];

/** The same, where some want a token for more than the rest. */
const SCOPED: readonly Route[] = ROUTES.map((route) => ({
  ...route,
  ...(route.path.includes('name+') && { scopes: ['exports.write'] }),
  ...(route.path.includes('cancel') && { scopes: ['orders.cancel', 'orders'] }),
  ...(route.method === 'HEAD' && { scopes: ['orders'] }),
}));
const SCOPES = [
  [],
  ['orders'],
  ['exports.write'],
  ['orders', 'orders.cancel'],
  ['exports.write', 'orders', 'orders.cancel'],
];

/** One of a list, by a number in [0, 1). */
export function oneOf<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** One of a list, the first ones more often: what is used often is what memory is about. */
export function favourite<T>(list: readonly T[], random: () => number): T {
  return oneOf(list, () => random() ** 3);
}

/** An end a few changes of the world from now, or behind it; in whole milliseconds, as it is stored. */
function soon(random: () => number, now: number): number {
  return now + Math.floor((random() - 0.1) * 30_000);
}

/** A key's text, new each time. */
export function mint(
  vendor: string,
  kind: string,
  environment: Environment,
  id: string,
  random: () => number,
) {
  const prefix = `${vendor === '' ? '' : `${vendor}_`}${kind}_${environment === 'live' ? 'live' : 'dev'}_`;
  return signed(`${prefix}${id}${base62(32, random)}`);
}

/** @param now some keys and tokens end within half an hour of it */
export function drawWorld(random: () => number, now: number): World {
  const vendor = random() < 0.3 ? 'acme' : '';
  const tenant = (tenantId: string): Tenant => ({
    tenantId,
    active: tenantId !== 'tenant_sleeping',
    roles: ROLES,
  });
  const apis = drawApis(vendor, random);
  return {
    vendor,
    tenants: TENANTS.filter((tenantId) => tenantId !== 'tenant_unmade').map(tenant),
    keys: Array.from({ length: 36 }, () => drawKey(vendor, random, now)),
    subscriptions: Array.from({ length: 16 }, () => drawSubscription(vendor, random)),
    products: [
      { productId: 'prod_Everything00', apiIds: apis.map(({ apiId }) => apiId) },
      { productId: 'prod_Some00000000', apiIds: ['api_PaymentsSndb'] },
      { productId: 'prod_Nothing00000', apiIds: [] },
    ],
    apis,
    tokens: Array.from({ length: 12 }, (_, index) => ({
      text: `eyJhbGciOiJFUzI1NiJ9.${base62(40, random)}.${base62(60, random)}`,
      isGood: index % 3 !== 0,
      clientId: oneOf(['client-one', 'client-two'], random),
      scopes: oneOf(SCOPES, random),
      endsAt: soon(random, now),
    })),
  };
}

function drawApis(vendor: string, random: () => number): Api[] {
  const api = (apiId: string, change: Partial<Api> = {}): Api => ({
    apiId,
    environment: 'sandbox',
    scheme: 'tenant',
    routes: [],
    clientKey: mint(vendor, 'ck', change.environment ?? 'sandbox', apiId.slice(-12), random),
    clientKeyRequired: false,
    oauth: false,
    ...change,
  });
  return [
    api('api_OrdersSndbox'),
    api('api_CatalogSndbx', { routes: ROUTES }),
    api('api_CatalogLive0', { routes: ROUTES, environment: 'live' }),
    api('api_PaymentsSndb', { scheme: 'subscription', clientKeyRequired: true, oauth: true, routes: SCOPED }),
    api('api_WeatherSndbx', { scheme: 'subscription', routes: ROUTES }),
    api('api_WeatherLive0', { scheme: 'subscription', environment: 'live', clientKeyRequired: true }),
  ];
}

function drawKey(vendor: string, random: () => number, now: number): Key {
  const id = base62(12, random);
  const publishable = random() < 0.2;
  const environment = random() < 0.75 ? 'sandbox' : 'live';
  const text = () => mint(vendor, publishable ? 'pk' : 'sk', environment, id, random);
  return {
    id,
    publishable,
    environment,
    tenantId: random() < 0.9 ? oneOf(['tenant_acme', 'tenant_umbrella'], random) : oneOf(TENANTS, random),
    status: random() < 0.85 ? 'active' : oneOf(['disabled', 'revoked'], random),
    endsAt: random() < 0.85 ? NEVER : soon(random, now),
    secrets: [
      { text: text(), endsAt: NEVER },
      ...(random() < 0.2 ? [{ text: text(), endsAt: soon(random, now) }] : []),
    ],
    role: oneOf([...Object.keys(ROLES), 'unmade'], random),
    own: oneOf(OWN, random),
    networks: oneOf(NETWORKS, random),
    origins: oneOf(ORIGINS, random),
  };
}

function drawSubscription(vendor: string, random: () => number): Subscription {
  const id = base62(12, random);
  const environment = random() < 0.75 ? 'sandbox' : 'live';
  const text = () => mint(vendor, 'sub', environment, id, random);
  return {
    id,
    environment,
    tenantId: random() < 0.9 ? 'tenant_acme' : oneOf(TENANTS, random),
    productId: random() < 0.7 ? 'prod_Everything00' : oneOf(PRODUCTS, random),
    state: random() < 0.7 ? 'active' : oneOf(STATES, random),
    slots: [text(), text()],
    clients: oneOf([undefined, undefined, ['client-one']], random),
  };
}

/** The world after one change of one thing: what an admin, an operator or a report of a leak may do. */
export function changedWorld(world: World, random: () => number, now: number): World {
  // What was stopped goes on again soon, so that there is something to decide on.
  if (random() < 0.5) return revived(world, random, now);
  const changes = [
    keyChanged,
    keyChanged,
    keyChanged,
    tenantChanged,
    subscriptionChanged,
    productChanged,
    apiChanged,
  ];
  return oneOf(changes, random)(world, random, now);
}

function revived(world: World, random: () => number, now: number): World {
  const { tenants, keys, subscriptions, tokens } = world;
  const tenant = tenants.find(({ tenantId, active }) => !active && tenantId !== 'tenant_sleeping');
  if (tenant !== undefined) {
    return { ...world, tenants: tenants.map((each) => (each === tenant ? { ...each, active: true } : each)) };
  }
  const key = keys.find(({ status, endsAt }) => status !== 'active' || endsAt <= now);
  if (key !== undefined && random() < 0.6) {
    const active = { status: 'active' as const, endsAt: NEVER };
    return { ...world, keys: keys.map((each) => (each === key ? { ...each, ...active } : each)) };
  }
  const token = tokens.find(({ endsAt }) => endsAt <= now);
  if (token !== undefined && random() < 0.6) {
    const endsAt = now + 10_000 + soon(random, 0);
    return { ...world, tokens: tokens.map((each) => (each === token ? { ...each, endsAt } : each)) };
  }
  const stopped = subscriptions.find(({ state }) => state !== 'active');
  const active = { state: 'active' as const };
  return {
    ...world,
    subscriptions: subscriptions.map((each) => (each === stopped ? { ...each, ...active } : each)),
  };
}

function replaced<T>(
  list: readonly T[],
  random: () => number,
  change: (each: T) => Partial<T>,
): readonly T[] {
  const chosen = favourite(list, random);
  return list.map((each) => (each === chosen ? { ...each, ...change(each) } : each));
}

function keyChanged(world: World, random: () => number, now: number): World {
  const rotated = (key: Key): Partial<Key> => {
    const kind = key.publishable ? 'pk' : 'sk';
    const text = mint(world.vendor, kind, key.environment, key.id, random);
    const overlap = oneOf([0, 4000, 60_000], random);
    const old = key.secrets.slice(0, 1).map((secret) => ({ ...secret, endsAt: now + overlap }));
    return { secrets: [{ text, endsAt: NEVER }, ...old] };
  };
  const change = oneOf<(key: Key) => Partial<Key>>(
    [
      ({ status }) => ({ status: status === 'active' ? oneOf(['disabled', 'revoked'], random) : 'active' }),
      ({ status }) => ({ status: status === 'active' ? 'disabled' : 'active' }),
      () => ({ endsAt: soon(random, now) }),
      () => ({ endsAt: soon(random, now) }),
      rotated,
      () => ({ role: oneOf(Object.keys(ROLES), random), own: oneOf(OWN, random) }),
      () => ({ networks: oneOf(NETWORKS, random), origins: oneOf(ORIGINS, random) }),
    ],
    random,
  );
  return { ...world, keys: replaced(world.keys, random, change) };
}

function tenantChanged(world: World, random: () => number): World {
  const role = oneOf(Object.keys(ROLES), random);
  const permissions = oneOf([...ROLE_PERMISSIONS, ROLES[role] ?? []], random);
  const change = oneOf<(tenant: Tenant) => Partial<Tenant>>(
    [() => ({ active: false }), ({ roles }) => ({ roles: { ...roles, [role]: permissions } })],
    random,
  );
  return { ...world, tenants: replaced(world.tenants, random, change) };
}

function subscriptionChanged(world: World, random: () => number): World {
  const change = oneOf<(subscription: Subscription) => Partial<Subscription>>(
    [
      ({ state }) => ({ state: state === 'active' ? oneOf(STATES, random) : 'active' }),
      ({ id, environment, slots }) => ({
        slots: [mint(world.vendor, 'sub', environment, id, random), slots[1]],
      }),
      () => ({ clients: oneOf([undefined, ['client-one'], ['client-two']], random) }),
    ],
    random,
  );
  return { ...world, subscriptions: replaced(world.subscriptions, random, change) };
}

function productChanged(world: World, random: () => number): World {
  const apiIds = world.apis.map(({ apiId }) => apiId).filter(() => random() < 0.7);
  return { ...world, products: replaced(world.products, random, () => ({ apiIds })) };
}

function apiChanged(world: World, random: () => number): World {
  const change = oneOf<(api: Api) => Partial<Api>>(
    [
      ({ routes }) => ({ routes: routes.length === 0 ? ROUTES : ROUTES.filter(() => random() < 0.8) }),
      ({ apiId, environment }) => ({
        clientKey: mint(world.vendor, 'ck', environment, apiId.slice(-12), random),
      }),
    ],
    random,
  );
  return { ...world, apis: replaced(world.apis, random, change) };
}
