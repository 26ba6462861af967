import type { AuditEvent, EventType } from '../../contract/events.ts';
import { auditEvent, type Change, type ChangeContext } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import { idOfParts } from '../ground/idempotency.ts';

export const FINDING_KINDS = [
  'networkAuthFailures',
  'keyAuthFailures',
  'clientErrors',
  'rateLimitExceeded',
  'requestSpike',
  'newCountry',
  'impossibleTravel',
  'oldSecretInUse',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** What a finding rests on. Public ids, addresses' networks and counts; never a key. Lists are bounded. */
export interface Evidence {
  /** ISO 8601 UTC: what was looked at. */
  readonly window: { readonly from: string; readonly to: string };
  /** What was counted in it when the threshold was reached: requests, failures, or minutes between two places. */
  readonly measured: number;
  readonly threshold: number;
  /** What the key usually comes to; null where the rule knows no usual. */
  readonly usual: number | null;
  /** Parts of what was measured: by status, by cause, or by country. */
  readonly counts: Readonly<Record<string, number>>;
  readonly networks: readonly string[];
  readonly countries: readonly string[];
  /** Keys that were named, whoever named them. */
  readonly keyIds: readonly string[];
  readonly requestIds: readonly string[];
}

/** Something in the traffic that a person should look at. */
export interface Finding {
  readonly kind: FindingKind;
  /** Null for what concerns no one tenant. */
  readonly tenantId: string | null;
  readonly subject: { readonly type: 'apiKey' | 'subscription' | 'network'; readonly id: string };
  /**
   * With topic and subject what makes two findings one and the same. It ends in the first UTC hour of an
   * episode, `yyyy-mm-ddThh`; of a country that is new to a key in the day, as long as nobody has seen to it.
   */
  readonly occurrence: string;
  readonly evidence: Evidence;
}

/** A finding as it is stored: one item. */
export interface Alert extends Finding {
  /** `alert_` + 12 base62, which follow from what was found. */
  readonly alertId: string;
  readonly state: 'open' | 'acknowledged';
  readonly foundAt: string;
  readonly acknowledgedBy?: string;
  readonly acknowledgedAt?: string;
  readonly note?: string;
  /** Who is to look at it: a person's `sub` or e-mail address, as whoever assigned it wrote it. */
  readonly assignedTo?: string;
  /** ISO 8601 UTC: until then nobody need look at it. */
  readonly snoozedUntil?: string;
  readonly revision: number;
}

/** What each kind is announced by, and what can be done about it. Kinds of one topic are not found twice. */
const KINDS: Readonly<
  Record<FindingKind, { readonly event: EventType; readonly topic: string; readonly suggestion: string }>
> = {
  networkAuthFailures: {
    event: 'auth.failureBurst',
    topic: 'networkAuthFailures',
    suggestion:
      'Block the network at your firewall (AWS WAF) if none of your tenants is there; if one is, tell it that its client sends keys that are none. Look for keys in evidence.keyIds that were used from elsewhere since.',
  },
  keyAuthFailures: {
    event: 'auth.failureBurst',
    topic: 'keyAuthFailures',
    suggestion:
      'If counts say wrong_secret, somebody uses a replaced secret or guesses: find the client by evidence.networks, and restrict the key to its own networks. Otherwise a client still uses a key that has ended: give it a new one.',
  },
  clientErrors: {
    event: 'usage.clientErrors',
    topic: 'clientErrors',
    suggestion:
      'Many 403 or 404 can be somebody trying what the key opens: compare the networks with those the owner knows, and rotate the key if they are other ones. Many 400 or 422 are a broken client: tell its owner.',
  },
  rateLimitExceeded: {
    event: 'rateLimit.exceeded',
    topic: 'rateLimitExceeded',
    suggestion:
      'Ask the owner whether this much is meant: raise the limit or let the client slow down as Retry-After says. If the owner does not know the traffic, rotate the key.',
  },
  requestSpike: {
    event: 'usage.spike',
    topic: 'requestSpike',
    suggestion:
      'Ask the owner whether this much is meant. If the owner does not know the traffic, rotate the key and end the overlap; give it a rate limit.',
  },
  newCountry: {
    event: 'auth.geoAnomaly',
    topic: 'geography',
    suggestion:
      'Ask the owner whether servers were moved or added. If not, rotate the key and end the overlap; restrict it to the owner’s networks (allowedCidrs).',
  },
  impossibleTravel: {
    event: 'auth.geoAnomaly',
    topic: 'geography',
    suggestion:
      'The key is in two places at once. Unless it was the owner who has just put it there, rotate it, end the overlap, and restrict it to the owner’s networks (allowedCidrs).',
  },
  oldSecretInUse: {
    event: 'rotation.oldSecretInUse',
    topic: 'oldSecretInUse',
    suggestion:
      'A program that rotates its stored key came to its next turn, and somebody still uses the secret of the turn before last: find the client by evidence.networks, and let it read the key where it is stored. Where the rotation was held it goes on by itself once that secret is quiet for a day.',
  },
};

export function suggestionFor(kind: FindingKind): string {
  return KINDS[kind].suggestion;
}

/** The id of a finding's alert: the same whenever, and from whichever batch, the same thing is found. */
export function alertIdOf({ kind, subject, occurrence }: Finding): string {
  return `alert_${idOfParts([KINDS[kind].topic, subject.id, occurrence])}`;
}

/** The last UTC hour that a finding is of. */
export function lastHourOf({ evidence }: Finding): string {
  return hourOf(Date.parse(evidence.window.to) - 1);
}

/**
 * A finding as that of its episode: of the hours without a break, back to the beginning of the UTC day, in which
 * the same was found. An attack that goes on is one; one that comes back after a quiet hour is another.
 * @param foundIn what is found in an hour of that day, of the same subject
 */
export function inEpisode(finding: Finding, foundIn: (hour: string) => readonly Finding[]): Finding {
  let { occurrence } = finding;
  for (const hour of hoursBefore(lastHourOf(finding))) {
    const same = { kind: finding.kind, occurrence: occurrenceIn(finding.occurrence, hour) };
    const goesOn = foundIn(hour).some(
      (other) => other.kind === same.kind && other.occurrence === same.occurrence,
    );
    if (!goesOn) break;
    occurrence = same.occurrence;
  }
  return { ...finding, occurrence };
}

/** The hours of a UTC day before one of them, the last first. */
export function hoursBefore(hour: string): readonly string[] {
  const [day = '', before = '0'] = hour.split('T');
  return Array.from({ length: Number(before) }, (_, i) => `${day}T${`${i}`.padStart(2, '0')}`).toReversed();
}

/**
 * The finding of what went on after somebody had seen to it, in a later hour; undefined where that was told.
 * @param alert the one that there is of the finding
 */
export function afterAcknowledgement(finding: Finding, alert: Alert): Finding | undefined {
  if (alert.acknowledgedAt === undefined) return undefined;
  const hours = [hourOf(Date.parse(alert.acknowledgedAt)), HOUR.exec(alert.occurrence)?.[0] ?? ''];
  const next = hourOf(Date.parse(`${hours.sort().at(-1)}:00:00.000Z`) + HOUR_MILLISECONDS);
  if (next > lastHourOf(finding)) return undefined;
  return { ...finding, occurrence: occurrenceIn(finding.occurrence, next) };
}

const HOUR_MILLISECONDS = 3_600_000;
/** Length of `yyyy-mm-ddThh`. */
const HOUR_LENGTH = 13;
const HOUR = /\d{4}-\d\d-\d\dT\d\d$/;

/** The same occurrence with another hour at its end. */
function occurrenceIn(occurrence: string, hour: string): string {
  return `${occurrence.replace(HOUR, '').trimEnd()} ${hour}`.trimStart();
}

function hourOf(time: number): string {
  return new Date(time).toISOString().slice(0, HOUR_LENGTH);
}

/** The alert of a finding, and the event that announces it. */
export function raise(finding: Finding, context: ChangeContext): Change<Alert> {
  const { kind, tenantId, subject, evidence } = finding;
  const alertId = alertIdOf(finding);
  const state: Alert = {
    ...finding,
    alertId,
    state: 'open',
    foundAt: context.now.toISOString(),
    revision: 1,
  };
  const event = auditEvent(context, {
    type: KINDS[kind].event,
    tenantId,
    subject,
    data: { alertId, kind, evidence },
  });
  return { state, event };
}

/** @throws DomainError `invalid_state` when somebody has done so already */
export function acknowledge(alert: Alert, note: string | undefined, context: ChangeContext): Change<Alert> {
  requireOpen(alert);
  const { snoozedUntil: _, ...rest } = alert;
  const state: Alert = {
    ...rest,
    state: 'acknowledged',
    acknowledgedBy: context.actor.id,
    acknowledgedAt: context.now.toISOString(),
    ...(note !== undefined && { note }),
    revision: alert.revision + 1,
  };
  return changeOf('alert.acknowledged', state, { note: note ?? null }, context);
}

/**
 * Says who is to look at an open alert.
 * @param to null for nobody
 * @throws DomainError `invalid_state` when it was acknowledged
 */
export function assign(alert: Alert, to: string | null, context: ChangeContext): Change<Alert> {
  requireOpen(alert);
  const { assignedTo: from = null, ...rest } = alert;
  const state: Alert = { ...rest, ...(to !== null && { assignedTo: to }), revision: alert.revision + 1 };
  return changeOf('alert.assigned', state, { from, to }, context);
}

const LONGEST_SNOOZE_MILLISECONDS = 30 * 24 * HOUR_MILLISECONDS;

/**
 * Puts an open alert off; it is still open, and by itself looked at again after that.
 * @param until ISO 8601 UTC; null for now
 * @throws DomainError `invalid_state` when it was acknowledged, `invalid_request` for a time that is over or more
 *   than 30 days away
 */
export function snooze(alert: Alert, until: string | null, context: ChangeContext): Change<Alert> {
  requireOpen(alert);
  const wait = until === null ? undefined : Date.parse(until) - context.now.getTime();
  if (wait !== undefined && (wait <= 0 || wait > LONGEST_SNOOZE_MILLISECONDS)) {
    throw new DomainError('invalid_request', 'An alert is put off until a time in the next 30 days', {
      param: 'until',
    });
  }
  const { snoozedUntil: _, ...rest } = alert;
  const state: Alert = {
    ...rest,
    ...(until !== null && { snoozedUntil: until }),
    revision: alert.revision + 1,
  };
  return changeOf('alert.snoozed', state, { until }, context);
}

/** Whether an alert need not be looked at yet. */
export function isSnoozed(alert: Pick<Alert, 'state' | 'snoozedUntil'>, now: Date): boolean {
  const { state, snoozedUntil } = alert;
  return state === 'open' && snoozedUntil !== undefined && Date.parse(snoozedUntil) > now.getTime();
}

function requireOpen({ state, acknowledgedAt }: Alert): void {
  if (state === 'open') return;
  throw new DomainError('invalid_state', `It was acknowledged already, at ${acknowledgedAt}`);
}

function changeOf(
  type: AuditEvent['type'] & `alert.${string}`,
  state: Alert,
  data: Readonly<Record<string, unknown>>,
  context: ChangeContext,
): Change<Alert> {
  const { tenantId, alertId, kind, subject: about } = state;
  const subject = { type: 'alert', id: alertId } as const;
  return { state, event: auditEvent(context, { type, tenantId, subject, data: { kind, about, ...data } }) };
}
