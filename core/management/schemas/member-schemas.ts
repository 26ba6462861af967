import * as z from 'zod';
import { type Operation, ROUTES } from '../../contract/routes.ts';
import { personOf } from '../../domain/people/person.ts';
import type { Session } from '../../domain/people/session.ts';
import { EMAIL, type Invitation } from '../../domain/tenants/invitation.ts';
import type { Member } from '../../domain/tenants/team.ts';
import type { OperationSchema } from '../operation.ts';
import { waiting } from './approval-shape.ts';
import {
  address,
  environment,
  nameOf,
  pageOf,
  personId,
  rowOf,
  someOf,
  tenantId,
  tenantPath,
  timestamp,
  wholeList,
} from './fields.ts';
import { exactText, words } from './texts.ts';

/** OpenID Connect Core 1.0, section 2: at most 255 ASCII characters. */
export const SUB = /^[ -~]{1,255}$/;
const memberRole = z.enum(['admin', 'developer', 'auditor']).meta({ example: 'developer' });
/** In lower case, which is how addresses are compared. */
const email = z
  .string()
  .trim()
  .regex(EMAIL, 'expected an e-mail address, of ASCII characters')
  .toLowerCase()
  .meta({ format: 'email', maxLength: 254, pattern: undefined, example: 'grace@example.com' });
const invitationId = z
  .string()
  .regex(/^inv_[0-9A-Za-z]{12}$/, 'expected inv_ and 12 base62 characters')
  .meta({ example: 'inv_6yT4rE2wQ8uI' });
const sub = personId.regex(SUB, 'expected the sub of a member');
const invitationInput = z.strictObject({
  email,
  role: memberRole,
  note: words(200).optional().meta({ description: 'For whoever reads the list of invitations' }),
});

const memberShape = z
  .strictObject({
    sub,
    email: address,
    role: memberRole,
    joinedAt: timestamp,
    invitedBy: personId,
  })
  .meta({ id: 'Member' });
const invitationShape = z
  .strictObject({
    invitationId,
    email: address,
    role: memberRole,
    note: z.string().nullable(),
    createdAt: timestamp,
    createdBy: personId,
    createdByName: nameOf('who made it'),
    expiresAt: timestamp,
  })
  .meta({ id: 'Invitation' });
const sessionId = z
  .string()
  .regex(/^session_[0-9a-f]{64}$/, 'expected session_ and 64 hexadecimal digits')
  .meta({ example: 'session_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' });
const sessionShape = z
  .strictObject({
    sessionId,
    startedAt: timestamp,
    lastSeenAt: timestamp.meta({ description: 'To a minute' }),
    endsAt: timestamp.meta({
      description: 'When it ends, however it is used; unused for an hour it ends earlier',
    }),
    ip: z.string().nullable().meta({ description: 'From where it was started', example: '203.0.113.7' }),
    userAgent: z
      .string()
      .nullable()
      .meta({ description: 'As the browser names itself', example: 'Mozilla/5.0 (X11; Linux x86_64)' }),
    mfa: z.boolean().meta({ description: 'Whether the sign-in used a second factor' }),
    current: z.boolean().meta({ description: 'Whether this request came by it' }),
  })
  .meta({ id: 'Session' });
const INVITATION_TOKEN = 'q0NrTgvb2JtYhX5c1KzWm8LpRs7UdEy4FoAi6HnVx3Q';
export const invitationWithToken = z.strictObject({
  invitation: invitationShape,
  token: z.string().optional().meta({
    description:
      'For who was invited, to accept it with: shown this once. Absent where invitations are mailed, and in the answer to a repeat',
    example: INVITATION_TOKEN,
  }),
  link: z
    .string()
    .optional()
    .meta({
      description: 'The page of the portal that accepts it, to be sent; absent with the token',
      example: `https://keys.example.com/invitations#token=${INVITATION_TOKEN}`,
    }),
});
const invitationResult = z.strictObject({
  row: z.number().int().meta({ description: 'Its place in the request, from 0' }),
  result: z.enum(['invited', 'waiting', 'exists', 'invalid', 'refused', 'pending']),
  invitationId: invitationId.optional(),
  token: z.string().optional(),
  link: z.string().optional(),
  approvalId: z.string().optional().meta({ description: 'Of what waits for a second admin' }),
  param: z.string().optional().meta({ description: 'The field that is wrong' }),
  message: z.string().optional().meta({ description: 'Why not' }),
});
export type InvitationResult = z.output<typeof invitationResult>;

