import type { Script } from './script.ts';

/** Shrunk from seeds that failed once. */
export const SCRIPTS: readonly { readonly name: string; readonly script: Script }[] = [
  {
    name: 'a subscription is suspended while its key is regenerated',
    script: {
      seed: 18,
      actions: [
        {
          at: 75521,
          do: 'admin',
          admin: 1,
          by: 0,
          deed: { op: 'regenerateKey', subscription: 0, slot: 'secondary' },
        },
        { at: 75552, do: 'admin', admin: 0, by: 1, deed: { op: 'suspendSubscription', subscription: 0 } },
      ],
    },
  },
  {
    name: 'a revocation is seen by the newer secret, and the older one comes while the table is away',
    script: {
      seed: 25,
      actions: [
        { at: 6528, do: 'admin', admin: 0, by: 0, deed: { op: 'rotateKey', key: 4, overlapSeconds: 3600 } },
        { at: 6828, do: 'call', key: 4, by: 0, older: true },
        { at: 7028, do: 'admin', admin: 1, by: 0, deed: { op: 'revokeKey', key: 4 } },
        { at: 11_598, do: 'call', key: 4, by: 0 },
        { at: 11_648, do: 'outage', service: 'dynamodb', trouble: 'down', lasts: 30_000, of: 0 },
        { at: 12_148, do: 'call', key: 4, by: 0, older: true },
      ],
    },
  },
  {
    name: 'a clock is set back when a key was just admitted, and it is disabled',
    script: {
      seed: 101,
      actions: [
        { at: 5213, do: 'call', key: 4, by: 1 },
        { at: 5223, do: 'stepClock', of: 1, by: -30_000 },
        { at: 5271, do: 'admin', admin: 1, by: 0, deed: { op: 'disableKey', key: 4 } },
        { at: 32_307, do: 'call', key: 4, by: 1 },
      ],
    },
  },
  {
    name: 'a clock is set back while a table is away',
    script: {
      seed: 51,
      actions: [
        { at: 0, do: 'outage', service: 'dynamodb', trouble: 'down', lasts: 4000, of: 0 },
        { at: 0, do: 'call', key: 4, by: 0 },
        { at: 300, do: 'call', key: 2, by: 0, older: true },
        { at: 1500, do: 'stepClock', of: 0, by: -600_000 },
      ],
    },
  },
  {
    name: 'an issuer rolls its keys and can’t be reached',
    script: {
      seed: 60,
      actions: [
        { at: 0, do: 'subscriptionCall', subscription: 0, by: 0, slot: 'primary' },
        { at: 500, do: 'outage', service: 'issuer', trouble: 'down', lasts: 30_000, of: 0 },
        { at: 500, do: 'rollIssuer' },
        { at: 16_544, do: 'subscriptionCall', subscription: 0, by: 0, slot: 'primary' },
      ],
    },
  },
];
