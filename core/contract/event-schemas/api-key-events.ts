import * as z from 'zod';
import type { EventType } from '../events.ts';
import { type EventDefinition, event, time } from './definition.ts';
import {
  approval,
  changeOf,
  clientRequestToken,
  environment,
  hint,
  imported,
  name,
  noData,
  permissions,
  rateLimits,
  reason,
  strings,
} from './values.ts';

const restrictions = {
  permissions: permissions.nullable().meta({ description: 'null for all of the role’s' }),
  expiresAt: time.nullable(),
  allowedCidrs: strings.meta({ description: 'Empty for any network' }),
  allowedOrigins: strings.meta({ description: 'Empty for any origin' }),
  rateLimits,
};

const pepper = z.string().meta({ description: 'Version that a digest is made with' });

const leakSource = z
  .strictObject({
    by: z.enum(['report', 'github']),
    url: z.string().optional(),
    place: z.string().optional().meta({ description: 'What kind of text it stood in, such as commit' }),
  })
  .meta({ description: 'Where the key turned up, as its finder says; keys in it are blacked out' });

export const API_KEY_EVENTS = {
  'apiKey.created': event({
    when: 'An API key was created, or one that was issued elsewhere was imported.',
    actors: ['admin'],
    subjects: ['apiKey'],
    data: z.strictObject({
      name,
      type: z.enum(['publishable', 'secret']),
      environment,
      role: z.string(),
      ...restrictions,
      metadataKeys: strings.meta({ description: 'The values are the tenant’s own and not told' }),
      imported,
      approval,
    }),
    example: {
      name: 'Nightly export',
      type: 'secret',
      environment: 'live',
      role: 'reader',
      permissions: ['orders:read'],
      expiresAt: '2027-05-22T00:00:00.000Z',
      allowedCidrs: ['198.51.100.0/24'],
      allowedOrigins: [],
      rateLimits: [{ limit: 600, windowSeconds: 60 }],
      metadataKeys: ['team'],
    },
  }),
  'apiKey.updated': event({
    when: 'Fields of a key were changed; of metadata only names are told. Or Keywright renewed a digest under a new version of the pepper as it was used; subscriptions too. Or a program that rotates it handed out its new secret.',
    actors: ['admin', 'system', 'principal'],
    subjects: ['apiKey', 'subscription'],
    data: z.strictObject({
      ...changeOf({
        ...{ name, role: z.string(), ...restrictions, metadata: strings, pepper },
        rotation: z
          .strictObject({ principalArn: z.string(), maxOverlapSeconds: z.int() })
          .nullable()
          .meta({ description: 'By whom it is rotated where it is stored; null for nobody' }),
        overlapEndsAt: time
          .nullable()
          .meta({ description: 'A stored secret is handed out no more, and works until then' }),
      }),
      secret: z
        .string()
        .optional()
        .meta({ description: 'Whose digest was renewed: a secret’s id, or a slot' }),
      approval,
    }),
    example: {
      from: { role: 'reader', expiresAt: null },
      to: { role: 'writer', expiresAt: '2027-05-22T00:00:00.000Z' },
    },
  }),
  'apiKey.rotated': event({
    when: 'A key got another secret; the one before works until the overlap ends. A principal registered what its program had drawn and stored, and the one before works until that is handed out.',
    actors: ['admin', 'principal'],
    subjects: ['apiKey'],
    data: z.strictObject({
      hint,
      overlapSeconds: z.int().nullable(),
      overlapEndsAt: time
        .nullable()
        .meta({ description: 'The old secret works until then; null where it is not said yet' }),
      untilQuietSeconds: z
        .int()
        .optional()
        .meta({ description: 'It ends before, once it was silent for so long' }),
      replacedHint: hint
        .optional()
        .meta({ description: 'Of the newer secret, which ended at once: present while an overlap lasted' }),
      endedHint: hint
        .optional()
        .meta({ description: 'Of the secret that a registration ended at once, if there was another' }),
      clientRequestToken,
      approval,
    }),
    example: { hint: 'x7Qp', overlapSeconds: 86_400, overlapEndsAt: '2026-11-23T12:00:00.000Z' },
  }),
  'apiKey.overlapEnded': event({
    when: 'The overlap of a rotation ended early, by somebody or because the old secret was quiet; of one that was to end so, also that its time was over first. The old secret works no more.',
    actors: ['admin', 'system'],
    subjects: ['apiKey'],
    data: z.strictObject({
      endedHint: hint,
      name: name.optional(),
      by: z
        .enum(['quiet', 'limit'])
        .optional()
        .meta({ description: 'Silence, or the end of its time; absent where somebody ended it' }),
      untilQuietSeconds: z.int().optional(),
      lastUsedAt: time.nullable().optional().meta({ description: 'Of the old secret; null for never' }),
      lastUsedFrom: strings.optional().meta({ description: 'Networks of the hour of its last use' }),
      lastUsedFor: strings.optional().meta({ description: '`METHOD route` of that hour' }),
      approval,
    }),
    example: {
      endedHint: 'c2Rt',
      name: 'Nightly export',
      by: 'quiet',
      untilQuietSeconds: 21_600,
      lastUsedAt: '2026-11-22T06:00:00.000Z',
      lastUsedFrom: ['198.51.100.0/24'],
      lastUsedFor: ['GET /v1/orders'],
    },
  }),
  'apiKey.disabled': event({
    when: 'A key was stopped, for the time being; by a principal of AWS, where the brake behind glass was pulled.',
    actors: ['admin', 'principal'],
    subjects: ['apiKey'],
    data: z.strictObject({ reason }),
    example: { reason: 'Nobody knows the new caller' },
  }),
  'apiKey.enabled': event({
    when: 'A disabled key was let in again.',
    actors: ['admin'],
    subjects: ['apiKey'],
    data: z.strictObject({ approval }),
    example: {
      approval: { approvalId: 'apr_4kYtQm2ZpX8c', requestedBy: 'person-7', decidedBy: 'person-3' },
    },
  }),
  'apiKey.revoked': event({
    when: 'A key was ended for good by a person. One that ended because it leaked is apiKey.leaked.',
    actors: ['admin'],
    subjects: ['apiKey'],
    data: z.strictObject({ reason, approval }),
    example: { reason: 'The export moved to another vendor' },
  }),
  'apiKey.expiring': event({
    when: '14, 7 and 1 days before a key’s expiry, once each.',
    actors: ['system'],
    subjects: ['apiKey'],
    data: z.strictObject({ name, expiresAt: time, daysLeft: z.int() }),
    example: { name: 'Nightly export', expiresAt: '2026-12-06T12:00:00.000Z', daysLeft: 14 },
  }),
  'apiKey.expired': event({
    when: 'A key’s expiry has passed.',
    actors: ['system'],
    subjects: ['apiKey'],
    data: z.strictObject({ name, expiresAt: time }),
    example: { name: 'Nightly export', expiresAt: '2026-11-22T12:00:00.000Z' },
  }),
  'apiKey.usedFromNewIp': event({
    when: 'A secret or subscription key was admitted from a /24 or /48 that it had not used in 90 days.',
    actors: ['apiKey'],
    subjects: ['apiKey', 'subscription'],
    data: z.strictObject({ network: z.string(), ip: z.string() }),
    example: { network: '203.0.113.0/24', ip: '203.0.113.77' },
  }),
  'apiKey.leaked': event({
    when: 'Somebody who holds a key has reported it, or GitHub found it in a public place.',
    actors: ['system'],
    subjects: ['apiKey', 'subscription', 'api'],
    data: z.strictObject({
      slot: z.enum(['primary', 'secondary']).optional().meta({ description: 'Of a subscription' }),
      hint,
      response: z
        .enum(['keyRevoked', 'secretEnded', 'slotEnded', 'notified'])
        .meta({ description: 'What was done about it; after notified the key works still' }),
      source: leakSource,
    }),
    example: {
      hint: 'x7Qp',
      response: 'keyRevoked',
      source: { by: 'github', url: 'https://github.com/acme/export/blob/main/.env', place: 'commit' },
    },
  }),
  'apiKey.released': event({
    when: 'An operator let go of a text that was imported and opens nothing any more: it may be imported anew.',
    actors: ['admin'],
    subjects: ['apiKey', 'subscription'],
    data: noData,
    example: {},
  }),
  'apiKey.unused': event({
    when: 'A key that is not disabled was not used for 90 days.',
    actors: ['system'],
    subjects: ['apiKey'],
    data: z.strictObject({
      name,
      unusedSince: time,
      lastUsedAt: time.nullable().meta({ description: 'null when no use of it is known' }),
    }),
    example: {
      name: 'Nightly export',
      unusedSince: '2026-08-24T12:00:00.000Z',
      lastUsedAt: '2026-08-24T12:00:00.000Z',
    },
  }),
  'apiKey.digestsChanged': event({
    when: 'What a key, a subscription key or a client key is verified by was changed, and no event says why: somebody wrote to the table past Keywright.',
    actors: ['system'],
    subjects: ['apiKey', 'subscription', 'api'],
    data: z.strictObject({
      secrets: strings.meta({
        description: 'Whose digest was added, replaced or removed: ids of secrets, slots, or `clientKey`',
      }),
      beside: z
        .string()
        .nullable()
        .meta({ description: 'Type of the event that came with the change without explaining it' }),
    }),
    example: { secrets: ['s1'], beside: null },
  }),
} as const satisfies Partial<Record<EventType, EventDefinition>>;
