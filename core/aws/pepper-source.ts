import { BoundedMap } from '../access/bounded-map.ts';
import { BEFORE_ALL, type Clock, clockOf } from '../access/clock.ts';
import type { PepperSource } from '../access/ports.ts';
import { isPepperVersion, Pepper } from '../domain/keys/pepper.ts';
import type { AwsCall } from './aws-call.ts';

/** How long a pepper is used before it is read again in passing. */
const REFRESH_MILLISECONDS = 5 * 60_000;
/** All unknown versions together make at most one reading per this time. */
const REREAD_MILLISECONDS = 1000;
/** Versions that the secret did not have, and how often it was read for them. */
const MOST_MISSED = 1000;

/** A version that readings did not bring. */
interface Missed {
  readonly at: number;
  readonly pauseMilliseconds: number;
}

/**
 * The pepper from Secrets Manager, read once per instance and again every five minutes or when a digest
 * names a version that the last reading didn't have. While it can't be read, the last one serves. A version that the
 * secret does not have is looked for again after a second, then after two, four and so on up to five minutes,
 * and what can be no version never: an item that names one costs no reading each time that it is read.
 * @param secretId name or ARN of the secret
 */
export function pepperSource(
  secretsManager: AwsCall,
  secretId: string,
  now: Clock | (() => number),
): PepperSource {
  const { steady } = clockOf(now);
  const missed = new BoundedMap<string, Missed>(MOST_MISSED);
  let last: { readonly pepper: Pepper; readonly readAt: number } | undefined;
  let askedAt = BEFORE_ALL;
  let reading: Promise<Pepper> | undefined;

  const read = (): Promise<Pepper> => {
    if (reading !== undefined) return reading;
    askedAt = steady();
    reading = secretsManager('GetSecretValue', { SecretId: secretId })
      .then(({ SecretString }) => {
        const pepper = Pepper.parse(String(SecretString));
        last = { pepper, readAt: steady() };
        return pepper;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };

  const current = async (): Promise<Pepper> => {
    if (last === undefined) return read();
    if (steady() - last.readAt < REFRESH_MILLISECONDS) return last.pepper;
    const { pepper } = last;
    last = { pepper, readAt: steady() };
    return read().catch(() => pepper);
  };

  const mayLookFor = (version: string): boolean => {
    const { at, pauseMilliseconds } = missed.get(version) ?? NEVER_MISSED;
    const now = steady();
    return isPepperVersion(version) && now - askedAt >= REREAD_MILLISECONDS && now - at >= pauseMilliseconds;
  };

  return {
    current,
    async knowing(version) {
      const pepper = await current();
      if (pepper.knows(version)) return pepper;
      if (reading === undefined && !mayLookFor(version)) return pepper;
      const anew = await read();
      const { pauseMilliseconds } = missed.get(version) ?? NEVER_MISSED;
      if (anew.knows(version)) missed.delete(version);
      else missed.set(version, { at: steady(), pauseMilliseconds: nextPause(pauseMilliseconds) });
      return anew;
    },
  };
}

const NEVER_MISSED: Missed = { at: BEFORE_ALL, pauseMilliseconds: 0 };

function nextPause(milliseconds: number): number {
  return Math.min(Math.max(REREAD_MILLISECONDS, 2 * milliseconds), REFRESH_MILLISECONDS);
}
