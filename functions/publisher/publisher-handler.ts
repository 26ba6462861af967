import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { METRIC } from '../../core/contract/deployment.ts';
import type { ReceiptStore } from '../../core/store/receipt-store.ts';
import type { SummaryStore } from '../../core/store/summary-store.ts';
import { type AnchorArchive, type AnchorSink, HeadAnchors } from './anchor-heads.ts';
import {
  type Arrival,
  type ChainHead,
  type Failure,
  type Published,
  type PublisherDependencies,
  publishEvents,
} from './publish-events.ts';
import { type AsidePlace, SetAside } from './set-aside.ts';
import { arrivalsOf, countedIn, faultOf, isDelivery, type OnForged } from './stream-record.ts';

export interface PublisherHandlerDependencies extends PublisherDependencies {
  /** Where heads of chains are signed and kept. */
  readonly anchors: AnchorSink;
  /** Absent where audit events are not archived. */
  readonly anchorArchive?: AnchorArchive;
  /** Where summaries of what tenants have are kept. */
  readonly summaries: Pick<SummaryStore, 'note'>;
  /** Where it is kept that a credential has ended; absent where nobody asks. */
  readonly receipts?: Pick<ReceiptStore, 'begin'>;
  /** Where events are set aside. */
  readonly aside: AsidePlace;
}

/**
 * The handler of the main table's stream. It reports the first record that could not be published; Lambda
 * delivers from there again. An event that fails for what it is, and not because something is away, is set
 * aside after some tries, and the rest of the lane goes on.
 */
export function publisherHandler(
  { aside, summaries, receipts, ...dependencies }: PublisherHandlerDependencies,
  logger = new Logger(),
  metrics = new Metrics(),
) {
  const anchors = new HeadAnchors(dependencies.anchors, dependencies.anchorArchive);
  const setAside = new SetAside(aside);
  const onForged: OnForged = (forged) =>
    logger.error('an event was passed over that its item can’t bring: somebody writes past Keywright', {
      ...forged,
    });

  /** Whether an event that failed is out of the way. */
  const isAside = async ({ arrival, cause, isOwn }: Failure): Promise<boolean> => {
    if (!isOwn || !(await setAside.take(arrival, cause))) return false;
    const { sequenceNumber, event, place } = arrival;
    const about = { sequenceNumber, item: place.pk, event: event?.id ?? null, error: errorOf(cause) };
    logger.error('an event was set aside: it can’t be published as it is', about);
    return true;
  };

  const anchor = async (heads: readonly ChainHead[]): Promise<void> => {
    const unanchored = await anchors.add(heads);
    for (const { tenantId, cause } of unanchored)
      logger.error('the head of an audit chain was not anchored', { tenantId, error: errorOf(cause) });
    if (unanchored.length === 0) return;
    metrics.addMetric(METRIC.anchorsFailed, MetricUnit.Count, unanchored.length);
    metrics.publishStoredMetrics();
  };

  /** Held up by nothing: what is not counted now is by the next change of the item, or by hand. */
  const count = async (records: DynamoDBStreamEvent['Records']): Promise<void> => {
    for (const counted of countedIn(records)) {
      await summaries.note(counted).catch((cause: unknown) =>
        logger.error('an item was not counted in its summary: rebuild it', {
          ...{ tenantId: counted.tenantId, item: counted.id, error: errorOf(cause) },
        }),
      );
    }
  };

  /** Before all else, since logs of the calls around it are on their way; held up by nothing either. */
  const beginReceipts = async (arrivals: readonly Arrival[]): Promise<void> => {
    for (const { event } of arrivals.filter(isDelivery)) {
      await receipts?.begin(event).catch((cause: unknown) =>
        logger.error('a receipt was not begun: last calls of what has ended are known to the minute alone', {
          ...{ subject: event.subject.id, error: errorOf(cause) },
        }),
      );
    }
  };

  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    let rest: readonly Arrival[] = Records.flatMap((record) => arrivalsOf(record, onForged));
    await beginReceipts(rest);
    const heads = new Map<string | null, ChainHead>();
    let failure: Failure | undefined;
    for (;;) {
      const published = await publishReadable(rest, dependencies);
      for (const head of published.heads) heads.set(head.tenantId, head);
      failure = published.failure;
      if (failure === undefined || !(await isAside(failure).catch(tellOf(logger)))) break;
      rest = rest.slice(rest.indexOf(failure.arrival) + 1);
    }
    await anchor([...heads.values()]);
    await count(Records);
    if (failure === undefined) return { batchItemFailures: [] };
    const { sequenceNumber } = failure.arrival;
    logger.error('publishing stopped at a record', { sequenceNumber, error: errorOf(failure.cause) });
    return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
  };
}

/** Publishes up to the first that can't be read, which is a failure of its own. */
async function publishReadable(
  arrivals: readonly Arrival[],
  dependencies: PublisherDependencies,
): Promise<Published> {
  const end = arrivals.findIndex((arrival) => !isDelivery(arrival));
  const readable = (end === -1 ? arrivals : arrivals.slice(0, end)).filter(isDelivery);
  const published = await publishEvents(readable, dependencies);
  const arrival = arrivals[end];
  if (published.failure !== undefined || arrival === undefined) return published;
  return { ...published, failure: { arrival, cause: faultOf(arrival.unreadable), isOwn: true } };
}

/** The queue is away: the record is delivered again, and nothing is lost. */
function tellOf(logger: Logger): (cause: unknown) => false {
  return (cause) => {
    logger.error('an event could not be set aside', { error: errorOf(cause) });
    return false;
  };
}

function errorOf(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
