import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../access/clock.ts';
import { KeptReading } from '../access/kept-reading.ts';
import type { AwsCall } from './aws-call.ts';

/** How long the secret is used before it is read again in passing. */
const REFRESH_MILLISECONDS = 5 * 60_000;
/** All values that it does not have together make at most one reading per this time. */
const REREAD_MILLISECONDS = 10_000;
/** The same as long as it was never read, without which nobody is believed. */
const FIRST_RETRY_MILLISECONDS = 1000;

/** What only CloudFront and the APIs behind it know. */
export interface OriginSecret {
  /** Whether `presented` is one of its values; false while they can't be read. Never rejects. */
  knows(presented: string): Promise<boolean>;
}

/**
 * The origin's secret from Secrets Manager, `{"current":"…","previous":"…"}`: both are taken, so that a new one
 * can be made before CloudFront sends it.
 * @param secretId name or ARN of the secret
 */
export function originSecret(
  secretsManager: AwsCall,
  secretId: string,
  now: Clock | (() => number),
): OriginSecret {
  const secret = new KeptReading({
    now,
    refreshMilliseconds: REFRESH_MILLISECONDS,
    pauseMilliseconds: REREAD_MILLISECONDS,
    firstPauseMilliseconds: FIRST_RETRY_MILLISECONDS,
    read: async () =>
      digestsIn(String((await secretsManager('GetSecretValue', { SecretId: secretId })).SecretString)),
  });
  const isAmong = (known: readonly Buffer[], digest: Buffer) =>
    known.reduce((found, each) => timingSafeEqual(each, digest) || found, false);

  return {
    async knows(presented) {
      const digest = digestOf(presented);
      try {
        // It may be new since it was read last.
        return isAmong(await secret.current(), digest) || isAmong(await secret.anew(), digest);
      } catch {
        return false;
      }
    },
  };
}

function digestsIn(text: string): readonly Buffer[] {
  const { current, previous } = JSON.parse(text) as Record<string, unknown>;
  return [current, previous]
    .filter((value): value is string => typeof value === 'string' && value.length >= 32)
    .map(digestOf);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
