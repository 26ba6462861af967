import { Logger } from '@aws-lambda-powertools/logger';
import type { CloudWatchLogsEvent } from 'aws-lambda';
import { readLogBatch } from './log-batch.ts';
import { RollUp, type RollUpDependencies } from './roll-up.ts';
import type { Watch } from './watch.ts';

/**
 * The handler of the subscriptions of access logs and authorizers' logs. It fails as a whole: Lambda calls
 * it again with the same event, twice, and then leaves the event in the dead-letter queue. Lines that can't
 * be read are passed over, for they would fail for ever.
 */
export function usageConsumerHandler(
  { watch, ...dependencies }: RollUpDependencies & { readonly watch: Pick<Watch, 'look'> },
  logger = new Logger(),
) {
  const rollUp = new RollUp(dependencies);
  return async (event: CloudWatchLogsEvent): Promise<void> => {
    const batch = readLogBatch(event);
    if (batch === undefined) return;
    const tallies = await rollUp.add(batch);
    for (const { kind, subject } of await watch.look(batch, tallies)) {
      logger.info('security finding', { kind, subject: subject.id });
    }
    if (batch.unreadable > 0) logger.warn('log lines were passed over', { lines: batch.unreadable });
  };
}
