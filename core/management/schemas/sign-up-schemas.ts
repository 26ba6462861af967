import * as z from 'zod';
import { type SignUp, shownState } from '../../domain/people/sign-up.ts';
import type { OperationSchema } from '../operation.ts';
import { address, cursor, limit, name, pageOf, remark, tenantId, timestamp } from './fields.ts';

const signUpId = z
  .string()
  .regex(/^signup_[0-9A-Za-z]{12}$/, 'expected signup_ and 12 base62 characters')
  .meta({ example: 'signup_3kJ5hG7fD9sA' });
const state = z.enum(['pending', 'approved', 'rejected']);
const signUpPath = z.object({ signUpId });

const signUpShape = z
  .strictObject({
    signUpId,
    email: address.meta({ description: 'Verified by the issuer' }),
    company: z.string().nullable().meta({ example: 'Acme' }),
    use: z
      .string()
      .nullable()
      .meta({ description: 'What for, in the person’s words', example: 'The checkout of the web shop' }),
    state,
    createdAt: timestamp.meta({ description: 'When the person asked first' }),
    requestedAt: timestamp.meta({ description: 'When the person asked last' }),
    decidedAt: timestamp.nullable(),
    decidedBy: z.string().nullable(),
    reason: z.string().nullable().meta({ description: 'Why it was rejected' }),
    tenantId: z.string().nullable().meta({
      description: 'Of which the person was made a member, or is to be by an approval that was cut off',
    }),
  })
  .meta({ id: 'SignUp' });

/** A sign-up as people see one. */
export function presentSignUp(signUp: SignUp): z.output<typeof signUpShape> {
  const { sub, revision, joinedTenantId, joinedAt, ...shown } = signUp;
  const undecided = { decidedAt: null, decidedBy: null, reason: null };
  return { ...undecided, ...shown, state: shownState(signUp), tenantId: joinedTenantId ?? null };
}

export const signUpSchemas = {
  createSignUp: {
    summary:
      'Sign up without an invitation, with a verified e-mail address: joins the tenant of its domain, asks an admin, or gets a tenant of one’s own for the sandbox, by configuration',
    body: z.strictObject({
      company: name.optional().meta({
        description: 'Required where an admin is asked; otherwise what a tenant of one’s own is called',
        example: 'Acme',
      }),
      use: remark.optional().meta({
        description: 'What for; required where an admin is asked, and only then kept',
        example: 'The checkout of the web shop',
      }),
    }),
    answers: {
      201: signUpShape,
      200: signUpShape.meta({ description: 'You are in already: the same sign-up' }),
    },
  },
  listSignUps: {
    summary: 'List sign-ups, those last who asked first; your own alone unless you act for every tenant',
    query: z.strictObject({ state: state.optional(), limit, cursor }),
    answers: { 200: pageOf(signUpShape) },
  },
  approveSignUp: {
    summary: 'Make a member of who signed up, of a tenant that there is, or of a new one',
    path: signUpPath,
    body: z.strictObject({
      tenantId,
      newTenantName: name
        .optional()
        .meta({ description: 'Makes the tenant, under this name, if there is none', example: 'Acme' }),
      role: z.enum(['developer', 'auditor']).default('developer'),
    }),
    answers: { 200: signUpShape },
  },
  rejectSignUp: {
    summary: 'Reject a sign-up; the person is told why, and may ask again',
    path: signUpPath,
    body: z.strictObject({ reason: remark }),
    answers: { 200: signUpShape },
  },
} as const satisfies Record<string, OperationSchema>;
