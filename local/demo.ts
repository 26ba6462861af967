import { z } from 'zod';
import { DEMO_API_IDS } from '../core/contract/demo.ts';

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

const ENVIRONMENTS = ['sandbox', 'live'] as const;

export const DEMO_APIS = ENVIRONMENTS.flatMap((environment) => [
  { apiId: DEMO_API_IDS.orders[environment], name: 'orders', environment, scheme: 'tenant', routes: [] },
  {
    apiId: DEMO_API_IDS.catalog[environment],
    name: 'catalog',
    environment,
    scheme: 'tenant',
    routes: CATALOG_ROUTES,
  },
]);

export const DEMO_KEYS = {
  secretSandbox: { name: 'Order service', type: 'secret', environment: 'sandbox', role: 'writer' },
  secretLive: { name: 'Order service', type: 'secret', environment: 'live', role: 'writer' },
  readerSandbox: {
    name: 'Order report',
    type: 'secret',
    environment: 'sandbox',
    role: DEMO_ROLE.role,
  },
  publishableSandbox: { name: 'Shop window', type: 'publishable', environment: 'sandbox', role: 'reader' },
  publishableLive: { name: 'Shop window', type: 'publishable', environment: 'live', role: 'reader' },
} as const;

export type DemoKeyName = keyof typeof DEMO_KEYS;

const shownKey = z.object({ keyId: z.string(), secret: z.string() });

/**
 * What an admin would have written down: keys are shown once, and later starts print the same lines.
 * `seedId` makes the idempotency keys of this data folder's seeding; `done` says that it is over.
 */
export const demoFile = z.object({
  seedId: z.string(),
  done: z.boolean(),
  keys: z.partialRecord(z.enum(Object.keys(DEMO_KEYS) as DemoKeyName[]), shownKey),
});

export type DemoNotes = z.infer<typeof demoFile>;

/** The keys of a finished seeding. */
export type DemoSecrets = Readonly<Record<DemoKeyName, string>>;
