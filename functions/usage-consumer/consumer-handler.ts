import { Logger } from '@aws-lambda-powertools/logger';
import type { CloudWatchLogsEvent } from 'aws-lambda';
import type { OpenObject } from '../../core/aws/bucket-client.ts';
import type { FreshStore } from '../../core/store/fresh-store.ts';
import type { Settling } from '../../core/store/settling.ts';
import { type ReadBatch, readLogBatch } from './log-batch.ts';
import { type ObjectCreated, readLogFile } from './log-file.ts';
import { type OnPartFailure, RollUp, type RollUpDependencies } from './roll-up.ts';
import type { Watch } from './watch.ts';

/** Of a call's failures the error names so many; the log has all. */
const MOST_NAMED = 10;

/** What reading and counting files needs. */
interface Files {
  readonly open: OpenObject;
  readonly fresh: FreshStore;
  readonly settling: Pick<Settling, 'settle'>;
}

/** What counting requests needs, and finding what is suspicious among them. */
export interface ConsumerDependencies extends RollUpDependencies {
  readonly watch: Pick<Watch, 'look'>;
  /** Absent where there are none. */
  readonly files?: Files;
}

/**
 * The handler of log lines of access logs and authorizers' logs, as subscriptions deliver them or in files that
 * Firehose wrote. Keys and callers fail alone: when one did, all others are counted and looked at, and then the
 * call fails. Lambda calls it again with the same event, twice, in which only what failed is left to do, and then
 * leaves the event in the dead-letter queue. Lines that can't be read are passed over, for they would fail for ever.
 */
export function usageConsumerHandler(
  { watch, files, ...dependencies }: ConsumerDependencies,
  logger = new Logger(),
) {
  const rollUp = new RollUp({ ...dependencies, fresh: files?.fresh });
  const count = async (batch: ReadBatch): Promise<readonly string[]> => {
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
    return failed;
  };
  return async (event: CloudWatchLogsEvent | ObjectCreated): Promise<void> => {
    const failed: string[] = [];
    for (const batch of await batchesOf(event, files?.open)) failed.push(...(await count(batch)));
    if ('detail' in event && files !== undefined)
      for (const { what, cause } of await files.settling.settle(dependencies)) {
        failed.push(`${what}: ${cause instanceof Error ? cause.message : cause}`);
        logger.error('a part of a batch failed', { what, error: cause as Error });
      }
    if (failed.length > 0)
      throw new Error(`of a batch failed alone: ${failed.slice(0, MOST_NAMED).join('; ')}`);
  };
}

async function batchesOf(
  event: CloudWatchLogsEvent | ObjectCreated,
  open: OpenObject | undefined,
): Promise<readonly ReadBatch[]> {
  if ('detail' in event) {
    if (open === undefined) throw new Error('files of log lines are not read here');
    return readLogFile(event, open);
  }
  const batch = readLogBatch(event);
  return batch === undefined ? [] : [batch];
}
