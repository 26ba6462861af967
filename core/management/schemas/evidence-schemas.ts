import * as z from 'zod';
import { REQUEST_ID } from '../../contract/refusals.ts';
import { CHECK_NAMES } from '../../domain/decision/explanation.ts';
import type { OperationSchema } from '../operation.ts';
import { keyId, tenantPath, timestamp, wholeNumber } from './fields.ts';

const keyPath = tenantPath.extend({ keyId });
const requests = z.number().int();

const secretUse = z.strictObject({
  hint: z.string().meta({ description: 'The key’s last four characters; empty where they are not known' }),
  createdAt: timestamp,
  expiresAt: timestamp.nullable().meta({ description: 'The end of its overlap' }),
  untilQuietSeconds: z.number().int().nullable().meta({
    description: 'It ends before, once it was silent for so long; null where its overlap does not end so',
  }),
  lastUsedAt: timestamp
    .nullable()
    .meta({ description: 'To the minute, once its line was counted; null where no use is known' }),
  requests24h: requests.meta({ description: 'Of the last 24 hours, to five minutes' }),
  networks: z
    .array(z.string())
    .meta({ description: '/24 or /48, of the last 24 hours; the most frequent first, 20 at most' }),
  routes: z.array(z.string()).meta({ description: '`METHOD route`, likewise' }),
  uses: z
    .array(z.strictObject({ network: z.string(), route: z.string(), requests }))
    .meta({ description: 'From where for what, likewise' }),
  recent: z
    .array(z.strictObject({ from: timestamp, requests }))
    .meta({ description: 'The last hour in steps of five minutes, oldest first' }),
});
const overlapShape = z
  .strictObject({
    old: secretUse.nullable().meta({ description: 'null where no overlap lasts' }),
    new: secretUse.nullable().meta({ description: 'null where no secret of the key is live' }),
    verdict: z.enum(['quiet', 'in_use', 'never_used']).nullable().meta({
      description:
        'Of the old secret: quiet when it was not used for quietAfterSeconds, never_used where no use of it is known; null without an overlap',
    }),
    quietFor: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Seconds since the old secret was last used; null where it never was' }),
  })
  .meta({
    description: 'Who uses the key’s two secrets, as far as access logs were counted',
    example: {
      old: {
        hint: 'EYNC',
        createdAt: '2026-08-22T12:00:00.000Z',
        expiresAt: '2026-11-23T12:00:00.000Z',
        untilQuietSeconds: 21_600,
        lastUsedAt: '2026-11-22T13:16:00.000Z',
        requests24h: 96,
        networks: ['198.51.100.0/24'],
        routes: ['GET /v1/orders'],
        uses: [{ network: '198.51.100.0/24', route: 'GET /v1/orders', requests: 96 }],
        recent: [{ from: '2026-11-22T13:15:00.000Z', requests: 1 }],
      },
      new: {
        hint: '28kj',
        createdAt: '2026-11-22T12:00:00.000Z',
        expiresAt: null,
        untilQuietSeconds: null,
        lastUsedAt: '2026-11-22T13:20:00.000Z',
        requests24h: 1204,
        networks: ['203.0.113.0/24'],
        routes: ['GET /v1/orders', 'POST /v1/orders'],
        uses: [{ network: '203.0.113.0/24', route: 'GET /v1/orders', requests: 1204 }],
        recent: [{ from: '2026-11-22T13:15:00.000Z', requests: 412 }],
      },
      verdict: 'in_use',
      quietFor: 240,
    },
  });

