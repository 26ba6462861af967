import { DomainError } from '../domain/ground/domain-error.ts';
import { type Idempotency, idempotencyOf } from '../domain/ground/idempotency.ts';
import type { Person } from '../domain/people/person.ts';
import type { Answer } from './operation.ts';

/** Header of an answer to a repeat of a request that was done before. */
export const REPLAYED = { 'idempotent-replayed': 'true' };

/** Header of an answer to a repeat where the first answer showed a key's secret: how to go on without it. */
export const SHOWN_ONCE = {
  'keywright-notice':
    'The secret was shown in the answer to the first request and is kept nowhere. If that answer was lost, rotate the key with another Idempotency-Key: while an overlap lasts this replaces the lost secret alone, and the older one works on until its end.',
};

/** Header of an answer to a repeat where the first answer showed a subscription's keys. */
export const SHOWN_BEFORE = {
  'keywright-notice':
    'The keys were shown in the answer to the first request. If that answer was lost, ask to be shown them again: POST /v1/subscriptions/{subscriptionId}/keys/reveal.',
};

/**
 * What a request with an `Idempotency-Key` is known by when it comes again; undefined for one without.
 * @param target id of what the operation is done to; undefined where it makes something
 */
export function idempotencyOfRequest(
  operation: string,
  request: {
    readonly person: Person;
    readonly path: object | undefined;
    readonly body: unknown;
    readonly idempotencyKey: string | undefined;
  },
  target?: string,
): Idempotency | undefined {
  const { person, path, body, idempotencyKey: key } = request;
  if (key === undefined) return undefined;
  const { tenantId } = (path ?? {}) as { tenantId?: string };
  return idempotencyOf({ tenantId, operation, target, sub: person.sub, key, body });
}

/**
 * Answers a request that was answered before as a repeat, also where it came twice at once: the one that was late
 * is refused by what the other made of things, and looks again.
 * @param repeat undefined where the request is not known to have been answered
 */
export async function onceOnly(
  repeat: () => Promise<Answer | undefined>,
  first: () => Promise<Answer>,
): Promise<Answer> {
  const before = await repeat();
  if (before !== undefined) return before;
  try {
    return await first();
  } catch (error) {
    const meanwhile = error instanceof DomainError ? await repeat() : undefined;
    if (meanwhile === undefined) throw error;
    return meanwhile;
  }
}
