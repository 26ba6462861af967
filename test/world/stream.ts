import { setTimeout as wait } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { LAST_EVENT, RESOURCE } from '../../core/contract/deployment.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import { toAttributes } from '../../core/store/attribute-value.ts';
import { AuditLog } from '../../core/store/audit-log.ts';
import { publisherHandler } from '../../functions/publisher/publisher-handler.ts';
import type { Item } from './expressions.ts';
import type { Commit } from './tables.ts';
import type { World } from './world.ts';

const BRINGING_EVENTS: readonly string[] = [RESOURCE.table, RESOURCE.regionalTable];
const LANES = 4;
const BATCH = 100;
const TIMEOUT_MILLISECONDS = 60_000;
const OLDEST_MILLISECONDS = 12 * 3_600_000;
const LONGEST_BACKOFF_MILLISECONDS = 60_000;

type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;

interface StreamRecord {
  readonly commit: Commit;
  readonly record: DynamoDBRecord;
}

/** Records of some items, in order, and how their delivery fares. */
interface Lane {
  waiting: StreamRecord[];
  isBusy: boolean;
  failures: number;
  /** Smaller after a failed invocation, as `bisectBatchOnError` makes it. */
  most: number;
}

/**
 * The streams of the main and the regional table and their event source mappings, as `lib/constructs/publisher.ts`
 * sets them: at least once, in order per item, several lanes side by side, tried for twelve hours.
 */
export class Stream {
  /** What came to the bus, in order. */
  readonly bus: AuditEvent[] = [];
  /** Records that were given up. */
  readonly deadLetters: Commit[] = [];
  /** Events that can't be published for what they are, with what somebody may do about them. */
  readonly setAside: string[] = [];
  /** Records that the stream lost, which nothing can be blamed for but not noticing. */
  readonly dropped: Commit[] = [];
  /** Ids of events that the bus refuses, however often they come. */
  readonly refused = new Set<string>();
  readonly #world: World;
  readonly #retentionDays: number;
  readonly #lanes: Lane[];
  #sequence = 0;
  #dropNext = 0;
  #poisonNext = 0;
  #publisher: ReturnType<typeof publisherHandler> | undefined;
  #instance: ReturnType<World['instance']> | undefined;

