import * as z from 'zod';
import { type Operation, ROUTES } from '../../contract/routes.ts';
import type { OperationSchema } from '../operation.ts';
import { environment, tenantId, timestamp } from './fields.ts';

export const memberRole = z.enum(['admin', 'developer', 'auditor']);
const operations = z.array(z.enum(ROUTES.map(({ operation }) => operation) as [Operation, ...Operation[]]));

const meShape = z
  .strictObject({
    sub: z.string(),
    email: z.string().nullable(),
    role: memberRole.nullable().meta({ description: 'By the access token; null where it names none' }),
    tenants: z
      .union([
        z.literal('*'),
        z.array(z.strictObject({ tenantId, name: z.string(), role: memberRole.nullable() })),
      ])
      .meta({ description: 'Those that you act for, by the token or as a member, and as what; `*` is all' }),
    mfa: z.boolean().meta({ description: 'Whether the sign-in used a second factor' }),
    authTime: timestamp.nullable().meta({ description: 'When you were last asked to sign in' }),
    can: operations.meta({
      description:
        'The operationIds that you may call, in some tenant or in the one that the query names; all others are 403 or 404',
    }),
    canWithSecondFactor: operations.meta({
      description: 'Those that you may call once you have signed in with a second factor',
    }),
    vendor: z.string().meta({ description: 'What keys begin with, before an underscore; empty for nothing' }),
    environments: z.array(environment),
    features: z.strictObject({
      fourEyes: z.boolean(),
      signUp: z.enum(['off']),
      webhooks: z.boolean(),
    }),
  })
  .meta({ id: 'Me' });

export type Me = z.output<typeof meShape>;

export const memberSchemas = {
  getMe: {
    summary: 'Read who you are and what you may do',
    query: z.strictObject({ tenantId: tenantId.optional() }),
    answers: { 200: meShape },
  },
} as const satisfies Record<string, OperationSchema>;
