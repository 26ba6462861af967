import * as z from 'zod';
import { EVENT_SOURCE } from '../deployment.ts';
import { type Actor, type AuditEvent, EVENT_TYPES, type EventType, type SubjectType } from '../events.ts';
import { API_KEY_EVENTS } from './api-key-events.ts';
import { CATALOGUE_EVENTS } from './catalogue-events.ts';
import { type EventDefinition, eventEnvelope, strictSchema } from './definition.ts';
import { FINDING_EVENTS } from './finding-events.ts';
import { MEMBER_EVENTS } from './member-events.ts';
import { SUBSCRIPTION_EVENTS } from './subscription-events.ts';
import { TENANT_EVENTS } from './tenant-events.ts';

/**
 * The one definition of every event: tests hold what is emitted to it, EventBridge's registry and
 * docs/use/events.md are made from it.
 */
export const EVENTS: Readonly<Record<EventType, EventDefinition>> = {
  ...API_KEY_EVENTS,
  ...SUBSCRIPTION_EVENTS,
  ...TENANT_EVENTS,
  ...MEMBER_EVENTS,
  ...CATALOGUE_EVENTS,
  ...FINDING_EVENTS,
};

const STRICT = new Map(EVENT_TYPES.map((type) => [type, strictSchema(type, EVENTS[type])]));

/** What keeps an event from being one of its type: where and what, a line each; none for a good one. */
export function problemsOf(event: unknown): string[] {
  const type = (event as { type?: EventType } | null)?.type;
  const schema = type === undefined ? undefined : STRICT.get(type);
  if (schema === undefined) return [`type: ${type} is no type of event`];
  const parsed = schema.safeParse(event);
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const ACTORS: Readonly<Record<Actor['type'], Actor>> = {
  admin: { type: 'admin', id: 'person-3', ip: '198.51.100.7' },
  developer: { type: 'developer', id: 'person-7', ip: '198.51.100.9' },
  auditor: { type: 'auditor', id: 'person-5', ip: '198.51.100.8' },
  apiKey: { type: 'apiKey', id: 'key_8sK2mQ4vXz1b', ip: '203.0.113.77' },
  principal: {
    type: 'principal',
    id: 'arn:aws:sts::111122223333:assumed-role/OnCall/jane',
    ip: '198.51.100.7',
  },
  system: { type: 'system', id: 'keywright' },
};

const SUBJECTS: Readonly<Record<SubjectType, string>> = {
  apiKey: 'key_8sK2mQ4vXz1b',
  subscription: 'sub_4dLw7nYq2RtE',
  role: 'reader',
  tenant: 'tenant_acme',
  team: 'team_acme',
  member: 'person-7',
  invitation: 'inv_2qWe8rTy4uIo',
  session: 'session_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  person: 'person-7',
  signUp: 'signup_2qWe8rTy4uIo',
  api: 'api_Payments0001',
  product: 'prod_Payments0000',
  approval: 'apr_4kYtQm2ZpX8c',
  network: '203.0.113.0/24',
  alert: 'alert_1bHf6jCv9xLm',
};

/** An event of a type as a consumer of the bus sees it in `detail`. */
export function exampleOf(type: EventType): AuditEvent {
  const { actors, subjects, example } = EVENTS[type];
  const [subject] = subjects;
  const ofNoTenant = ['api', 'product', 'network', 'session', 'person', 'signUp'].includes(subject);
  return {
    id: '01a20320-a200-7c3e-9d54-2f8a6b1e0d47',
    version: 1,
    type,
    time: '2026-11-22T12:00:00.000Z',
    tenantId: ofNoTenant ? null : 'tenant_acme',
    actor: ACTORS[actors[0]],
    subject: { type: subject, id: SUBJECTS[subject] },
    data: example,
    requestId: 'f1c5f7a0-1b7e-4a53-9f0e-3a9d3c0f5b11',
  };
}

/** As much of JSON Schema (draft 4) as is used here. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
}

/**
 * The JSON Schema of a type's events, as they are in `detail`. Fields that it does not name are allowed, since
 * a later version of Keywright may add some; none that it names will be taken away or change its type.
 */
export function detailSchema(type: EventType): JsonSchema {
  const schema = STRICT.get(type);
  if (schema === undefined) throw new Error(`${type} has no schema`);
  return jsonSchemaOf(schema);
}

/** The JSON Schema of what all events have in common. */
export function envelopeSchema(): JsonSchema {
  return jsonSchemaOf(eventEnvelope);
}

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-4',
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      // The format says it, in fewer characters.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      // Of what JavaScript counts exactly, which says nothing of the field.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return rest as JsonSchema;
}

/**
 * The JSON Schema of a type's events as EventBridge delivers them, in the form of the schemas that AWS
 * registers of its own events.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-schema.html
 */
export function deliveredSchema(type: EventType): JsonSchema {
  const text = { type: 'string' };
  const properties = {
    version: text,
    id: text,
    'detail-type': { type: 'string', enum: [type] },
    source: { type: 'string', enum: [EVENT_SOURCE] },
    account: text,
    time: { type: 'string', format: 'date-time' },
    region: text,
    resources: { type: 'array', items: text },
    detail: detailSchema(type),
  };
  const schema = {
    $schema: 'http://json-schema.org/draft-04/schema#',
    title: type,
    description: EVENTS[type].when,
    'x-amazon-events-source': EVENT_SOURCE,
    'x-amazon-events-detail-type': type,
    type: 'object',
    required: Object.keys(properties),
    properties,
  };
  return schema;
}
