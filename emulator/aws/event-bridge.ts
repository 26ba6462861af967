import { randomUUID } from 'node:crypto';
import { openJsonLog } from './json-log.ts';
import { AwsError, type AwsService, type Input, operationOf } from './protocol.ts';

/**
 * On the sum over a request's entries. AWS has since let them have 1 MB; consumers behind a rule may still take
 * no more than this, so no event of Keywright's may have more anywhere.
 */
const MAX_REQUEST_BYTES = 256 * 1024;
const MAX_ENTRIES = 10;

/** An event as its bus passes it to targets. */
export interface PublishedEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601 UTC, to the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** EventBridge: every event is appended to a file of JSON lines and then offered to listeners. */
export interface EventBus extends AwsService {
  create(name: string): void;
  /** An event of an AWS service's own, which goes to the default bus. */
  emit(event: Pick<PublishedEvent, 'source' | 'detail-type' | 'detail'>): void;
  onEvent(listener: (event: PublishedEvent, bus: string) => void): void;
  close(): void;
}

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  readonly Time?: number | string;
}

/** Opens the log of events at `path`; each line is `{"bus":…,"event":…}`. */
export function openEventBus(path: string, region: string, now: () => Date): EventBus {
  const log = openJsonLog(path);
  const buses = new Set(['default']);
  const listeners: ((event: PublishedEvent, bus: string) => void)[] = [];

  function toEvent(entry: Entry): PublishedEvent {
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': entry.DetailType ?? '',
      source: entry.Source ?? '',
      account: '000000000000',
      time: `${timeOf(entry, now).toISOString().slice(0, 19)}Z`,
      region,
      resources: entry.Resources ?? [],
      detail: JSON.parse(entry.Detail ?? ''),
    };
  }

  function deliver(accepted: readonly { bus: string; event: PublishedEvent }[]): void {
    if (accepted.length > 0) log.append(accepted);
    for (const { event, bus } of accepted) for (const listener of listeners) listener(event, bus);
  }

  async function putEvents(input: Input): Promise<object> {
    const entries = entriesOf(input);
    const accepted: { bus: string; event: PublishedEvent }[] = [];
    const results = entries.map((entry) => {
      const failure = entryFailure(entry, buses);
      if (failure) return failure;
      const event = toEvent(entry);
      accepted.push({ bus: busName(entry), event });
      return { EventId: event.id };
    });
    deliver(accepted);
    return { FailedEntryCount: entries.length - accepted.length, Entries: results };
  }

  const operations = { PutEvents: putEvents };
  return {
    handle: async (name, input) => operationOf(operations, 'AWSEvents', name)(input),
    create: (name) => void buses.add(name),
    emit: ({ source, detail, 'detail-type': DetailType }) => {
      const event = toEvent({ Source: source, DetailType, Detail: JSON.stringify(detail) });
      deliver([{ bus: 'default', event }]);
    },
    onEvent: (listener) => void listeners.push(listener),
    close: log.close,
  };
}

function entriesOf(input: Input): Entry[] {
  const entries = input.Entries;
  const count = Array.isArray(entries) ? entries.length : 0;
  if (!Array.isArray(entries) || count < 1 || count > MAX_ENTRIES) {
    const bound = count > MAX_ENTRIES ? `less than or equal to ${MAX_ENTRIES}` : 'greater than or equal to 1';
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  if (entries.reduce((sum: number, entry: Entry) => sum + entryBytes(entry), 0) > MAX_REQUEST_BYTES)
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  return entries;
}

/** The size of an entry as the EventBridge user guide counts it. */
function entryBytes({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), Time === undefined ? 0 : 14);
}

/** What PutEvents answers for an entry that it does not take. */
function entryFailure(entry: Entry, buses: ReadonlySet<string>) {
  for (const member of ['Source', 'DetailType', 'Detail'] as const)
    if (typeof entry[member] !== 'string' || entry[member] === '')
      return failure(
        'InvalidArgument',
        `Parameter ${member} is not valid. Reason: ${member} is a required argument.`,
      );
  if (!isJsonObject(entry.Detail ?? '')) return failure('MalformedDetail', 'Detail is malformed.');
  if (entry.Source?.startsWith('aws.'))
    return failure('NotAuthorizedForSourceException', 'Not authorized for the source.');
  // EventBridge drops such events without a word; on this machine it can only be a mistake.
  if (!buses.has(busName(entry)))
    return failure('ResourceNotFoundException', `Event bus ${busName(entry)} does not exist.`);
  return undefined;
}

function failure(ErrorCode: string, ErrorMessage: string) {
  return { ErrorCode, ErrorMessage };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** The bus's name, also when the entry gives its ARN. */
function busName({ EventBusName = 'default' }: Entry): string {
  return EventBusName.slice(EventBusName.lastIndexOf('/') + 1);
}

/** The JSON protocol writes times as seconds since 1970. */
function timeOf({ Time }: Entry, now: () => Date): Date {
  return Time === undefined ? now() : new Date(typeof Time === 'number' ? Time * 1000 : Time);
}
