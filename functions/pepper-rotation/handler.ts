import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { RotationEvent } from '../../core/aws/rotating-secret.ts';
import { ENV, METRIC, METRIC_NAMESPACE } from '../../core/contract/deployment.ts';
import { pepperAgeDays } from './age.ts';
import { lostPepperVersions } from './lost-versions.ts';
import { rotate } from './rotation.ts';

const client = new SecretsManagerClient({});

/** Secrets Manager's call for one step of a rotation, or the schedule's for a measurement of the pepper. */
export async function handler(event: RotationEvent | { readonly measure: 'pepper' }): Promise<void> {
  if ('Step' in event) return rotate(client, event);
  const now = new Date();
  const secretId = process.env[ENV.pepperSecret] ?? '';
  const lost = await lostPepperVersions(client, secretId);
  const values = {
    [METRIC.pepperAgeDays]: await pepperAgeDays(client, secretId, now),
    [METRIC.pepperVersionsLost]: lost.length,
  };
  process.stdout.write(`${JSON.stringify({ ...metrics(values, now), lost })}\n`);
}

/** A log line that CloudWatch turns into metrics (embedded metric format). */
function metrics(values: Readonly<Record<string, number>>, now: Date): object {
  const Metrics = Object.keys(values).map((Name) => ({ Name }));
  return {
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [[]], Metrics }],
    },
    ...values,
  };
}
