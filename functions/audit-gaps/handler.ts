import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { deployedTable } from '../../core/aws/document-client.ts';
import { ENV, METRIC } from '../../core/contract/deployment.ts';
import { RevisionStore } from '../../core/store/revision-store.ts';
import { findGaps } from './find-gaps.ts';

/** What a part of a list may take, its retries included, with room to spare. */
const LAST_PART_MILLISECONDS = 20_000;

const revisions = new RevisionStore(deployedTable(), deployedTable(ENV.auditTable));
const logger = new Logger();
const metrics = new Metrics();

/** A run on the schedule. @throws Error when an item could not be compared */
export async function handler(_: unknown, context: Context): Promise<void> {
  const report = await findGaps(
    { revisions, now: () => new Date(), randomBytes },
    {
      requestId: context.awsRequestId,
      hasTime: () => context.getRemainingTimeInMillis() > LAST_PART_MILLISECONDS,
      onFailure: (item, cause) => logger.error('not compared', { item, error: cause as Error }),
    },
  );
  logger.info('searched the audit log for gaps', { ...report });
  // A run that could not compare everything is none for the alarm on silence, unless it has something to tell.
  if (report.failed === 0 || report.found > 0) {
    metrics.addMetric(METRIC.auditGaps, MetricUnit.Count, report.found);
    metrics.publishStoredMetrics();
  }
  if (report.failed > 0) throw new Error(`${report.failed} items could not be compared`);
}
