import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent, CloudWatchLogsLogEvent } from 'aws-lambda';
import type { AccessRecord, LogBatch, RefusalRecord } from '../../core/domain/usage/access-record.ts';
import { readAccess, readFileLine, readRefusal } from './log-line.ts';

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
  const message = readMessage(gunzipSync(Buffer.from(event.awslogs.data, 'base64')).toString());
  if (message === undefined) return undefined;
  const lines = new LogLines();
  lines.add(message.logEvents);
  return lines.batch(idOfEvents(message.logEvents), message.logGroup);
}

/**
 * A message of CloudWatch Logs; undefined for those by which it tries out a destination.
 * @throws Error for anything else
 */
export function readMessage(text: string): CloudWatchLogsDecodedData | undefined {
  const message = JSON.parse(text) as CloudWatchLogsDecodedData;
  if (message.messageType === 'CONTROL_MESSAGE') return undefined;
  if (message.messageType === 'DATA_MESSAGE') return message;
  throw new Error(`a message of type ${message.messageType} was delivered`);
}

/** CloudWatch Logs gives a log event the same id whenever it delivers it. */
export function idOfEvents(logEvents: readonly CloudWatchLogsLogEvent[]): string {
  const ids = logEvents.map(({ id }) => id);
  return createHash('sha256').update(ids.toSorted().join(' ')).digest('base64url');
}

/** Lines of one log as they are read. */
export class LogLines {
  readonly #accesses: AccessRecord[] = [];
  readonly #refusals: RefusalRecord[] = [];
  readonly #seen = new Set<string>();
  #unreadable = 0;
  #until = Number.NEGATIVE_INFINITY;
  #since = Number.POSITIVE_INFINITY;

  /** When the oldest was written, in milliseconds since 1970. */
  get since(): number {
    return this.#since;
  }

  add(logEvents: readonly CloudWatchLogsLogEvent[]): void {
    for (const logEvent of logEvents) {
      this.#noteTime(logEvent.timestamp);
      const access = readAccess(logEvent);
      const refusal = access === undefined ? readRefusal(logEvent) : undefined;
      if (access !== undefined) this.#accesses.push(access);
      else if (refusal !== undefined) this.#refusals.push(refusal);
      else this.#unreadable += 1;
    }
  }

  /** Takes a line that came without CloudWatch Logs, written when its request was received; a repeated one once. */
  addFileLine(line: string): void {
    const access = readFileLine(line);
    if (access === undefined) this.#unreadable += 1;
    else if (!this.#seen.has(access.id)) {
      this.#seen.add(access.id);
      this.#noteTime(access.time);
      this.#accesses.push(access);
    }
  }

  #noteTime(time: number): void {
    this.#until = Math.max(this.#until, time);
    this.#since = Math.min(this.#since, time);
  }

  batch(id: string, logGroup: string): ReadBatch {
    const log = { name: logGroup, until: this.#until };
    return {
      ...{ id, log, accesses: this.#accesses, refusals: this.#refusals },
      unreadable: this.#unreadable,
    };
  }
}
