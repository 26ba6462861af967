import * as z from 'zod';
import type { OperationSchema } from '../operation.ts';
import { apiPath, routes } from './api-schemas.ts';
import { keyId, permissions, roleName, tenantId, tenantPath, timestamp } from './fields.ts';
import { changeOfRules } from './key-schemas.ts';
import { credentialId } from './usage-schemas.ts';

const requests = z.number().int();
const dryRunShape = z
  .strictObject({
    from: timestamp.meta({ description: 'The beginning of a UTC day, seven days back' }),
    to: timestamp,
    keysLookedAt: requests,
    isAll: z.boolean().meta({ description: 'False where there are more keys than were looked at' }),
    calls: requests.meta({ description: 'That these keys made' }),
    refused: requests.meta({ description: 'Of these, how many the change would refuse' }),
    admittedAnew: requests.meta({
      description: 'How many are refused as things are, and would not be any more',
    }),
    unknown: requests.meta({
      description:
        'Of how many counts can’t tell: names beyond their bound, a part of a /24 or /48, a route that APIs declare differently',
    }),
    keys: z
      .array(z.strictObject({ keyId, refused: requests }))
      .meta({ description: 'Whose calls would be refused' }),
    uses: z
      .array(z.strictObject({ keyId, network: z.string(), route: z.string(), requests }))
      .meta({ description: 'Which calls would be refused, the most frequent first, 20 at most' }),
  })
  .meta({
    description: 'What the change would have made of the last seven days; nothing was changed',
    example: {
      ...{ from: '2026-11-15T00:00:00.000Z', to: '2026-11-22T12:00:00.000Z', keysLookedAt: 12, isAll: true },
      ...{ calls: 88_310, refused: 1204, admittedAnew: 0, unknown: 31 },
      keys: [
        { keyId: 'key_8sK2mQ4vXz1b', refused: 1200 },
        { keyId: 'key_jy8U8V0Qpt5b', refused: 4 },
      ],
      uses: [
        { keyId: 'key_8sK2mQ4vXz1b', network: '198.51.100.0/24', route: 'POST /v1/orders', requests: 1200 },
      ],
    },
  });

const { shape } = dryRunShape;
const dryRunOfApiShape = z
  .strictObject({
    ...shape,
    keysLookedAt: requests.meta({ description: 'Active keys and subscriptions that called it, or may have' }),
    calls: requests.meta({ description: 'That these made of this API, or may have made' }),
    unknown: requests.meta({
      description:
        'Of how many counts can’t tell: their API was not written down, names beyond their bound, paths that only a resource is known of, and scopes that the table did not ask for before',
    }),
    keys: z
      .array(z.strictObject({ tenantId, keyId: credentialId, refused: requests }))
      .meta({ description: 'Whose calls would be refused' }),
    uses: z
      .array(z.strictObject({ keyId: credentialId, network: z.string(), route: z.string(), requests }))
      .meta({ description: 'Which calls would be refused, the most frequent first, 20 at most' }),
  })
  .meta({
    description: 'What the table would have made of the last seven days; nothing was changed',
    example: {
      ...{ from: '2026-11-15T00:00:00.000Z', to: '2026-11-22T12:00:00.000Z', keysLookedAt: 12, isAll: true },
      ...{ calls: 88_310, refused: 1200, admittedAnew: 0, unknown: 31 },
      keys: [{ tenantId: 'tenant_acme', keyId: 'key_8sK2mQ4vXz1b', refused: 1200 }],
      uses: [
        { keyId: 'key_8sK2mQ4vXz1b', network: '198.51.100.0/24', route: 'POST /v1/orders', requests: 1200 },
      ],
    },
  });

/** Changes that are played against what was counted, and not made. */
export const dryRunSchemas = {
  tryRole: {
    summary: 'See which calls of the last seven days a role’s new permissions would have refused',
    path: tenantPath.extend({ role: roleName }),
    body: z.strictObject({ permissions }),
    answers: { 200: dryRunShape },
  },
  tryKey: {
    summary: 'See which of a key’s calls of the last seven days a change would have refused',
    path: tenantPath.extend({ keyId }),
    body: changeOfRules,
    answers: { 200: dryRunShape },
  },
  tryApi: {
    summary: 'See which calls of the last seven days another route table of an API would have refused',
    path: apiPath,
    body: z.strictObject({ routes }),
    answers: { 200: dryRunOfApiShape },
  },
} as const satisfies Record<string, OperationSchema>;
