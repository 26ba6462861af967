import { Logger } from '@aws-lambda-powertools/logger';
import type { CloudWatchLogsEvent } from 'aws-lambda';
import { readLogBatch } from './log-batch.ts';
import { type OnPartFailure, RollUp, type RollUpDependencies } from './roll-up.ts';
import type { Watch } from './watch.ts';

/** Of a batch's failures the error names so many; the log has all. */
const MOST_NAMED = 10;

/**
 * The handler of the subscriptions of access logs and authorizers' logs. Keys and callers fail alone: when one
 * did, all others are counted and looked at, and then the call fails. Lambda calls it again with the same event,
 * twice, in which only what failed is left to do, and then leaves the event in the dead-letter queue. Lines that
 * can't be read are passed over, for they would fail for ever.
 */
export function usageConsumerHandler(
  { watch, ...dependencies }: RollUpDependencies & { readonly watch: Pick<Watch, 'look'> },
  logger = new Logger(),
) {
  const rollUp = new RollUp(dependencies);
  return async (event: CloudWatchLogsEvent): Promise<void> => {
    const batch = readLogBatch(event);
    if (batch === undefined) return;
    const failed: string[] = [];
    const onFailure: OnPartFailure = (what, cause) => {
      failed.push(`${what}: ${cause instanceof Error ? cause.message : cause}`);
      logger.error('a part of a batch failed', { what, error: cause as Error });
    };
    const tallies = await rollUp.add(batch, onFailure);
    for (const { kind, subject } of await watch.look(batch, tallies, onFailure)) {
      logger.info('security finding', { kind, subject: subject.id });
    }
    if (batch.unreadable > 0) logger.warn('log lines were passed over', { lines: batch.unreadable });
    if (failed.length === 0) await rollUp.noteHeard(batch, onFailure);
    if (failed.length > 0)
      throw new Error(`of a batch failed alone: ${failed.slice(0, MOST_NAMED).join('; ')}`);
  };
}
