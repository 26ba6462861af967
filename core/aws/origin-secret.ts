import { createHash, timingSafeEqual } from 'node:crypto';
import { type Clock, clockOf } from '../access/clock.ts';
import type { AwsCall } from './aws-call.ts';

/** How long the secret is used before it is read again in passing. */
const REFRESH_MILLISECONDS = 5 * 60_000;
/** While it can't be read it is tried again no sooner. */
const RETRY_MILLISECONDS = 10_000;

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
  const { steady } = clockOf(now);
  let known: readonly Buffer[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    try {
      const { SecretString } = await secretsManager('GetSecretValue', { SecretId: secretId });
      known = digestsIn(String(SecretString));
      readAt = steady();
    } catch {
      // The last reading serves; without one nobody is believed.
      readAt = steady() - REFRESH_MILLISECONDS + RETRY_MILLISECONDS;
    }
  };

  const isKnown = (digest: Buffer) =>
    known.reduce((found, each) => timingSafeEqual(each, digest) || found, false);

  return {
    async knows(presented) {
      if (steady() - readAt >= REFRESH_MILLISECONDS) {
        reading ??= read().finally(() => {
          reading = undefined;
        });
      }
      const digest = digestOf(presented);
      if (isKnown(digest)) return true;
      // It may be new since an instance that slept read it last.
      await reading;
      return isKnown(digest);
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
