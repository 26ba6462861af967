import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { deployedTable } from '../../core/aws/document-client.ts';
import { required } from '../../core/aws/lambda-environment.ts';
import { deployedQueues } from '../../core/aws/queues.ts';
import { serviceClock } from '../../core/aws/service-clock.ts';
import { ENV, METRIC } from '../../core/contract/deployment.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { DueStore } from '../../core/store/due-store.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { endItems } from './end-items.ts';
import { hasLostLines, silenceOf } from './silence.ts';
import { sweep } from './sweep.ts';

/** What an item may take, its retries included, with room to spare. */
const LAST_ITEM_MILLISECONDS = 20_000;

const table = deployedTable();
const due = new DueStore(table);
const endsItems = process.env[ENV.endsItems] === 'true';
const usageTable = deployedTable(ENV.usageTable);
const deadLetters = { sqs: deployedQueues(), queueUrl: required(process.env, ENV.usageDeadLetters) };
const deadLettersElsewhere = Object.entries<string>(
  JSON.parse(process.env[ENV.usageDeadLettersElsewhere] ?? '{}'),
).map(([region, queueUrl]) => ({ sqs: deployedQueues(region), queueUrl }));
const evidence = {
  lastUses: new LastUseStore(usageTable),
  usage: new UsageStore(usageTable),
  tenants: new TenantStore(table),
  hasLostLines: () => hasLostLines(deadLetters, deadLettersElsewhere),
};
const now = serviceClock(
  table.client,
  () => new Date(),
  () => performance.now(),
);
const logger = new Logger();
const metrics = new Metrics();

/** A run on the schedule. @throws Error when anything could not be dealt with, for the alarm on errors */
export async function handler(_: unknown, context: Context): Promise<void> {
  const run = {
    hasTime: () => context.getRemainingTimeInMillis() > LAST_ITEM_MILLISECONDS,
    onFailure: (what: string, cause: unknown) =>
      logger.error('not dealt with', { what, error: cause as Error }),
  };
  const report = await sweep(
    {
      due,
      credentials: new CredentialStore(table),
      keys: new KeyStore(table),
      approvals: new ApprovalStore(table),
      lastUses: evidence.lastUses,
      silenceOf: (key, at) => silenceOf(key, at, evidence),
      now,
      randomBytes,
    },
    { requestId: context.awsRequestId, ...run },
  );
  // What has ended is over for everybody already, so it can wait.
  const ends = endsItems ? await endItems({ due, now }, run) : { ended: 0, failed: 0, lagSeconds: 0 };
  const failed = report.failed + ends.failed;
  logger.info('swept', { ...report, ended: ends.ended, failed });
  const lagSeconds = Math.max(report.lagSeconds, ends.lagSeconds);
  metrics.addMetric(METRIC.sweepLagSeconds, MetricUnit.Seconds, lagSeconds);
  metrics.publishStoredMetrics();
  if (failed > 0) throw new Error(`${failed} items or partitions could not be dealt with`);
}
