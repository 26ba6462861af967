import * as z from 'zod';
import type { EventType } from '../events.ts';
import { type EventDefinition, event } from './definition.ts';
import { about, approval, changeOf, name, permissions } from './values.ts';

const keyPolicy = z.strictObject({
  maxLifetimeDays: z.int().optional(),
  expiryRequired: z.boolean().optional(),
  cidrRequired: z.boolean().optional(),
  maxOverlapSeconds: z.int().optional(),
  rotateEveryDays: z.int().optional(),
});
const settings = z.strictObject({
  requireApproval: z.boolean(),
  leakResponse: z.enum(['revoke', 'notify']),
  keyPolicies: z
    .strictObject({ sandbox: keyPolicy.optional(), live: keyPolicy.optional() })
    .optional()
    .meta({ description: 'Absent where nothing is asked of keys' }),
});
const sandboxOnly = z.literal(true).meta({ description: 'That it may have nothing live' });
const suspendedByOperator = z
  .literal(true)
  .meta({ description: 'That whoever runs this suspended it, and alone may resume it' });
const role = z.strictObject({ permissions, description: z.string() });
const tenantChange = z.strictObject({
  ...changeOf({
    name,
    status: z.enum(['active', 'suspended']),
    settings,
    sandboxOnly: sandboxOnly.nullable(),
    suspendedByOperator: suspendedByOperator.nullable(),
  }),
  approval,
});

const approvalData = z.strictObject({
  operation: z
    .enum([
      'createKey',
      'updateKey',
      'rotateKey',
      'endOverlap',
      'disableKey',
      'enableKey',
      'revokeKey',
      'createSubscription',
      'approveSubscription',
      'resumeSubscription',
      'cancelSubscription',
      'updateSubscription',
      'revealSubscriptionKeys',
      'regenerateSubscriptionKey',
      'updateTenant',
      'putRole',
      'deleteRole',
      'createInvitation',
      'updateMember',
      'putKeyRotation',
      'putSubscriptionRotation',
    ])
    .meta({ description: 'What is asked for, by its name in the OpenAPI document' }),
  subject: about.meta({ description: 'What the operation would change' }),
  requestedBy: z.string(),
});
const approvalExample = {
  operation: 'revokeKey',
  subject: { type: 'apiKey', id: 'key_8sK2mQ4vXz1b' },
  requestedBy: 'person-7',
} as const;

/** Tenants, their roles, and what waits for a second person on them. */
export const TENANT_EVENTS = {
  'tenant.created': event({
    when: 'A tenant was registered, or came by somebody’s signing up.',
    actors: ['admin', 'developer', 'auditor'],
    subjects: ['tenant'],
    data: z.strictObject({ name, settings, sandboxOnly: sandboxOnly.optional() }),
    example: { name: 'Acme', settings: { requireApproval: false, leakResponse: 'revoke' } },
  }),
  'tenant.updated': event({
    when: 'A tenant was renamed, its settings were changed, or it may go live from now on.',
    actors: ['admin'],
    subjects: ['tenant'],
    data: tenantChange,
    example: {
      from: { settings: { requireApproval: false, leakResponse: 'revoke' } },
      to: { settings: { requireApproval: true, leakResponse: 'revoke' } },
    },
  }),
  'tenant.suspended': event({
    when: 'A tenant was suspended: none of its keys is let in.',
    actors: ['admin'],
    subjects: ['tenant'],
    data: tenantChange,
    example: { from: { status: 'active' }, to: { status: 'suspended' } },
  }),
  'tenant.resumed': event({
    when: 'A suspended tenant was let in again.',
    actors: ['admin'],
    subjects: ['tenant'],
    data: tenantChange,
    example: { from: { status: 'suspended' }, to: { status: 'active' } },
  }),
  'role.changed': event({
    when: 'A role of a tenant was made or replaced.',
    actors: ['admin', 'principal'],
    subjects: ['role'],
    data: z.strictObject({
      from: role.nullable().meta({ description: 'null for a new role' }),
      to: role,
      wokenKeys: z.int().optional().meta({
        description:
          'How many keys still had the name of a role that was taken away, and have this one now; of very many at least so many',
      }),
      approval,
    }),
    example: {
      from: { permissions: ['orders:read'], description: 'Looks up orders' },
      to: { permissions: ['orders:*'], description: 'Looks up and changes orders' },
    },
  }),
  'role.deleted': event({
    when: 'A role of a tenant was deleted; keys that have it may do nothing.',
    actors: ['admin', 'principal'],
    subjects: ['role'],
    data: z.strictObject({ from: role, approval }),
    example: { from: { permissions: ['orders:read'], description: 'Looks up orders' } },
  }),
  'approval.requested': event({
    when: 'An operation was asked for that waits for a second person.',
    actors: ['admin', 'developer'],
    subjects: ['approval'],
    data: approvalData,
    example: approvalExample,
  }),
  'approval.approved': event({
    when: 'A second person approved it. What shows no secret is carried out now, with an event of its own.',
    actors: ['admin'],
    subjects: ['approval'],
    data: approvalData,
    example: approvalExample,
  }),
  'approval.claimed': event({
    when: 'Who had asked for what shows a secret called for it; it is carried out now, with an event of its own.',
    actors: ['admin', 'developer'],
    subjects: ['approval'],
    data: approvalData,
    example: { ...approvalExample, operation: 'rotateKey' },
  }),
  'approval.rejected': event({
    when: 'A second person refused it.',
    actors: ['admin'],
    subjects: ['approval'],
    data: approvalData.extend({ reason: z.string().nullable() }),
    example: { ...approvalExample, reason: 'The orders team needs it until Friday' },
  }),
  'approval.withdrawn': event({
    when: 'Whoever asked for it took it back.',
    actors: ['admin', 'developer'],
    subjects: ['approval'],
    data: approvalData.extend({ reason: z.string().nullable() }),
    example: { ...approvalExample, reason: null },
  }),
  'approval.lapsed': event({
    when: 'Nobody decided on it, or claimed it, in time.',
    actors: ['system'],
    subjects: ['approval'],
    data: approvalData,
    example: approvalExample,
  }),
  'approval.failed': event({
    when: 'It was approved, and can’t be carried out any more: what it was to change is not as it was.',
    actors: ['system'],
    subjects: ['approval'],
    data: approvalData.extend({ reason: z.string() }),
    example: { ...approvalExample, reason: 'The key is expired, which is final; create another' },
  }),
} as const satisfies Partial<Record<EventType, EventDefinition>>;
