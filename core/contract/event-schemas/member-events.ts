import * as z from 'zod';
import type { EventType } from '../events.ts';
import { type EventDefinition, event, time } from './definition.ts';
import { approval, changeOf } from './values.ts';

const role = z.enum(['admin', 'developer', 'auditor']);
const email = z.string().meta({ description: 'In lower case' });
const who = { email, role };
const choice = z.enum(['mail', 'off']);
const notifications = z.strictObject({
  approvals: choice,
  decisions: choice,
  expiring: choice,
  leaked: choice,
  newNetwork: choice,
});
const allMailed = { approvals: 'mail', decisions: 'mail', expiring: 'mail', leaked: 'mail' } as const;
const example = { email: 'grace@example.com', role: 'developer' } as const;

/** Who acts for a tenant because its admins said so, and who signed in. */
export const MEMBER_EVENTS = {
  'member.invited': event({
    when: 'Somebody was invited to act for a tenant.',
    actors: ['admin', 'developer'],
    subjects: ['invitation'],
    data: z.strictObject({ ...who, expiresAt: time, approval }),
    example: { ...example, expiresAt: '2026-11-29T12:00:00.000Z' },
  }),
  'member.invitationRevoked': event({
    when: 'An invitation that was not accepted was taken back.',
    actors: ['admin'],
    subjects: ['invitation'],
    data: z.strictObject(who),
    example,
  }),
  'member.joined': event({
    when: 'Who was invited accepted, or signed up, and acts for the tenant.',
    actors: ['developer', 'admin', 'auditor'],
    subjects: ['member'],
    data: z.strictObject({
      ...who,
      invitationId: z.string().optional().meta({ description: 'Absent for who signed up' }),
      invitedBy: z.string().meta({ description: 'Of a sign-up, who let it in' }),
      signUpId: z.string().optional().meta({ description: 'Of who signed up' }),
    }),
    example: { ...example, invitationId: 'inv_2qWe8rTy4uIo', invitedBy: 'person-3' },
  }),
  'member.roleChanged': event({
    when: 'A member’s role was changed.',
    actors: ['admin', 'system'],
    subjects: ['member'],
    data: z.strictObject({ email, ...changeOf({ role }), approval }),
    example: { email: 'grace@example.com', from: { role: 'developer' }, to: { role: 'admin' } },
  }),
  'member.removed': event({
    when: 'A member was removed, or has left: what the person could do by that is over at once.',
    actors: ['admin', 'developer', 'auditor'],
    subjects: ['member'],
    data: z.strictObject(who),
    example,
  }),
  'session.started': event({
    when: 'Somebody signed in by a browser.',
    actors: ['admin', 'developer', 'auditor'],
    subjects: ['session'],
    data: z.strictObject({
      secondFactor: z.boolean(),
      endsAt: time,
      userAgent: z.string().nullable().meta({ description: 'As the browser names itself' }),
    }),
    example: { secondFactor: true, endsAt: '2026-11-23T00:00:00.000Z', userAgent: 'Mozilla/5.0' },
  }),
  'session.ended': event({
    when: 'A session was ended before its time; one that is not used any more ends without an event.',
    actors: ['admin', 'developer', 'auditor', 'system'],
    subjects: ['session'],
    data: z.strictObject({
      sub: z.string().meta({ description: 'Whose it was' }),
      startedAt: time,
      reason: z.enum(['signedOut', 'endedByPerson', 'endedByAdmin', 'replaced', 'issuer']).meta({
        description: '`replaced` by a new sign-in in the same browser; `issuer`: who signs people in says no',
      }),
    }),
    example: { sub: 'person-7', startedAt: '2026-11-22T12:00:00.000Z', reason: 'signedOut' },
  }),
  'signUp.requested': event({
    when: 'Somebody without an invitation asked to act for a tenant, or joined the one of the address’s domain.',
    actors: ['developer', 'admin', 'auditor'],
    subjects: ['signUp'],
    data: z.strictObject({
      email,
      company: z.string().nullable(),
      use: z.string().nullable().meta({ description: 'What for, in the person’s words' }),
    }),
    example: { email: 'grace@example.com', company: 'Example', use: 'Payments in our shop' },
  }),
  'signUp.approved': event({
    when: 'Who had signed up was made a member of a tenant, by an admin or by the address’s domain.',
    actors: ['admin', 'developer', 'auditor'],
    subjects: ['signUp'],
    data: z.strictObject({ email, tenantId: z.string() }),
    example: { email: 'grace@example.com', tenantId: 'tenant_acme' },
  }),
  'signUp.rejected': event({
    when: 'A sign-up was refused; the person may ask again.',
    actors: ['admin'],
    subjects: ['signUp'],
    data: z.strictObject({ email, reason: z.string() }),
    example: { email: 'grace@example.com', reason: 'Use the address of your company' },
  }),
  'person.notificationsChanged': event({
    when: 'Somebody chose anew what to be told by mail.',
    actors: ['admin', 'developer', 'auditor'],
    subjects: ['person'],
    data: z.strictObject({ ...changeOf({ settings: notifications }) }),
    example: {
      from: { settings: { ...allMailed, newNetwork: 'mail' } },
      to: { settings: { ...allMailed, newNetwork: 'off' } },
    },
  }),
} as const satisfies Partial<Record<EventType, EventDefinition>>;
