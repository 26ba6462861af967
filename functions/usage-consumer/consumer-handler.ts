import { Logger } from '@aws-lambda-powertools/logger';
import type { CloudWatchLogsEvent } from 'aws-lambda';
import { readLogBatch } from './log-batch.ts';
import { RollUp, type RollUpDependencies } from './roll-up.ts';

/**
 * The handler of the subscriptions of access logs and authorizers' logs. It fails as a whole: Lambda calls
 * it again with the same event, twice, and then leaves the event in the dead-letter queue. Lines that can't
 * be read are passed over, for they would fail for ever.
 */
export function usageConsumerHandler(dependencies: RollUpDependencies, logger = new Logger()) {
  const rollUp = new RollUp(dependencies);
  return async (event: CloudWatchLogsEvent): Promise<void> => {
    const batch = readLogBatch(event);
    if (batch === undefined) return;
    await rollUp.add(batch);
    if (batch.unreadable > 0) logger.warn('log lines were passed over', { lines: batch.unreadable });
  };
}
