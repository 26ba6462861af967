import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ENV, METRIC, METRIC_NAMESPACE } from '../../core/contract/deployment.ts';
import { pepperAgeDays } from './age.ts';
import { type RotationEvent, rotate } from './rotation.ts';

const client = new SecretsManagerClient({});

/** Secrets Manager's call for one step of a rotation, or the schedule's for a measurement of the age. */
export async function handler(event: RotationEvent | { readonly measure: 'age' }): Promise<void> {
  if ('Step' in event) return rotate(client, event);
  const now = new Date();
  const days = await pepperAgeDays(client, process.env[ENV.pepperSecret] ?? '', now);
  process.stdout.write(`${JSON.stringify(metric(METRIC.pepperAgeDays, days, now))}\n`);
}

/** A log line that CloudWatch turns into a metric (embedded metric format). */
function metric(name: string, value: number, now: Date): object {
  return {
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [[]], Metrics: [{ Name: name }] }],
    },
    [name]: value,
  };
}
