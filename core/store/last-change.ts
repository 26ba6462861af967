import { LAST_EVENT } from '../contract/deployment.ts';
import type { AuditEvent } from '../contract/events.ts';
import type { LastChange } from '../domain/ground/entity-tag.ts';

/** Kept beside states and not in them: what is decided on is no state's own, and is never written back. */
const EVENTS = new WeakMap<object, AuditEvent>();

/** Remembers the event that an item held as its state was read. */
export function noteLastEvent(state: object, item: Record<string, unknown>): void {
  const event = item[LAST_EVENT];
  if (typeof event === 'object' && event !== null) EVENTS.set(state, event as AuditEvent);
}

/** The change that made a state what it is; undefined where the item told of none. */
export function lastChangeOf(state: unknown): LastChange | undefined {
  const event = typeof state === 'object' && state !== null ? EVENTS.get(state) : undefined;
  // What upkeep wrote since is no change, and says nothing of the one before it.
  if (event?.revision === undefined) return undefined;
  const { actor, time, type, data, revision } = event;
  return { by: actor.id, at: time, what: type, revision, fields: Object.keys(Object(data.to)) };
}

/** The same, where the change was one of this subject; of others in the item nothing is told. */
export function lastChangeOfPart(state: object, subjectId: string): LastChange | undefined {
  return EVENTS.get(state)?.subject.id === subjectId ? lastChangeOf(state) : undefined;
}
