import * as z from 'zod';
import { normalizeCidr, normalizeOrigin } from '../../domain/keys/key-restriction.ts';
import type { OperationSchema } from '../operation.ts';
import { waiting } from './approval-shape.ts';
import {
  cursor,
  environment,
  keyId,
  limit,
  name,
  noBody,
  pageOf,
  permissions,
  rateLimits,
  remark,
  roleName,
  someOf,
  tenantId,
  tenantPath,
  time,
  unique,
  wholeNumber,
} from './fields.ts';
import {
  importAnswer,
  importBody,
  importCounts,
  importedUse,
  isOneOf,
  issuedKey,
  LARGEST_IMPORT_BYTES,
  ONE_OF,
  ONE_OF_IN_DOCUMENT,
} from './import-schemas.ts';
import { keyShape, keyStatus, keyType, keyWithSecret, repeatedKey } from './key-shape.ts';
import { exactText, words } from './texts.ts';

const MOST_RESTRICTIONS = 100;
const MOST_METADATA = 50;
const LONGEST_OVERLAP_SECONDS = 30 * 86_400;
const SHORTEST_QUIET_SECONDS = 300;

const ownPermissions = permissions
  .refine((list) => list.length > 0, 'expected at least one permission; null for all of the role’s')
  .meta({ minItems: 1 })
  .nullable()
  .meta({ description: 'Narrows the role’s permissions; null means all of the role’s' });
const expiresAt = time.nullable().meta({ description: 'When the key ends by itself; null for never' });
const allowedCidrs = normalisedList(normalizeCidr, 'expected an IPv4 or IPv6 address or CIDR').meta({
  description: 'Networks that the key may be used from; none for any',
  example: ['203.0.113.0/24'],
});
const allowedOrigins = normalisedList(
  normalizeOrigin,
  'expected an origin, scheme://host[:port]; the host may begin with *.',
).meta({
  description: 'Browser origins that the key may be used from; none for any',
  example: ['https://shop.example.com'],
});
const metadata = z
  .record(exactText(40), exactText(500, 0))
  .refine((pairs) => Object.keys(pairs).length <= MOST_METADATA, `expected at most ${MOST_METADATA} pairs`)
  .meta({
    description: 'Whatever the tenant wants to remember with the key; replaced whole',
    example: { team: 'billing' },
  });

const restrictions = {
  permissions: ownPermissions.optional(),
  expiresAt: expiresAt.optional(),
  allowedCidrs: allowedCidrs.optional(),
  allowedOrigins: allowedOrigins.optional(),
  rateLimits: rateLimits.optional(),
  metadata: metadata.optional(),
};

const quietOverlap = z
  .strictObject({
    untilQuietSeconds: z.number().int().min(SHORTEST_QUIET_SECONDS).max(LONGEST_OVERLAP_SECONDS).meta({
      description: 'The old secret ends once it was silent for so long, and the new one is in use',
    }),
    atMostSeconds: z
      .number()
      .int()
      .min(SHORTEST_QUIET_SECONDS)
      .max(LONGEST_OVERLAP_SECONDS)
      .meta({ description: 'It ends then, whoever uses it still' }),
  })
  .refine((overlap) => overlap.untilQuietSeconds <= overlap.atMostSeconds, {
    error: 'expected no more than atMostSeconds',
    path: ['untilQuietSeconds'],
  })
  .meta({
    description: 'In place of overlapSeconds: an overlap that ends by what logs show',
    example: { untilQuietSeconds: 21_600, atMostSeconds: 2_592_000 },
  });
const rotation = z
  .strictObject({
    overlapSeconds: z.number().int().min(0).max(LONGEST_OVERLAP_SECONDS).optional().meta({
      description:
        'By default a day, or as long as the tenant’s key policy lets it, where there is no overlap',
    }),
    overlap: quietOverlap.optional(),
  })
  .refine((body) => body.overlapSeconds === undefined || body.overlap === undefined, {
    error: 'expected one of overlapSeconds and overlap',
    path: ['overlap'],
  });

/** What of a key decides which routes it may call, and from where. */
export const changeOfRules = someOf({
  role: roleName.optional(),
  permissions: ownPermissions.optional(),
  allowedCidrs: allowedCidrs.optional(),
});

/** A key that was issued elsewhere, and what it is to be here. */
export const keyRow = z
  .strictObject({ name, type: keyType, environment, role: roleName, ...restrictions, ...issuedKey })
  .refine(isOneOf, ONE_OF);

export const keyPath = tenantPath.extend({ keyId });
const unusedSinceDays = wholeNumber(0, 36_500)
  .optional()
  .meta({ description: 'Not used in this many days, nor created in them' });

const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true');
const outOfPolicy = yesOrNo
  .optional()
  .meta({ description: 'Whether keys break a rule of their tenant’s key policy' });
const inOverlap = yesOrNo
  .optional()
  .meta({ description: 'Whether keys are being rotated: their older secret still works' });