const requestPath = z.object({
  requestId: z
    .string()
    .regex(REQUEST_ID, 'expected the id of a request, as API Gateway gives it')
    .meta({ example: 'JKJaXmPLvHcESHA=' }),
});
const checkResult = z.strictObject({
  check: z.enum(CHECK_NAMES as [string, ...string[]]),
  result: z.enum(['passed', 'failed', 'not_asked', 'not_reached']),
  why: z.string().optional().meta({ description: 'Why it was not asked; absent unless it was not' }),
});
const explanationShape = z
  .strictObject({
    requestId: z.string(),
    refusals: z
      .array(
        z.strictObject({
          at: timestamp,
          status: z.number().int(),
          code: z.string().meta({ description: 'What the caller was told' }),
          cause: z.string().meta({ description: 'Why it was refused, which callers never see' }),
          keyId: z.string().nullable().meta({ description: 'The key that was named; null for none' }),
          tenantId: z.string().nullable().meta({ description: 'Whose key it is; null where it is nobody’s' }),
          network: z.string().meta({ description: '/24 or /48 that it came from; - where it is not known' }),
          checks: z.array(checkResult).meta({
            description: 'In their order; the first that fails decides. Empty where no check decided',
          }),
          mend: z.strictObject({
            text: z.string(),
            operation: z
              .string()
              .nullable()
              .meta({ description: 'operationId of what mends it; null where the caller has to' }),
          }),
        }),
      )
      .meta({ description: 'More than one where a request asked about several keys; 20 at most' }),
  })
  .meta({
    description: 'Why the request was refused',
    example: {
      requestId: 'JKJaXmPLvHcESHA=',
      refusals: [
        {
          at: '2026-11-22T12:00:00.000Z',
          status: 401,
          code: 'authentication_failed',
          cause: 'key_disabled',
          keyId: 'key_8sK2mQ4vXz1b',
          tenantId: 'tenant_acme',
          network: '198.51.100.0/24',
          checks: [
            { check: 'secret_matches', result: 'passed' },
            { check: 'key_active', result: 'failed' },
            { check: 'secret_live', result: 'not_reached' },
            {
              check: 'subscription_active',
              result: 'not_asked',
              why: 'It is asked of subscriptions’ keys alone, and this is an API key.',
            },
          ],
          mend: { text: 'Enable the key.', operation: 'enableKey' },
        },
      ],
    },
  });

const receiptShape = z
  .strictObject({
    keyId,
    endedAt: timestamp.nullable().meta({
      description: 'Since when the key is disabled or revoked; null where it is not, or that was 90 days ago',
    }),
    lastAdmitted: z
      .strictObject({
        at: timestamp,
        isExact: z.boolean().meta({
          description:
            'False where it was counted before it was known that the key has ended: to the minute then',
        }),
      })
      .nullable()
      .meta({ description: 'null where no call is known' }),
    firstRefusedAt: timestamp
      .nullable()
      .meta({ description: 'Of calls with the key’s secret; null where none is known' }),
  })
  .meta({
    description: 'The calls around the key’s end, as far as logs were counted: they come within minutes',
    example: {
      keyId: 'key_8sK2mQ4vXz1b',
      endedAt: '2026-11-22T01:04:41.200Z',
      lastAdmitted: { at: '2026-11-22T01:04:41.900Z', isExact: true },
      firstRefusedAt: '2026-11-22T01:04:43.200Z',
    },
  });

const quietAfter = z.strictObject({
  quietAfterSeconds: wholeNumber(60, 30 * 86_400)
    .default(300)
    .meta({ description: 'How long without a use is quiet; by default five minutes' }),
});

/** What logs show of a key: who uses which secret; and of a request that was refused. */
export const evidenceSchemas = {
  explainRefusal: {
    summary: 'See why a request was refused, by its id, for seven days',
    path: requestPath,
    answers: { 200: explanationShape },
  },
  getReceipt: {
    summary: 'See the last admitted and the first refused call of a key that was disabled or revoked',
    path: keyPath,
    answers: { 200: receiptShape },
  },
  getOverlap: {
    summary: 'See who still uses the old secret while a rotation’s overlap lasts',
    path: keyPath,
    query: quietAfter,
    answers: { 200: overlapShape },
  },
  getOverlapById: {
    summary: 'See the same of a key by its id alone',
    path: z.object({ keyId }),
    query: quietAfter,
    answers: { 200: overlapShape },
  },
} as const satisfies Record<string, OperationSchema>;
