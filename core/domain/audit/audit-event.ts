import type { Actor, AuditEvent } from '../../contract/events.ts';
import type { Role } from '../../contract/management-route.ts';
import { canonicalJson } from '../ground/canonical-json.ts';
import type { IfMatch } from '../ground/entity-tag.ts';

/** The request that a change happens in: when, by whom, and the id that its event gets. */
export interface ChangeContext {
  readonly now: Date;
  readonly actor: Actor;
  readonly requestId: string;
  readonly eventId: string;
  /** What has to be so still of what is changed; undefined where whoever asks does not mind. */
  readonly ifMatch?: IfMatch | undefined;
  /** As what a person acts in a tenant, for who is not the same in all. */
  readonly roleIn?: (tenantId: string) => Role | undefined;
  /** That a person acts for every tenant, as whoever runs this does. */
  readonly isOperator?: boolean;
}

/** What a decision to change something comes to: the new state and the event that is written with it. */
export interface Change<State> {
  readonly state: State;
  readonly event: AuditEvent;
}

/** The event of a change. `data` must be JSON and hold no secret. */
export function auditEvent(
  context: ChangeContext,
  what: Pick<AuditEvent, 'type' | 'tenantId' | 'subject' | 'data'>,
): AuditEvent {
  return {
    id: context.eventId,
    version: 1,
    type: what.type,
    time: context.now.toISOString(),
    tenantId: what.tenantId,
    actor: actorIn(context, what.tenantId),
    subject: what.subject,
    data: what.data,
    requestId: context.requestId,
  };
}

function actorIn({ actor, roleIn }: ChangeContext, tenantId: string | null): Actor {
  const isPerson = actor.type !== 'system' && actor.type !== 'apiKey';
  if (roleIn === undefined || tenantId === null || !isPerson) return actor;
  return { ...actor, type: roleIn(tenantId) ?? actor.type };
}

/**
 * What an update changed, as its event's `data`: `from` and `to` hold the changed ones of `fields`, with
 * null for absent. Undefined when nothing changed.
 */
export function changedFields<State extends object>(
  before: State,
  after: State,
  fields: readonly (keyof State & string)[],
): { from: Record<string, unknown>; to: Record<string, unknown> } | undefined {
  const changed = fields.filter(
    (field) => canonicalJson(before[field] ?? null) !== canonicalJson(after[field] ?? null),
  );
  if (changed.length === 0) return undefined;
  const pick = (state: State) => Object.fromEntries(changed.map((field) => [field, state[field] ?? null]));
  return { from: pick(before), to: pick(after) };
}
