import { setTimeout as delay } from 'node:timers/promises';
import type { LambdaFunction } from '../lambda.ts';
import type { EventSourceMappingProperties } from './event-source.ts';
import type { ReceivedMessage, Sqs } from './sqs.ts';

/** What a mapping of a queue works with. */
export interface QueueSourceContext {
  readonly target: LambdaFunction;
  readonly sqs: Sqs;
  readonly region: string;
  readonly log: (line: string) => void;
}

const HONOURED = new Set([
  'EventSourceArn',
  'FunctionName',
  'BatchSize',
  'FunctionResponseTypes',
  'Enabled',
  'Tags',
]);
/** Lambda's long polling waits longer; nobody here does. */
const PAUSE_MILLISECONDS = 100;

/**
 * Delivers a queue's messages to a function the way Lambda's event source mapping does: what the function deals
 * with is deleted, what it reports, or everything where it fails, comes back when it is visible again.
 * @throws Error when the properties ask for what is not available here
 */
export function startQueueSource(
  properties: EventSourceMappingProperties,
  context: QueueSourceContext,
): { close(): Promise<void> } {
  const strange = Object.keys(properties).filter((name) => !HONOURED.has(name));
  if (strange.length > 0)
    throw new Error(
      `The event source mapping of ${properties.FunctionName} uses ${strange.join(', ')}, which is not available on this machine.`,
    );
  const closing = new AbortController();
  const running = run(properties, context, closing.signal).catch((error) =>
    context.log(`Delivery of ${properties.EventSourceArn} to ${context.target.name} has stopped: ${error}`),
  );
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}

async function run(
  { EventSourceArn: queueArn, BatchSize = 10 }: EventSourceMappingProperties,
  { target, sqs, region, log }: QueueSourceContext,
  signal: AbortSignal,
): Promise<void> {
  const closed = new Promise<undefined>((resolve) =>
    signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  while (!signal.aborted) {
    const messages = sqs.receive(queueArn, BatchSize);
    if (messages.length === 0) {
      await delay(PAUSE_MILLISECONDS, undefined, { signal, ref: false }).catch(() => undefined);
      continue;
    }
    const event = { Records: messages.map((message) => recordOf(message, queueArn, region)) };
    const answer = target.invoke(event).then(
      (response) => ({ failed: failedIn(response, messages) }),
      (error) => {
        log(`${target.name} failed with messages of ${queueArn}: ${error}`);
        return { failed: new Set(messages.map(({ id }) => id)) };
      },
    );
    const done = await Promise.race([answer, closed]);
    // Cut off, it is delivered again once it is visible.
    if (done === undefined) return;
    for (const { id, receiptHandle } of messages)
      if (!done.failed.has(id)) sqs.delete(queueArn, receiptHandle);
  }
}

/** A response that names no message of the batch fails the whole batch, as on Lambda. */
function failedIn(response: unknown, messages: readonly ReceivedMessage[]): ReadonlySet<string> {
  const failures: unknown = Object(response).batchItemFailures;
  const all = new Set(messages.map(({ id }) => id));
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return all;
  const named = failures.map((failure) => String(Object(failure).itemIdentifier));
  return named.every((id) => all.has(id)) ? new Set(named) : all;
}

function recordOf(
  { id, receiptHandle, body, md5, attributes }: ReceivedMessage,
  queueArn: string,
  region: string,
) {
  return {
    messageId: id,
    receiptHandle,
    body,
    attributes,
    messageAttributes: {},
    md5OfBody: md5,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}
