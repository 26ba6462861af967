import { readFileSync } from 'node:fs';
import { type JsonLog, openJsonLog } from './json-log.ts';
import { AwsError, type AwsService, type Input, operationOf, requiredString } from './protocol.ts';

/** A line of the file: a stream that was made, or an event in it. */
interface Entry {
  readonly group: string;
  readonly stream: string;
  readonly event?: LogEvent;
}

interface LogEvent {
  /** Milliseconds since 1970, like the next. */
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

const MOST_EVENTS = 10_000;
const LARGEST_BATCH_BYTES = 1_048_576;
/** What an event counts beside its bytes. */
const EVENT_OVERHEAD_BYTES = 26;
const OLDEST_MILLISECONDS = 14 * 86_400_000;
const NEWEST_MILLISECONDS = 2 * 3_600_000;

/** Streams of CloudWatch Logs that programs write and read by its API; what functions print goes elsewhere. */
export class LogStreams implements AwsService {
  readonly #file: JsonLog;
  readonly #now: () => Date;
  readonly #groups = new Map<string, Map<string, LogEvent[]>>();

  readonly #operations: Record<string, (input: Input) => object> = {
    CreateLogStream: (input) => this.#createStream(input),
    PutLogEvents: (input) => this.#put(input),
    GetLogEvents: (input) => this.#get(input),
  };

  /** @throws StartError when the file at `path` is damaged. */
  constructor(path: string, now: () => Date) {
    this.#now = now;
    this.#file = openJsonLog(path);
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    for (const line of lines) this.#take(JSON.parse(line) as Entry);
  }

  async handle(operation: string, input: Input): Promise<object> {
    return operationOf(this.#operations, 'Logs_20140328', operation)(input);
  }

  /** AWS::Logs::LogGroup. */
  createGroup(name: string): void {
    if (!this.#groups.has(name)) this.#groups.set(name, new Map());
  }

  close(): void {
    this.#file.close();
  }

  #take({ group, stream, event }: Entry): void {
    this.createGroup(group);
    const events = this.#groups.get(group)?.get(stream) ?? [];
    if (event !== undefined) events.push(event);
    this.#groups.get(group)?.set(stream, events);
  }

  #keep(entries: readonly Entry[]): void {
    this.#file.append(entries);
    for (const entry of entries) this.#take(entry);
  }

  #createStream(input: Input): object {
    const { group, stream, streams } = this.#requestedGroup(input);
    if (streams.has(stream))
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
    this.#keep([{ group, stream }]);
    return {};
  }

  #put(input: Input): object {
    const { group, stream } = this.#requestedStream(input);
    const events = input.logEvents as readonly { timestamp: number; message: string }[];
    if (!Array.isArray(events) || events.length === 0 || events.length > MOST_EVENTS)
      throw invalid(`logEvents: expected 1 to ${MOST_EVENTS}`);
    const bytes = events.reduce((sum, e) => sum + Buffer.byteLength(e.message) + EVENT_OVERHEAD_BYTES, 0);
    if (bytes > LARGEST_BATCH_BYTES) throw invalid(`Upload too large: ${bytes} bytes`);
    if (events.some(({ timestamp }, i) => timestamp < (events[i - 1]?.timestamp ?? 0)))
      throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
    const ingestionTime = this.#now().getTime();
    const isInTime = ({ timestamp }: { timestamp: number }) =>
      timestamp > ingestionTime - OLDEST_MILLISECONDS && timestamp < ingestionTime + NEWEST_MILLISECONDS;
    const kept = events.filter(isInTime);
    this.#keep(
      kept.map(({ timestamp, message }) => ({ group, stream, event: { timestamp, ingestionTime, message } })),
    );
    return {
      nextSequenceToken: '0',
      ...(kept.length < events.length && { rejectedLogEventsInfo: { tooOldLogEventEndIndex: 0 } }),
    };
  }

  /** From the end of the stream backwards, or forwards from its beginning. */
  #get(input: Input): object {
    const { events } = this.#requestedStream(input);
    const sorted = events.toSorted((a, b) => a.timestamp - b.timestamp);
    const limit = typeof input.limit === 'number' ? input.limit : MOST_EVENTS;
    const [, direction, at] = /^([fb])\/(\d+)$/.exec(String(input.nextToken ?? '')) ?? [];
    const isForward = direction === undefined ? input.startFromHead === true : direction === 'f';
    const from = at === undefined ? (isForward ? 0 : sorted.length) : Number(at);
    const [start, end] = isForward ? [from, from + limit] : [Math.max(0, from - limit), from];
    const page = sorted.slice(start, end);
    return {
      events: page,
      nextBackwardToken: `b/${start}`,
      nextForwardToken: `f/${start + page.length}`,
    };
  }

  #requestedGroup(input: Input) {
    const group = requiredString(input, 'logGroupName');
    const stream = requiredString(input, 'logStreamName');
    const streams = this.#groups.get(group);
    if (streams === undefined) throw missing('group');
    if (/[:*]/.test(stream) || stream.length > 512) throw invalid('logStreamName: 1 to 512 without : and *');
    return { group, stream, streams };
  }

  #requestedStream(input: Input) {
    const { group, stream, streams } = this.#requestedGroup(input);
    const events = streams.get(stream);
    if (events === undefined) throw missing('stream');
    return { group, stream, events };
  }
}

function missing(what: 'group' | 'stream'): AwsError {
  return new AwsError('ResourceNotFoundException', `The specified log ${what} does not exist.`);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