/** A member as people see one. */
export function presentMember({ tokenHash, ...shown }: Member): z.output<typeof memberShape> {
  return shown;
}

/** An invitation as people see one. */
export function presentInvitation({ tokenHash, ...shown }: Invitation): z.output<typeof invitationShape> {
  return { ...shown, createdByName: shown.createdByName ?? null };
}

/**
 * A session as people see one.
 * @param current the one that the request came by
 */
export function presentSession(session: Session, current: string | undefined): z.output<typeof sessionShape> {
  const { sessionId: id, claims, startedAt, lastSeenAt, endsAt, ip, userAgent } = session;
  const { mfa } = personOf(claims);
  return { sessionId: id, startedAt, lastSeenAt, endsAt, ip, userAgent, mfa, current: id === current };
}

export const invitationRow = invitationInput;

const operations = z.array(z.enum(ROUTES.map(({ operation }) => operation) as [Operation, ...Operation[]]));

const meShape = z
  .strictObject({
    sub: personId,
    email: z.string().nullable().meta({ example: 'grace@example.com' }),
    role: memberRole.nullable().meta({ description: 'By the access token; null where it names none' }),
    tenants: z
      .union([
        z.literal('*'),
        z.array(
          z.strictObject({
            tenantId,
            name: z.string(),
            role: memberRole.nullable(),
            sandboxOnly: z.boolean().meta({ description: 'Whether it may have nothing live' }),
          }),
        ),
      ])
      .meta({
        description: 'Those that you act for, by the token or as a member, and as what; `*` is all',
        example: [{ tenantId: 'tenant_acme', name: 'Acme', role: 'developer', sandboxOnly: false }],
      }),
    mfa: z.boolean().meta({ description: 'Whether the sign-in used a second factor' }),
    authTime: timestamp.nullable().meta({ description: 'When you were last asked to sign in' }),
    session: z
      .strictObject({
        sessionId,
        startedAt: timestamp,
        endsAt: timestamp,
        recent: z.boolean().meta({
          description: 'False where what shows or ends credentials wants you to confirm who you are first',
        }),
      })
      .optional()
      .meta({ description: 'Absent where you came by an access token' }),
    address: z.string().nullable().meta({
      description: 'From where this request came, as the audit log has it of changes',
      example: '203.0.113.7',
    }),
    can: operations.meta({
      description:
        'The operationIds that you may call, in some tenant or in the one that the query names; all others are 403 or 404',
      example: ['getMe', 'listKeys'],
    }),
    canWithSecondFactor: operations.meta({
      description: 'Those that you may call once you have signed in with a second factor',
      example: ['createSubscription'],
    }),
    vendor: z.string().meta({
      description: 'What keys begin with, before an underscore; empty for nothing',
      example: '',
    }),
    environments: z.array(environment).meta({ example: ['sandbox', 'live'] }),
    features: z.strictObject({
      fourEyes: z.boolean(),
      signUp: z.enum(['off', 'domains', 'request', 'open']),
      webhooks: z.boolean(),
    }),
  })
  .meta({ id: 'Me' });

