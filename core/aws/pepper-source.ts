import type { PepperSource } from '../access/ports.ts';
import { Pepper } from '../domain/pepper.ts';
import type { AwsCall } from './aws-call.ts';

/** How long a pepper is used before it is read again in passing. */
const REFRESH_MILLISECONDS = 5 * 60_000;
/** An unknown version makes at most one reading per this time. */
const REREAD_MILLISECONDS = 1000;

/**
 * The pepper from Secrets Manager, read once per instance and again every five minutes or when a digest
 * names a version that the last reading didn't have. While it can't be read, the last one serves.
 * @param secretId name or ARN of the secret
 */
export function pepperSource(secretsManager: AwsCall, secretId: string, now: () => number): PepperSource {
  let last: { pepper: Pepper; readAt: number } | undefined;
  let reading: Promise<Pepper> | undefined;

  const read = (): Promise<Pepper> => {
    reading ??= secretsManager('GetSecretValue', { SecretId: secretId })
      .then(({ SecretString }) => {
        const pepper = Pepper.parse(String(SecretString));
        last = { pepper, readAt: now() };
        return pepper;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };

  return {
    async current() {
      if (last === undefined) return read();
      if (now() - last.readAt < REFRESH_MILLISECONDS) return last.pepper;
      const { pepper } = last;
      last = { pepper, readAt: now() };
      return read().catch(() => pepper);
    },
    async knowing(version) {
      const pepper = await this.current();
      if (pepper.knows(version) || (last && now() - last.readAt < REREAD_MILLISECONDS)) return pepper;
      return read();
    },
  };
}
