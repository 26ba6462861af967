import { type Idempotency, idempotencyOf } from '../domain/idempotency.ts';
import type { Person } from '../domain/person.ts';

/** Header of an answer to a repeat of a request that was done before. */
export const REPLAYED = { 'idempotent-replayed': 'true' };

/** What a create with an `Idempotency-Key` leaves in its item; undefined for a request without one. */
export function idempotencyOfRequest(
  operation: string,
  request: {
    readonly person: Person;
    readonly path: { readonly tenantId: string } | undefined;
    readonly body: unknown;
    readonly idempotencyKey: string | undefined;
  },
): Idempotency | undefined {
  const { person, path, body, idempotencyKey: key } = request;
  if (key === undefined) return undefined;
  return idempotencyOf({ tenantId: path?.tenantId, operation, sub: person.sub, key, body });
}
