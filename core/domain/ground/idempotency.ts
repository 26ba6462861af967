import { createHash } from 'node:crypto';
import { ID_LENGTH, type RandomBytes, toBase62 } from './base62.ts';
import { canonicalJson } from './canonical-json.ts';
import { DomainError } from './domain-error.ts';

/**
 * What an item remembers of the request that created it with an `Idempotency-Key`: hashes (hex SHA-256) of
 * who asked for what under which key, and of the body.
 */
export interface Idempotency {
  readonly key: string;
  readonly body: string;
}

/**
 * @param key the header's value; the same value of another person, tenant, operation or target is another key
 * @param target id of what the operation is done to; undefined where it makes something
 */
export function idempotencyOf(request: {
  readonly tenantId: string | undefined;
  readonly operation: string;
  readonly target?: string | undefined;
  readonly sub: string;
  readonly key: string;
  readonly body: unknown;
}): Idempotency {
  const { tenantId, operation, target, sub, key, body } = request;
  const parts = [tenantId ?? null, operation, ...(target === undefined ? [] : [target]), sub, key];
  return { key: sha256(canonicalJson(parts)), body: sha256(canonicalJson(body)) };
}

/**
 * Whether `request` repeats the one that left `first`.
 * @throws DomainError `idempotency_mismatch` when it has the same key and another body
 */
export function isRepeat(first: Idempotency | undefined, request: Idempotency): boolean {
  if (first?.key !== request.key) return false;
  if (first.body === request.body) return true;
  throw new DomainError(
    'idempotency_mismatch',
    'This Idempotency-Key was used with another body; send the same body or another key',
    { param: 'Idempotency-Key' },
  );
}

/** What remembers requests whose answer showed a secret once. */
interface Answered {
  readonly answered?: readonly Idempotency[];
}

/** A retry follows soon; a key that was rotated this often meanwhile has nothing to say to an older one. */
const MOST_ANSWERED = 5;

/** `state`, remembering that the request was answered; as it is for a request without an `Idempotency-Key`. */
export function withAnswered<State extends Answered>(state: State, request: Idempotency | undefined): State {
  if (request === undefined) return state;
  return { ...state, answered: [request, ...(state.answered ?? [])].slice(0, MOST_ANSWERED) };
}

/** Whether this request was answered before. @throws DomainError `idempotency_mismatch` as `isRepeat` */
export function wasAnswered({ answered = [] }: Answered, request: Idempotency | undefined): boolean {
  return request !== undefined && answered.some((first) => isRepeat(first, request));
}

/** @throws DomainError `conflict` where the same request was answered since, by having come twice at once */
export function requireUnanswered(state: Answered, request: Idempotency | undefined): void {
  if (!wasAnswered(state, request)) return;
  throw new DomainError(
    'conflict',
    'The same request was answered at this moment; repeat it for its record',
    {
      param: 'Idempotency-Key',
    },
  );
}

/**
 * The 12 base62 characters of a new item's id. With an `Idempotency-Key` they follow from it, so that a
 * repeat meets the item that the first request wrote.
 */
export function newItemId(idempotency: Idempotency | undefined, randomBytes: RandomBytes): string {
  return idempotency === undefined
    ? idOf(Buffer.from(randomBytes(2 * HALF_BYTES)))
    : idOf(Buffer.from(idempotency.key, 'hex'));
}

/** The 12 base62 characters that follow from what an item is about: the same for the same `parts`. */
export function idOfParts(parts: readonly string[]): string {
  return idOf(Buffer.from(sha256(canonicalJson(parts)), 'hex'));
}

function idOf(bytes: Buffer): string {
  const half = ID_LENGTH / 2;
  return (
    toBase62(bytes.readUIntBE(0, HALF_BYTES), half) + toBase62(bytes.readUIntBE(HALF_BYTES, HALF_BYTES), half)
  );
}

/** 48 bits for six base62 digits: the bias of the remainder is below one in four thousand. */
const HALF_BYTES = 6;

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
