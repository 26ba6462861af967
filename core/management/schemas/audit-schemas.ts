import * as z from 'zod';
import { eventEnvelope } from '../../contract/event-schemas/definition.ts';
import { type AuditEvent, EVENT_TYPES } from '../../contract/events.ts';
import { includesType } from '../../domain/audit/audit-filter.ts';
import type { OperationSchema } from '../operation.ts';
import { cursor, limit, pageOf, tenantId, timestamp, wholeNumber } from './fields.ts';
import { rangeFields } from './range.ts';

const recordShape = eventEnvelope
  .extend({ actor: eventEnvelope.shape.actor.extend({ ip: z.string().nullable() }) })
  .meta({
    id: 'AuditRecord',
    example: {
      ...{ id: '019aa1f4-8c00-7d3a-9b4e-2f6c8a1b3d5e', version: 1, type: 'apiKey.revoked' },
      ...{ time: '2026-11-22T12:00:00.000Z', tenantId: 'tenant_acme' },
      actor: {
        ...{ type: 'admin', id: '5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f' },
        ...{ ip: '203.0.113.7', name: 'grace@example.com' },
      },
      subject: { type: 'apiKey', id: 'key_8sK2mQ4vXz1b' },
      data: { reason: 'Not used any more' },
      ...{ requestId: 'JKJaXmPLvHcESHA=', revision: 4 },
    },
  });

/**
 * An audit event as people see it.
 * @param isForeign true where the reader is not told from where others act
 */
export function presentRecord(event: AuditEvent, isForeign = false) {
  return { ...event, actor: { ...event.actor, ip: (isForeign ? undefined : event.actor.ip) ?? null } };
}

const MOST_TYPES = 20;

/** One type or several, with commas between; API Gateway joins repeated parameters so. */
const types = z
  .string()
  .max(1000)
  .transform((text) => text.split(','))
  .refine((all) => all.length <= MOST_TYPES, `expected at most ${MOST_TYPES} types`)
  .refine(
    (all) => all.every((each) => EVENT_TYPES.some((type) => includesType(each, type))),
    'expected types of events, or areas such as apiKey.*, with commas between them',
  )
  .meta({
    description: 'One or several with commas between; `apiKey.*` is all that begin so',
    example: 'apiKey.*,subscription.approved',
  });

const filter = z.strictObject({
  tenantId: tenantId.optional(),
  type: types.optional(),
  actor: z
    .string()
    .max(254)
    .optional()
    .meta({ description: 'Who did it: an id, or a person’s e-mail address at that time' }),
  subject: z.string().max(200).optional().meta({ description: 'The id of what it was done to' }),
  ...rangeFields({
    from: 'by default 30 days before to',
    to: 'by default now. Of all tenants’ records at most 400 days after from',
  }),
  cursor,
});

const after = z.string().max(1000).optional().meta({
  description:
    'For a tail: the time to begin at, then each answer’s nextCursor, which is never null then. Oldest first, and what is of the last minute comes again: drop repeats by `id`. Goes without from, to and cursor',
  example: '2026-11-22T12:00:00.000Z',
});

const upToDate = z
  .boolean()
  .optional()
  .meta({ description: 'Of a tail: whether there is nothing more now. If there is, ask again at once' });

const HEAD = /^([1-9][0-9]{0,15}):([0-9a-f]{64})$/;
const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ example: 'd3e7b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8' });
const head = z.strictObject({ seq: z.int().meta({ example: 28 }), hash: sha256 });

const missingRevisions = z
  .array(
    z.strictObject({
      item: z.string().meta({ description: 'Its id' }),
      revision: z.int().meta({ description: 'Which of its changes it was' }),
      message: z.string(),
    }),
  )
  .meta({ example: [] });