const choice = z.enum(['mail', 'off']);
const notificationSettings = z.strictObject({
  approvals: choice.meta({ description: 'What waits for a decision of yours, at once' }),
  decisions: choice.meta({ description: 'What was decided on what you asked for, at once' }),
  expiring: choice.meta({
    description: 'Ends of keys 14 and 7 days ahead in the daily digest, the last day at once',
  }),
  leaked: choice.meta({ description: 'Keys that strangers hold, at once' }),
  newNetwork: choice.meta({ description: 'Keys that were used from a new network, in the daily digest' }),
});
const notificationsShape = notificationSettings
  .extend({
    available: z.boolean().meta({
      description: 'Whether this deployment sends mails; if not, everything is `off` and stays so',
    }),
    address: z.string().nullable().meta({
      description: 'Where mails go: the address that your issuer verified; null where it told none',
    }),
    stopped: z
      .strictObject({ reason: z.enum(['bounce', 'complaint']), at: timestamp })
      .nullable()
      .meta({ description: 'Why mails to you have stopped, and when; null where they have not' }),
  })
  .meta({ id: 'Notifications' });

export type Notifications = z.output<typeof notificationsShape>;

export type Me = z.output<typeof meShape>;

export const memberSchemas = {
  getMe: {
    summary: 'Read who you are and what you may do',
    query: z.strictObject({ tenantId: tenantId.optional() }),
    answers: { 200: meShape },
  },
  listMySessions: {
    summary: 'List where you are signed in, newest first',
    answers: { 200: pageOf(sessionShape) },
  },
  endMySession: {
    summary: 'End a session of yours: who has its cookie is let in no more',
    path: z.strictObject({ sessionId }),
    answers: { 204: null },
  },
  getNotifications: {
    summary: 'Read what you are told by mail',
    answers: { 200: notificationsShape },
  },
  putNotifications: {
    summary: 'Choose what you are told by mail; where mails to you had stopped, they begin again',
    body: notificationSettings,
    answers: { 200: notificationsShape },
  },
  listMembers: {
    summary: 'List a tenant’s members, by e-mail address',
    path: tenantPath,
    query: wholeList,
    answers: { 200: pageOf(memberShape) },
  },
  updateMember: {
    summary: 'Change a member’s role; the next request goes by it',
    path: tenantPath.extend({ sub }),
    body: someOf({ role: memberRole }),
    answers: { 200: memberShape, 202: waiting },
  },
  removeMember: {
    summary: 'Remove a member; what the person could do by that is over with the next request',
    path: tenantPath.extend({ sub }),
    answers: { 204: null },
  },
  listMemberSessions: {
    summary: 'List where a member is signed in, newest first',
    path: tenantPath.extend({ sub }),
    answers: { 200: pageOf(sessionShape) },
  },
  endMemberSession: {
    summary: 'End a session of a member’s: who has its cookie is let in no more',
    path: tenantPath.extend({ sub, sessionId }),
    answers: { 204: null },
  },
  leaveTenant: {
    summary: 'Leave a tenant that you are a member of; the last admin cannot',
    path: tenantPath,
    answers: { 204: null },
  },
  createInvitation: {
    summary:
      'Invite somebody by e-mail address, by a link that is good for seven days: mailed where mails are sent, and else shown this once',
    path: tenantPath,
    body: invitationInput,
    idempotent: true,
    answers: { 201: invitationWithToken, 202: waiting },
  },
  listInvitations: {
    summary: 'List a tenant’s open invitations, newest first',
    path: tenantPath,
    query: wholeList,
    answers: { 200: pageOf(invitationShape) },
  },
  importInvitations: {
    summary: 'Invite up to 50 people, with a result for each',
    path: tenantPath,
    body: z.strictObject({ rows: z.array(rowOf(invitationInput)).min(1).max(50) }),
    rows: 'rows',
    answers: { 200: z.strictObject({ results: z.array(invitationResult) }) },
  },
  deleteInvitation: {
    summary: 'Take an invitation back; its link is worth nothing from then on',
    path: tenantPath.extend({ invitationId }),
    answers: { 204: null },
  },
  acceptInvitation: {
    summary: 'Accept an invitation, with the verified e-mail address that it is for',
    body: z.strictObject({ token: exactText(200).meta({ example: INVITATION_TOKEN }) }),
    answers: { 200: z.strictObject({ tenantId, member: memberShape }) },
  },
} as const satisfies Record<string, OperationSchema>;
