import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';

/** The moment at which examples happen, unless they say when. */
export const NOW = new Date('2026-11-22T12:00:00.000Z');

/** A request in which something is changed: by an admin, now, unless it is said otherwise. */
export function context(changes: Partial<ChangeContext> = {}): ChangeContext {
  return {
    now: NOW,
    actor: { type: 'admin', id: 'person-admin', ip: '198.51.100.7' },
    requestId: 'request-1',
    eventId: 'event-1',
    ...changes,
  };
}

/** The moment so many milliseconds after NOW. */
export function later(milliseconds: number): Date {
  return new Date(NOW.getTime() + milliseconds);
}
