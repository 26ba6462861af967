import * as z from 'zod';
import type { OperationSchema } from '../operation.ts';
import { keyId, permissions, roleName, tenantPath, timestamp } from './fields.ts';
import { changeOfRules } from './key-schemas.ts';

const requests = z.number().int();
const dryRunShape = z
  .strictObject({
    from: timestamp.meta({ description: 'The beginning of a UTC day, seven days back' }),
    to: timestamp,
    keysLookedAt: requests,
    isAll: z.boolean().meta({ description: 'False where the role has more keys than were looked at' }),
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
} as const satisfies Record<string, OperationSchema>;