const verificationShape = z
  .strictObject({
    tenantId: z.string().nullable().meta({ example: 'tenant_acme' }),
    checked: z.int().meta({ description: 'How many numbers of the chain this part looked at', example: 28 }),
    tampering: z
      .array(
        z.strictObject({
          kind: z.enum(['changed', 'missing', 'inserted', 'reordered', 'cutOff', 'forgedHead']),
          seq: z.int().nullable(),
          eventId: z.string().nullable(),
          message: z.string(),
        }),
      )
      .meta({ example: [] }),
    unproven: z.int().nullable().meta({
      description: 'How many of the newest records no head covers: told once, where the chain ends',
    }),
    missing: missingRevisions.meta({
      description: 'Changes of items of which the log has no event; empty unless complete was asked for',
    }),
    underWay: missingRevisions.meta({
      description: 'The same, so young that their events may be on their way',
    }),
    head: head.nullable().meta({
      description: 'The last record that was looked at',
      example: { seq: 28, hash: 'd3e7b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8' },
    }),
    anchors: z
      .strictObject({
        place: z.string().meta({
          description: 'The log group that signed heads are kept in',
          example: '/keywright/audit-heads',
        }),
        state: z.enum(['read', 'none', 'unreadable']).meta({
          description: 'Unless they were read, nothing proves that the newest records were not cut off',
        }),
        reason: z.string().nullable().meta({ description: 'Why they could not be read' }),
        count: z.int().meta({ description: 'How many heads the chain was held against' }),
        newest: head.extend({ signedAt: timestamp }).nullable(),
      })
      .meta({ description: 'The signed heads that were used, beside one that was given' }),
    lock: z
      .strictObject({
        state: z.enum(['intact', 'changed', 'missing', 'unreadable']),
        differences: z.array(z.string()).meta({ description: 'What is wrong with it, a sentence each' }),
      })
      .nullable()
      .meta({
        description:
          'Whether the audit table has the policy that lets nobody change a record; told by the first part',
      }),
    nextCursor: z.string().nullable().meta({ description: 'null once the whole chain was looked at' }),
  })
  .meta({ id: 'AuditVerification' });

const linkShape = z.strictObject({
  version: z.union([z.literal(1), z.literal(2)]),
  seq: z.int(),
  hash: sha256,
  previous: sha256.nullable(),
  record: z.string().meta({ description: 'Time and id of the event' }),
  expires: z.int().nullable().meta({ description: 'When the record may be gone, in seconds since 1970' }),
  event: z.string().meta({ description: 'Digest of the event’s canonical JSON; empty in version 1' }),
});

const chainShape = z
  .strictObject({
    tenantId: z.string().nullable(),
    items: z.array(
      z.strictObject({
        seq: z.int().nullable().meta({ description: 'null for what stands at no number' }),
        link: linkShape.nullable().meta({ description: 'null where what stands there is no link' }),
        record: z
          .strictObject({
            event: z.record(z.string(), z.unknown()).meta({
              description: 'As it is kept, whatever was done to it; the digest is of this',
            }),
            seq: z.int(),
            isWhole: z.boolean().meta({
              description: 'Whether key, day, number and end of the record are as its link says',
            }),
          })
          .nullable()
          .meta({ description: 'null where it is gone' }),
      }),
    ),
    next: z.int().nullable().meta({ description: 'What to ask for as `after`; null at the end' }),
  })
  .meta({ id: 'AuditChain', description: 'A part of a chain, oldest first, for whoever checks it alone' });

export const auditSchemas = {
  listAudit: {
    summary: 'Read the audit log, newest first, or with `after` as a tail, oldest first',
    query: filter.extend({ limit, after }),
    answers: { 200: pageOf(recordShape).extend({ upToDate }) },
  },
  exportAudit: {
    summary: 'Read the audit log as lines of JSON, newest first; a Link header leads to the next part',
    query: filter,
    answers: { 200: recordShape },
    mediaType: 'application/x-ndjson',
  },
  getAuditChain: {
    summary: 'Read the chain of a tenant’s audit records, or of those of no tenant, to check it oneself',
    query: z.strictObject({
      tenantId: tenantId.optional(),
      after: wholeNumber(0, 999_999_999)
        .optional()
        .meta({ description: 'The number of the last record that is known; by default from the first on' }),
    }),
    answers: { 200: chainShape },
  },
  verifyAudit: {
    summary: 'Check that the audit log of a tenant, or of no tenant, is as it was written, part by part',
    query: z.strictObject({
      tenantId: tenantId.optional(),
      head: z
        .string()
        .regex(HEAD, 'expected a number, a colon and 64 hexadecimal digits')
        .transform((text) => ({ seq: Number(text.split(':')[0]), hash: text.split(':')[1] ?? '' }))
        .optional()
        .meta({
          description:
            'A head that you noted: nothing may be missing or different up to it. Signed ones are found',
        }),
      complete: z
        .enum(['true', 'false'])
        .transform((text) => text === 'true')
        .optional()
        .meta({ description: 'Whether to look, too, for changes of items of which the log has no event' }),
      cursor: z.string().max(4000).optional().meta({ description: 'nextCursor of the part before' }),
    }),
    answers: { 200: verificationShape },
  },
} as const satisfies Record<string, OperationSchema>;