/** Of what stops a key, for good or not. */
const reasonOfStop = z.strictObject({
  reason: remark.optional().meta({ description: 'Shown with the key, and kept in the audit log' }),
});

export const keySchemas = {
  createKey: {
    summary: 'Create an API key; the answer is the only one that shows it',
    path: tenantPath,
    body: z.strictObject({ name, type: keyType, environment, role: roleName, ...restrictions }),
    idempotent: true,
    heldToKeyPolicy: true,
    answers: { 201: keyWithSecret, 200: repeatedKey, 202: waiting },
  },
  listKeys: {
    summary: 'List a tenant’s API keys, newest first',
    path: tenantPath,
    query: z.strictObject({
      status: keyStatus.optional(),
      environment: environment.optional(),
      type: keyType.optional(),
      role: roleName.optional(),
      unusedSinceDays,
      imported: importedUse.optional(),
      outOfPolicy,
      inOverlap,
      limit,
      cursor,
    }),
    answers: { 200: pageOf(keyShape) },
  },
  findKeys: {
    summary:
      'Find API keys of the tenants that you act for: by id, by the hint of the newest secret, by what the name begins with; without q all, tenant by tenant',
    query: z.strictObject({
      q: words(100).optional().meta({
        description:
          'A key’s id or its last 12 characters, four characters of a hint, or the beginning of a name in any case',
        example: 'order',
      }),
      tenantId: tenantId.optional(),
      status: keyStatus.optional(),
      environment: environment.optional(),
      type: keyType.optional(),
      role: roleName.optional(),
      expiresBefore: time.optional().meta({ description: 'Keys that end before this time, or have' }),
      unusedSinceDays,
      outOfPolicy,
      inOverlap,
      limit,
      cursor,
    }),
    answers: { 200: pageOf(keyShape) },
  },
  getKeyById: {
    summary: 'Read an API key by its id alone',
    path: z.object({ keyId }),
    answers: { 200: keyShape },
  },
  releaseImport: {
    summary:
      'Let go of an imported text that opens nothing any more, because its credential has ended or has another key now, so that it can be imported elsewhere',
    body: z.strictObject(issuedKey).refine(isOneOf, ONE_OF).meta(ONE_OF_IN_DOCUMENT),
    acceptsKeys: true,
    answers: {
      200: z
        .strictObject({ id: z.string().meta({ example: 'key_8sK2mQ4vXz1b' }), tenantId })
        .meta({ description: 'The credential that the text led to, and its tenant' }),
    },
  },
  importKeys: {
    summary: 'Bring keys that were issued elsewhere; whoever has one goes on sending it as it is',
    path: tenantPath,
    body: importBody(keyRow),
    acceptsKeys: true,
    rows: 'rows',
    largestBodyBytes: LARGEST_IMPORT_BYTES,
    answers: { 200: importAnswer },
  },
  getKeyImport: {
    summary: 'How many imported keys are still unused',
    path: tenantPath,
    answers: { 200: importCounts },
  },
  getKey: { summary: 'Read an API key', path: keyPath, answers: { 200: keyShape } },
  updateKey: {
    summary: 'Change a key’s name, role, restrictions or metadata',
    path: keyPath,
    body: someOf({ name: name.optional(), role: roleName.optional(), ...restrictions }),
    heldToKeyPolicy: true,
    answers: { 200: keyShape, 202: waiting },
  },
  rotateKey: {
    summary:
      'Replace a key’s secret; the old one works until the overlap ends. While it lasts, only the newer secret is replaced, at once, and the overlap’s end stays as it is',
    path: keyPath,
    body: rotation,
    idempotent: true,
    heldToKeyPolicy: true,
    answers: {
      200: z
        .union([keyWithSecret, repeatedKey])
        .meta({ description: 'The record and the secret; to a repeat the record alone' }),
      202: waiting,
    },
  },
  endOverlap: {
    summary: 'End a rotation’s overlap now',
    path: keyPath,
    body: noBody,
    answers: { 200: keyShape, 202: waiting },
  },
  disableKey: {
    summary: 'Disable a key until it is enabled',
    path: keyPath,
    body: reasonOfStop,
    answers: { 200: keyShape },
  },
  enableKey: {
    summary: 'Enable a disabled key',
    path: keyPath,
    body: noBody,
    answers: { 200: keyShape, 202: waiting },
  },
  revokeKey: {
    summary: 'End a key for good',
    path: keyPath,
    body: reasonOfStop,
    answers: { 200: keyShape, 202: waiting },
  },
} as const satisfies Record<string, OperationSchema>;

function normalisedList(normalise: (text: string) => string | undefined, message: string) {
  const item = z
    .string()
    .max(300)
    .transform((text, context) => {
      const normal = normalise(text);
      if (normal !== undefined) return normal;
      context.addIssue(message);
      return z.NEVER;
    });
  return z.array(item).max(MOST_RESTRICTIONS).transform(unique);
}
