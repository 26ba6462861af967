import * as z from 'zod';
import { ROLE_NAME, type Tenant, type TenantRole } from '../../domain/tenants/tenant.ts';
import type { OperationSchema } from '../operation.ts';
import { waiting } from './approval-shape.ts';
import {
  cursor,
  limit,
  name,
  pageOf,
  permissions,
  roleName,
  someOf,
  tenantId,
  tenantPath,
  timestamp,
  wholeList,
} from './fields.ts';
import { maybeWords } from './texts.ts';

const status = z.enum(['active', 'suspended']);
const keyPolicy = z
  .strictObject({
    maxLifetimeDays: z.int().min(1).max(3650).optional().meta({
      description: 'The longest time from when a key’s newest secret was made to when the key ends',
    }),
    expiryRequired: z.boolean().optional(),
    cidrRequired: z
      .boolean()
      .optional()
      .meta({ description: 'Whether secret keys have to be bound to networks' }),
    maxOverlapSeconds: z.int().min(0).max(2_592_000).optional().meta({
      description: 'The longest overlap of a rotation',
    }),
    rotateEveryDays: z.int().min(1).max(3650).optional().meta({
      description: 'A key whose newest secret is older is out of policy',
    }),
  })
  .meta({
    description: 'What new keys and rotations have to keep to; keys that are there are reported',
    example: { maxLifetimeDays: 365, expiryRequired: true, maxOverlapSeconds: 86_400 },
  });
const settings = z.strictObject({
  requireApproval: z
    .boolean()
    .meta({ description: 'Whether operations on live keys wait for a second admin’s approval' }),
  leakResponse: z
    .enum(['revoke', 'notify'])
    .meta({ description: 'What is to be done with a key that is reported as leaked' }),
});
const givenSettings = settings.partial().extend({
  keyPolicies: z
    .strictObject({ sandbox: keyPolicy.nullable().optional(), live: keyPolicy.nullable().optional() })
    .optional()
    .meta({ description: 'By environment; one that is given is replaced whole, null takes it away' }),
});
const shownSettings = settings.extend({
  keyPolicies: z
    .strictObject({ sandbox: keyPolicy.optional(), live: keyPolicy.optional() })
    .optional()
    .meta({ description: 'By environment; absent where nothing is asked of keys' }),
});

const TENANT_NAME = { example: 'Acme' };
const tenantName = z.string().meta(TENANT_NAME);
const tenantShape = z
  .strictObject({
    tenantId,
    name: tenantName,
    status,
    sandboxOnly: z.boolean().meta({ description: 'Whether it may have nothing live', example: false }),
    suspendedByOperator: z.literal(true).optional().meta({
      description: 'That whoever runs this suspended it: then nobody else resumes it',
    }),
    settings: shownSettings,
    createdAt: timestamp,
  })
  .meta({ id: 'Tenant' });
const roleShape = z
  .strictObject({
    role: z.string().meta({ example: 'reader' }),
    permissions: z.array(z.string()).meta({ example: ['orders:read'] }),
    description: z.string().meta({ example: 'What the shop needs' }),
  })
  .meta({ id: 'Role' });

/** A tenant as people see it. */
export function presentTenant(tenant: Tenant): z.output<typeof tenantShape> {
  return {
    tenantId: tenant.tenantId,
    name: tenant.name,
    status: tenant.status,
    sandboxOnly: tenant.sandboxOnly ?? false,
    ...(tenant.suspendedByOperator && { suspendedByOperator: true }),
    settings: tenant.settings,
    createdAt: tenant.createdAt,
  };
}

/** A role as people see it. */
export function presentRole(
  role: string,
  { permissions, description }: TenantRole,
): z.output<typeof roleShape> {
  return { role, permissions: [...permissions], description };
}

/** A role's name that fits no rule finds nothing; PUT says what is wrong with it. */
const rolePath = tenantPath.extend({ role: roleName });
const anyRolePath = tenantPath.extend({
  role: z.string().max(200).meta({ pattern: ROLE_NAME.source, maxLength: undefined, example: 'reader' }),
});

export const tenantSchemas = {
  createTenant: {
    summary: 'Create a tenant, with the roles reader and writer',
    body: z.strictObject({
      tenantId: tenantId.optional(),
      name: name.meta(TENANT_NAME),
      settings: givenSettings.optional(),
    }),
    idempotent: true,
    answers: { 201: tenantShape, 200: tenantShape.meta({ description: 'A repeat: the same tenant' }) },
  },
  listTenants: {
    summary: 'List the tenants that you act for, newest first',
    query: z.strictObject({ limit, cursor }),
    answers: { 200: pageOf(tenantShape) },
  },
  getTenant: { summary: 'Read a tenant', path: tenantPath, answers: { 200: tenantShape } },
  updateTenant: {
    summary: 'Rename, suspend or resume a tenant, change its settings, or let it go live',
    path: tenantPath,
    body: someOf({
      name: name.optional(),
      status: status.optional().meta({
        description:
          '`suspended` refuses all of its keys. Where that was said by somebody who acts for every tenant, nobody else says `active`',
      }),
      settings: givenSettings.optional(),
      sandboxOnly: z.literal(false).optional().meta({
        description:
          'Lets a tenant that came by signing up have what is live, for good; of people who act for every tenant alone',
      }),
    }),
    answers: { 200: tenantShape, 202: waiting },
  },
  listRoles: {
    summary: 'List a tenant’s roles, by name',
    path: tenantPath,
    query: wholeList,
    answers: { 200: pageOf(roleShape) },
  },
  getRole: { summary: 'Read a role', path: rolePath, answers: { 200: roleShape } },
  putRole: {
    summary: 'Create or replace a role; keys that have it follow within seconds',
    path: anyRolePath,
    body: z.strictObject({
      permissions,
      description: maybeWords(500).default('').meta({ example: 'What the shop needs' }),
      wakesKeys: z.boolean().optional().meta({
        description:
          'That keys which still have the name of a role that was taken away are meant to get this one. Without it the answer is 409 and says how many there are',
      }),
    }),
    answers: { 200: roleShape, 202: waiting },
  },
  deleteRole: {
    summary: 'Delete a role; keys that have it may do nothing until they get another',
    path: rolePath,
    answers: { 204: null, 202: waiting },
  },
} as const satisfies Record<string, OperationSchema>;
