import { BoundedMap } from '../access/bounded-map.ts';
import { BEFORE_ALL, type Clock, clockOf } from '../access/clock.ts';
import { KeptReading } from '../access/kept-reading.ts';
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
  const secret = new KeptReading({
    now,
    refreshMilliseconds: REFRESH_MILLISECONDS,
    pauseMilliseconds: REREAD_MILLISECONDS,
    firstPauseMilliseconds: 0,
    read: async () =>
      Pepper.parse(String((await secretsManager('GetSecretValue', { SecretId: secretId })).SecretString)),
  });

  return {
    current: () => secret.current(),
    async knowing(version) {
      const pepper = await secret.current();
      const { at, pauseMilliseconds } = missed.get(version) ?? NEVER_MISSED;
      if (pepper.knows(version) || !isPepperVersion(version) || steady() - at < pauseMilliseconds)
        return pepper;
      const anew = await secret.anew();
      if (anew.knows(version)) missed.delete(version);
      else if (anew !== pepper)
        missed.set(version, { at: steady(), pauseMilliseconds: nextPause(pauseMilliseconds) });
      return anew;
    },
  };
}

const NEVER_MISSED: Missed = { at: BEFORE_ALL, pauseMilliseconds: 0 };

function nextPause(milliseconds: number): number {
  return Math.min(Math.max(REREAD_MILLISECONDS, 2 * milliseconds), REFRESH_MILLISECONDS);
}
