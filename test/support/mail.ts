import { exampleOf } from '../../core/contract/event-schemas/event-schemas.ts';
import type { AuditEvent, EventType } from '../../core/contract/events.ts';

/** The schema's example of an event, of a person with an e-mail address where a person caused it. */
export function mailedEvent(type: EventType, change: Partial<AuditEvent> = {}): AuditEvent {
  const event = exampleOf(type);
  const actor = event.actor.type === 'system' ? event.actor : { ...event.actor, name: 'ada@example.com' };
  return { ...event, actor, ...change };
}
