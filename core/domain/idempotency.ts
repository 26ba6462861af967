import { createHash } from 'node:crypto';
import { type RandomBytes, toBase62 } from './base62.ts';
import { canonicalJson } from './canonical-json.ts';
import { ID_LENGTH } from './key-format.ts';

/**
 * What an item remembers of the request that created it with an `Idempotency-Key`: hashes (hex SHA-256) of
 * who asked for what under which key, and of the body.
 */
export interface Idempotency {
  readonly key: string;
  readonly body: string;
}

/** @param key the header's value; the same value of another person, tenant or operation is another key */
export function idempotencyOf(request: {
  readonly tenantId: string | undefined;
  readonly operation: string;
  readonly sub: string;
  readonly key: string;
  readonly body: unknown;
}): Idempotency {
  const { tenantId, operation, sub, key, body } = request;
  return {
    key: sha256(canonicalJson([tenantId ?? null, operation, sub, key])),
    body: sha256(canonicalJson(body)),
  };
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
