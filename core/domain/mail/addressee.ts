import { createHash } from 'node:crypto';
import type { Role } from '../../contract/management-route.ts';
import { auditEvent, type Change, type ChangeContext, changedFields } from '../audit/audit-event.ts';
import type { Person } from '../people/person.ts';
import { EMAIL } from '../tenants/invitation.ts';
import type { Team } from '../tenants/team.ts';
import type { Notice } from './notice.ts';
import { type NotificationSettings, settingsIn } from './notification-settings.ts';

/** A person as far as mails need to know: one item. It grants nothing. */
export interface Addressee {
  readonly sub: string;
  /** Verified by the issuer, in lower case; null for who has shown none. */
  readonly email: string | null;
  /** By the access token that was last seen, as the next; a member's role stands in the team. */
  readonly role: Role | null;
  readonly tenants: '*' | readonly string[];
  /** ISO 8601 UTC. */
  readonly seenAt: string;
  readonly settings?: NotificationSettings;
  /** When the person last chose: bounces and complaints from before that are forgiven. */
  readonly chosenAt?: string;
  /** How often the settings were changed. */
  readonly revision: number;
}

/** Who is to get a mail. */
export interface Recipient {
  readonly sub: string;
  readonly email: string;
  readonly chosenAt: string | undefined;
}

/**
 * For how long it is believed what a token has said: nobody tells Keywright that an issuer's account was closed. A
 * membership is read as it is now, whenever it was given.
 */
const BELIEVED_MILLISECONDS = 30 * 86_400_000;
/** An unchanged person is noted again after this long. */
const NOTED_MILLISECONDS = 86_400_000;

/** What is to be noted of a person who calls. An address that nobody verified may be somebody else's, so it is none. */
export function noted(person: Person, now: Date): Omit<Addressee, 'settings' | 'chosenAt' | 'revision'> {
  const { sub, email, emailVerified, role, tenants } = person;
  const own = emailVerified && email !== undefined && EMAIL.test(email) ? email.toLowerCase() : null;
  return { sub, email: own, role: role ?? null, tenants, seenAt: now.toISOString() };
}

/**
 * What a person chose. Undefined when that is so already.
 * @param isStopped whether mails to the person have stopped: choosing anew lets them begin again
 */
export function choose(
  addressee: Addressee,
  settings: NotificationSettings,
  context: ChangeContext,
  isStopped: boolean,
): Change<Addressee> | undefined {
  const before = { settings: settingsIn(addressee.settings) };
  const changed = changedFields(before, { settings }, ['settings']);
  if (changed === undefined && !isStopped) return undefined;
  const { sub, revision } = addressee;
  return {
    state: { ...addressee, settings, chosenAt: context.now.toISOString(), revision: revision + 1 },
    event: auditEvent(context, {
      type: 'person.notificationsChanged',
      tenantId: null,
      subject: { type: 'person', id: sub },
      data: { from: before, to: { settings } },
    }),
  };
}

/** Whether a person would be noted as the person is noted already. */
export function isNoted(person: Person, known: Addressee | undefined, now: Date): boolean {
  if (known === undefined) return false;
  const { seenAt, ...fresh } = noted(person, now);
  const same = (['email', 'role'] as const).every((field) => fresh[field] === known[field]);
  return (
    same &&
    String(fresh.tenants) === String(known.tenants) &&
    Date.parse(seenAt) - Date.parse(known.seenAt) < NOTED_MILLISECONDS
  );
}

/**
 * Who is told of a notice, each once: admins and those whom it concerns, as far as they act for its tenant now, have
 * an address, and didn't say that they want no such mail.
 * @param team of the notice's tenant; undefined where it has none
 * @param known people by their tokens, and what is known of the team's members
 */
export function recipientsOf(
  notice: Notice,
  team: Pick<Team, 'members'> | undefined,
  known: readonly Addressee[],
  now: Date,
): readonly Recipient[] {
  const bySub = new Map(known.map((addressee) => [addressee.sub, addressee]));
  const emails = new Map<string, string>();
  const isMeant = (sub: string, role: Role | null) =>
    sub !== notice.except && ((notice.admins && role === 'admin') || notice.people.includes(sub));
  for (const { sub, email, role } of team?.members ?? []) {
    // What the issuer verified last is newer than what was invited.
    if (isMeant(sub, role)) emails.set(sub, bySub.get(sub)?.email ?? email);
  }
  for (const { sub, email, role, tenants, seenAt } of known) {
    const acts = tenants === '*' || (notice.tenantId !== null && tenants.includes(notice.tenantId));
    const isBelieved = now.getTime() - Date.parse(seenAt) < BELIEVED_MILLISECONDS;
    if (role !== null && acts && isBelieved && email !== null && isMeant(sub, role)) emails.set(sub, email);
  }
  return [...emails].flatMap(([sub, email]) => {
    const { settings, chosenAt } = bySub.get(sub) ?? {};
    return settingsIn(settings)[notice.kind] === 'mail' ? [{ sub, email, chosenAt }] : [];
  });
}

/** What stands for an address where it is only to be found again. */
export function addressHash(email: string): string {
  return createHash('sha256').update(email.toLowerCase()).digest('hex');
}
