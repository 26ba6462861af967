import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent } from 'aws-lambda';
import type { AccessRecord, LogBatch, RefusalRecord } from '../../core/domain/usage/access-record.ts';
import { readAccess, readRefusal } from './log-line.ts';

/** A delivery as far as it could be read. */
export interface ReadBatch extends LogBatch {
  /** How many of its lines are neither a request nor a refusal. */
  readonly unreadable: number;
}

/**
 * Reads what a CloudWatch Logs subscription delivers: JSON, compressed by gzip, in base64. Undefined for
 * the messages by which CloudWatch Logs tries out a destination.
 * @throws Error for anything else
 */
export function readLogBatch(event: CloudWatchLogsEvent): ReadBatch | undefined {
  const text = gunzipSync(Buffer.from(event.awslogs.data, 'base64')).toString();
  const { messageType, logGroup, logEvents } = JSON.parse(text) as CloudWatchLogsDecodedData;
  if (messageType === 'CONTROL_MESSAGE') return undefined;
  if (messageType !== 'DATA_MESSAGE') throw new Error(`a message of type ${messageType} was delivered`);
  const accesses: AccessRecord[] = [];
  const refusals: RefusalRecord[] = [];
  let unreadable = 0;
  for (const logEvent of logEvents) {
    const access = readAccess(logEvent);
    const refusal = access === undefined ? readRefusal(logEvent) : undefined;
    if (access !== undefined) accesses.push(access);
    else if (refusal !== undefined) refusals.push(refusal);
    else unreadable += 1;
  }
  const log = { name: logGroup, until: Math.max(...logEvents.map(({ timestamp }) => timestamp)) };
  return { id: batchId(logEvents.map(({ id }) => id)), accesses, refusals, unreadable, log };
}

/** CloudWatch Logs gives a log event the same id whenever it delivers it. */
function batchId(eventIds: readonly string[]): string {
  return createHash('sha256').update(eventIds.toSorted().join(' ')).digest('base64url');
}