  constructor(world: World, retentionDays: number) {
    this.#world = world;
    this.#retentionDays = retentionDays;
    this.#lanes = Array.from({ length: LANES }, () => ({
      waiting: [],
      isBusy: false,
      failures: 0,
      most: BATCH,
    }));
    world.onCommit.push((commit) => this.#take(commit));
  }

  get isEmpty(): boolean {
    return this.#lanes.every(({ waiting }) => waiting.length === 0);
  }

  /** The publisher's instance stops, whatever it is doing. */
  losePublisher(): void {
    this.#instance?.lose();
    this.#publisher = undefined;
  }

  dropNext(): void {
    this.#dropNext += 1;
  }

  poisonNext(): void {
    this.#poisonNext += 1;
  }

  #take(commit: Commit): void {
    if (!BRINGING_EVENTS.includes(commit.table) || !isOfInterest(commit)) return;
    const event = eventOf(commit);
    if (event !== undefined && this.#dropNext > 0) {
      this.#dropNext -= 1;
      this.dropped.push(commit);
      return;
    }
    if (event !== undefined && this.#poisonNext > 0) {
      this.#poisonNext -= 1;
      this.refused.add(event.id);
    }
    const lane = this.#lanes[crc32(commit.pk) % LANES] as Lane;
    lane.waiting.push({ commit, record: recordOf(commit, ++this.#sequence) });
    this.#wake(lane, this.#world.chance.between(20, 300));
  }

  #wake(lane: Lane, milliseconds: number): void {
    if (lane.isBusy) return;
    lane.isBusy = true;
    this.#world.scheduler.after(milliseconds, () => void this.#deliver(lane));
  }

  async #deliver(lane: Lane): Promise<void> {
    const { scheduler, chance } = this.#world;
    this.#giveUpOld(lane);
    const batch = lane.waiting.slice(0, lane.most);
    if (batch.length > 0) {
      const done = await this.#invoke(batch);
      lane.failures = done === batch.length ? 0 : lane.failures + 1;
      if (done === undefined) lane.most = Math.max(1, Math.ceil(batch.length / 2));
      else {
        lane.most = BATCH;
        // What was published may come again.
        if (done < batch.length || !chance.is(0.05)) lane.waiting.splice(0, done);
      }
    }
    lane.isBusy = false;
    const backoff = Math.min(LONGEST_BACKOFF_MILLISECONDS, 250 * 2 ** lane.failures);
    if (lane.waiting.length > 0) this.#wake(lane, lane.failures > 0 ? backoff : scheduler.now % 50);
  }

  #giveUpOld(lane: Lane): void {
    const oldest = this.#world.now - OLDEST_MILLISECONDS;
    while (lane.waiting[0] !== undefined && lane.waiting[0].commit.time < oldest) {
      this.deadLetters.push((lane.waiting.shift() as StreamRecord).commit);
    }
  }

  /** How many records are done; undefined where the invocation failed as a whole. */
  async #invoke(batch: readonly StreamRecord[]): Promise<number | undefined> {
    this.#publisher ??= this.#start();
    const [publisher, instance] = [this.#publisher, this.#instance];
    const event = { Records: batch.map(({ record }) => record) } as DynamoDBStreamEvent;
    const work = instance?.run(() => publisher(event));
    const timeout = this.#world.scheduler.wait(TIMEOUT_MILLISECONDS);
    const answer = await Promise.race([work, timeout]).catch(() => undefined);
    if (answer === undefined || answer === null) return undefined;
    const [failure] = answer.batchItemFailures;
    if (failure === undefined) return batch.length;
    return batch.findIndex(({ record }) => record.dynamodb?.SequenceNumber === failure.itemIdentifier);
  }

  #start() {
    const world = this.#world;
    const instance = world.instance('publisher');
    this.#instance = instance;
    return instance.run(() =>
      publisherHandler({
        summaries: { note: async () => undefined },
        audit: new AuditLog({
          table: { client: world.wire.client('dynamodb'), name: RESOURCE.auditTable },
          retentionDays: this.#retentionDays,
          now: () => new Date(),
          random: Math.random,
          wait,
        }),
        // biome-ignore lint/suspicious/noExplicitAny: it stands for the SDK's client
        bridge: { send: (command: unknown) => this.#putEvents(command) } as any,
        bus: RESOURCE.bus,
        aside: { sqs: (_, input) => this.#setAside(input), queueUrl: RESOURCE.setAsideEvents },
        anchors: { write: async () => '{}' },
      }),
    );
  }

  #setAside(input: object): Promise<Record<string, unknown>> {
    return this.#world.network.call('bus', 5_000, () => {
      this.setAside.push((input as { MessageBody: string }).MessageBody);
      return {};
    });
  }

  #putEvents(command: unknown): Promise<object> {
    const { Entries } = (command as { input: { Entries: readonly { Detail: string }[] } }).input;
    return this.#world.network.call('bus', 5_000, (trouble) => ({
      Entries: Entries.map(({ Detail }) => {
        const event = JSON.parse(Detail) as AuditEvent;
        if (this.refused.has(event.id)) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'never' };
        if (trouble === 'partial' && this.#world.chance.is(0.5))
          return { ErrorCode: 'InternalFailure', ErrorMessage: 'not now' };
        this.bus.push(event);
        return { EventId: event.id };
      }),
    }));
  }
}

/** The event that a commit brought, if it brought one. */
export function eventOf({ before, after }: Pick<Commit, 'before' | 'after'>): AuditEvent | undefined {
  const event = after?.[LAST_EVENT] as AuditEvent | undefined;
  const last = before?.[LAST_EVENT] as AuditEvent | undefined;
  return event?.id === last?.id ? undefined : event;
}

function isOfInterest({ pk, after }: Commit): boolean {
  return pk.startsWith('CRED#') || pk.startsWith('API#') || Object(after?.[LAST_EVENT]).id !== undefined;
}

function recordOf({ pk, sk, before, after, time }: Commit, sequence: number): DynamoDBRecord {
  const image = (item: Item | undefined) => item && (toAttributes(item) as Image);
  const [OldImage, NewImage] = [image(before), image(after)];
  return {
    eventID: `${sequence}`,
    eventName: after === undefined ? 'REMOVE' : before === undefined ? 'INSERT' : 'MODIFY',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(time / 1000),
      Keys: toAttributes({ pk, sk }) as Image,
      ...(OldImage && { OldImage }),
      ...(NewImage && { NewImage }),
      SequenceNumber: String(sequence).padStart(21, '0'),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
}
