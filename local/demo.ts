import * as z from 'zod';
import { DEMO_API_IDS } from '../core/contract/demo.ts';
import { PAYMENTS_PAGE } from './demo-catalogue.ts';
import { PAYMENTS_API } from './identity/resources.ts';

/** What first start creates: a tenant with a narrow role, the protected APIs, and keys of each kind. */
export const DEMO_TENANT = { tenantId: 'tenant_acme', name: 'Acme' };

export const DEMO_ROLE = {
  role: 'orders-reader',
  permissions: ['orders:read'],
  description: 'Reads orders and nothing else',
};

/** The catalog may be read by anyone who can name a tenant's publishable key. */
const CATALOG_ROUTES = [
  { method: 'GET', path: '/v1/products', public: true },
  { method: 'GET', path: '/v1/products/{productId}', public: true },
];

export const ENVIRONMENTS = ['sandbox', 'live'] as const;
export type DemoEnvironment = (typeof ENVIRONMENTS)[number];

export const DEMO_TENANT_APIS = ENVIRONMENTS.flatMap((environment) => [
  { apiId: DEMO_API_IDS.orders[environment], name: 'orders', environment, scheme: 'tenant', routes: [] },
  {
    apiId: DEMO_API_IDS.catalog[environment],
    name: 'catalog',
    environment,
    scheme: 'tenant',
    routes: CATALOG_ROUTES,
  },
]);

export const DEMO_SUBSCRIPTION_APIS = ENVIRONMENTS.map((environment) => ({
  apiId: DEMO_API_IDS.payments[environment],
  name: 'payments',
  environment,
  scheme: 'subscription',
  clientKeyRequired: true,
  routes: [],
}));

/** The token that the payments API requires, from the identity of this machine. */
export const paymentsToken = (issuer: string) => ({
  issuer,
  audience: PAYMENTS_API.audience,
  requiredScopes: PAYMENTS_API.scopes,
});

export const DEMO_KEYS = {
  secretSandbox: { name: 'Order service', type: 'secret', environment: 'sandbox', role: 'writer' },
  secretLive: { name: 'Order service', type: 'secret', environment: 'live', role: 'writer' },
  readerSandbox: {
    name: 'Order report',
    type: 'secret',
    environment: 'sandbox',
    role: DEMO_ROLE.role,
  },
  limitedSandbox: {
    name: 'Trial',
    type: 'secret',
    environment: 'sandbox',
    role: 'reader',
    rateLimits: [{ limit: 5, windowSeconds: 60 }],
  },
  publishableSandbox: { name: 'Shop window', type: 'publishable', environment: 'sandbox', role: 'reader' },
  publishableLive: { name: 'Shop window', type: 'publishable', environment: 'live', role: 'reader' },
} as const;

export type DemoKeyName = keyof typeof DEMO_KEYS;

/** One in each environment, of the payments API there. */
export const DEMO_PRODUCT = {
  name: 'payments',
  description: 'Takes payments; subscriptions are approved by an admin',
  documentation: PAYMENTS_PAGE,
  requiresApproval: true,
  plan: { rateLimits: [{ limit: 600, windowSeconds: 60 }], quota: { limit: 100_000, period: 'month' } },
};

export const DEMO_SUBSCRIPTIONS = {
  activeSandbox: { name: 'Billing', environment: 'sandbox', approved: true },
  activeLive: { name: 'Billing', environment: 'live', approved: true },
  pendingSandbox: { name: 'Billing, second try', environment: 'sandbox', approved: false },
} as const;

export type DemoSubscriptionName = keyof typeof DEMO_SUBSCRIPTIONS;

const shownKey = z.object({ keyId: z.string(), secret: z.string() });
const shownSubscription = z.object({
  subscriptionId: z.string(),
  primaryKey: z.string(),
  secondaryKey: z.string(),
});
const names = <Name extends string>(named: Record<Name, unknown>) => z.enum(Object.keys(named) as Name[]);

/**
 * What an admin would have written down: API keys are shown once, each showing of the others is audited,
 * and later starts print the same lines. `seedId` makes the idempotency keys of this data folder's
 * seeding; `issuer` is the one that the payments API was last told of; `vendor` is what the keys begin with.
 */
export const demoFile = z.object({
  seedId: z.string(),
  issuer: z.string().optional(),
  vendor: z.string().default(''),
  keys: z.partialRecord(names(DEMO_KEYS), shownKey),
  subscriptions: z.partialRecord(names(DEMO_SUBSCRIPTIONS), shownSubscription).default({}),
  clientKeys: z.partialRecord(z.enum(ENVIRONMENTS), z.string()).default({}),
});

export type DemoNotes = z.infer<typeof demoFile>;

/** What a finished seeding has noted. */
export interface DemoSecrets {
  readonly keys: Readonly<Record<DemoKeyName, string>>;
  readonly subscriptions: Readonly<Record<DemoSubscriptionName, z.infer<typeof shownSubscription>>>;
  readonly clientKeys: Readonly<Record<DemoEnvironment, string>>;
}
