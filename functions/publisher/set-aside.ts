import type { DynamoDBRecord } from 'aws-lambda';
import { BoundedMap } from '../../core/access/bounded-map.ts';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import { LAST_EVENT } from '../../core/contract/deployment.ts';
import { PLATFORM_LIMITS } from '../../core/contract/platform-limits.ts';
import { toAttributes } from '../../core/store/attribute-value.ts';
import type { Arrival } from './publish-events.ts';

/** Where events go that can't be published for what they are. */
export interface AsidePlace {
  readonly sqs: AwsCall;
  readonly queueUrl: string;
}

/** What a record says that it comes from when it was set aside; the stream's say `aws:dynamodb`. */
export const SET_ASIDE_SOURCE = 'keywright:set-aside';
/** How often an event is tried before it is set aside: often enough that nothing passing is taken for its fault. */
export const MOST_TRIES = 5;
/** Faulty events that an instance counts the tries of; they come one by one, each stopping its lane. */
const MOST_COUNTED = 1_000;

/**
 * Sets events aside that fail by themselves, so that the rest of their lane goes on. What is set aside is kept as
 * the invocation that publishes it: see docs/operate/runbook.md. Each instance counts for itself, which bounds the tries
 * by instances and costs no table.
 */
export class SetAside {
  readonly #place: AsidePlace;
  readonly #tries = new BoundedMap<string, number>(MOST_COUNTED);

  constructor(place: AsidePlace) {
    this.#place = place;
  }

  /**
   * Counts a try of an event that failed by its own fault, and sets it aside after the last.
   * @returns false while it is to be tried again. What was set aside before and is brought again stays where
   *   it was: whoever brings it is told
   * @throws Error when the queue did not take it
   */
  async take(arrival: Arrival, cause: unknown): Promise<boolean> {
    if (arrival.isBroughtBack) return false;
    const name = `${arrival.sequenceNumber} ${arrival.event?.id ?? ''}`;
    const tries = (this.#tries.get(name) ?? 0) + 1;
    this.#tries.set(name, tries);
    if (tries < MOST_TRIES) return false;
    const { sqs, queueUrl } = this.#place;
    await sqs('SendMessage', { QueueUrl: queueUrl, MessageBody: messageOf(arrival, cause) });
    return true;
  }
}

/** The invocation that publishes an event, and why it could not be. */
function messageOf({ event, unreadable, place, sequenceNumber, arn }: Arrival, cause: unknown): string {
  const setAside = { because: String(cause), sequenceNumber };
  const record: DynamoDBRecord = {
    eventName: 'MODIFY',
    eventSource: SET_ASIDE_SOURCE,
    ...(arn !== undefined && { eventSourceARN: arn }),
    dynamodb: {
      Keys: toAttributes(place) as never,
      SequenceNumber: sequenceNumber,
      NewImage: toAttributes({ ...place, [LAST_EVENT]: event ?? unreadable }) as never,
    },
  };
  const message = JSON.stringify({ Records: [record], setAside });
  // Nobody's event is so large: what an item can hold at most may be larger once it is written as JSON.
  return Buffer.byteLength(message) <= PLATFORM_LIMITS.messageBytes
    ? message
    : JSON.stringify({ Records: [], setAside: { ...setAside, place, tooLarge: true } });
}
