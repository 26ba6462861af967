import * as z from 'zod';
import { type Actor, EVENT_TYPES, type EventType, SUBJECT_TYPES, type SubjectType } from '../events.ts';

/** What is promised of the events of one type, beside the envelope that all have in common. */
export interface EventDefinition {
  /** When it is emitted, in a sentence. */
  readonly when: string;
  /** Who can have caused it; the example has the first. */
  readonly actors: readonly [Actor['type'], ...Actor['type'][]];
  /** What it can be about; the example has the first. */
  readonly subjects: readonly [SubjectType, ...SubjectType[]];
  /** Every field that `data` can have. */
  readonly data: z.ZodObject;
  /** Of `data`. */
  readonly example: Readonly<Record<string, unknown>>;
}

/** A definition whose example is checked against its data by the compiler. */
export function event<Data extends z.ZodObject>(
  definition: EventDefinition & { readonly data: Data; readonly example: z.input<Data> },
): EventDefinition {
  return definition;
}

/** ISO 8601 UTC with milliseconds. */
export const time = z.iso.datetime({ precision: 3 });

/** An AuditEvent, and nothing beside it. */
export const eventEnvelope = z.strictObject({
  id: z.uuidv7().meta({ description: 'Unique, and sorts by time; a repeated delivery has the same' }),
  version: z.literal(1).meta({ description: 'Of this shape' }),
  type: z.enum(EVENT_TYPES).meta({ description: 'One of those below; `detail-type` says it too' }),
  time: time.meta({ description: 'When it happened, UTC' }),
  tenantId: z.string().nullable().meta({ description: 'null for what belongs to no tenant' }),
  actor: z.strictObject({
    type: z.enum(['admin', 'developer', 'auditor', 'apiKey', 'principal', 'system']),
    id: z.string().min(1).meta({
      description:
        'Of a person the token’s `sub`, of a key its id, of a principal of AWS its ARN, of Keywright itself `keywright`',
    }),
    ip: z.string().optional().meta({ description: 'Absent where nobody’s request caused it' }),
    name: z.string().optional().meta({
      description: 'Of a person the e-mail address at that time, where the token tells it',
    }),
  }),
  subject: z.strictObject({ type: z.enum(SUBJECT_TYPES), id: z.string().min(1) }),
  data: z.record(z.string(), z.unknown()),
  requestId: z.string().min(1).meta({ description: 'Of the request or invocation that caused it' }),
  revision: z.int().optional().meta({
    description:
      'Which change of its item it is, from 1 without a gap: of its subject, of a role’s tenant, of a member’s or invitation’s team, of a finding’s alert. Absent where use of a key caused it',
  }),
  late: z.literal(true).optional().meta({
    description: 'Present when it was set aside first: later ones of its item may have come before it',
  }),
});

/** The tenant that an event about such a subject names. */
const TENANTS: Readonly<Record<SubjectType, 'one' | 'none' | 'either'>> = {
  apiKey: 'one',
  subscription: 'one',
  role: 'one',
  tenant: 'one',
  team: 'one',
  member: 'one',
  invitation: 'one',
  session: 'none',
  person: 'none',
  signUp: 'none',
  approval: 'one',
  api: 'none',
  product: 'none',
  network: 'none',
  alert: 'either',
};

/** A whole event of one type, to the last field: what is emitted is held to it by the tests. */
export function strictSchema(type: EventType, { actors, subjects, data }: EventDefinition) {
  return eventEnvelope.extend({
    type: z.literal(type),
    tenantId: tenantOf(subjects),
    actor: eventEnvelope.shape.actor.extend({ type: z.enum(actors) }),
    subject: eventEnvelope.shape.subject.extend({ type: z.enum(subjects) }),
    data,
  });
}

function tenantOf(subjects: readonly SubjectType[]) {
  const kinds = new Set(subjects.map((subject) => TENANTS[subject]));
  if (kinds.size === 1 && kinds.has('one')) return z.string();
  return kinds.size === 1 && kinds.has('none') ? z.null() : z.string().nullable();
}
