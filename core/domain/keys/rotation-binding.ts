import { DomainError } from '../ground/domain-error.ts';
import { notFound } from '../ground/not-found.ts';
import type { LastUse } from './last-use.ts';
import type { Digest, Pepper } from './pepper.ts';

/** Whose program rotates a credential, and how long an old secret may work on. */
export interface RotationBinding {
  /** Of AWS, as `principalNamed` gives it. */
  readonly principalArn: string;
  readonly maxOverlapSeconds: number;
}

/** A secret that a consumer's program has stored, and is to have next. */
export interface Registration {
  /** The whole key that it is to be. */
  readonly text: string;
  /** The whole key that consumers are handed now, where the program says so. */
  readonly current?: string | undefined;
  /** How long an old secret works on once it is handed out no more; the binding's most where absent. */
  readonly overlapSeconds?: number | undefined;
}

/** An old secret that a turn would end while somebody uses it. */
export interface UsedSecret {
  /** A secret's id, or a slot. */
  readonly id: string;
  readonly hint: string;
  /** ISO 8601 UTC, to the minute. */
  readonly lastUsedAt: string;
}

/** How many ended secrets are remembered. */
export const MOST_FORMER = 10;
/** A secret that was used since is in use. */
const IN_USE_MILLISECONDS = 86_400_000;

/** What is told of a credential that is bound to nobody. */
export const NOBODY_ROTATES =
  'Nobody’s program rotates this; PUT of the same path binds it to a principal of AWS';

/** @throws DomainError `not_found` for every principal but the one that the credential is bound to */
export function requireBound(
  rotation: { readonly principalArn: string } | undefined,
  principalArn: string,
): void {
  if (rotation?.principalArn !== principalArn) throw notFound();
}

/** Whether one of these ended secrets was this text, as far as they are remembered. */
export function wasHad(text: string, former: readonly Digest[] | undefined, pepper: Pepper): boolean {
  return (former ?? []).some((digest) => pepper.verifies(text, digest));
}

/** The answer to a secret that was the credential's before. */
export function hadBefore(): DomainError {
  return new DomainError(
    'invalid_state',
    'The credential had this secret before, and none comes back: begin the rotation anew with another',
    { param: 'secret' },
  );
}

/** A secret that is about to be ended, as far as it is asked whether it is in use. */
interface Ended {
  /** A secret's id, or a slot. */
  readonly id: string;
  readonly hint: string;
  readonly createdAt: string;
  readonly registered?: true;
}

/**
 * Whether a secret was used within a day; undefined where it was not, as far as logs were counted.
 * @param kept what goes on beside it; undefined for none
 */
export function usedLately(
  ended: Ended,
  kept: Pick<Ended, 'createdAt'> | undefined,
  lastUse: LastUse | undefined,
  now: Date,
): UsedSecret | undefined {
  const { id, hint, createdAt, registered } = ended;
  const isNewer = kept !== undefined && createdAt > kept.createdAt;
  // What an earlier turn registered and never handed out was tried by the program itself, and by nobody else.
  if (isNewer && registered) return undefined;
  // What was used under its name before it came to be was another. What somebody was just given will be used.
  const used = [lastUse?.bySecret[id] ?? '', isNewer ? createdAt : ''].filter((at) => at >= createdAt).sort();
  const lastUsedAt = used.at(-1);
  if (lastUsedAt === undefined) return undefined;
  return Date.parse(lastUsedAt) > now.getTime() - IN_USE_MILLISECONDS ? { id, hint, lastUsedAt } : undefined;
}
