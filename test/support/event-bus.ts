import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { EventBridgeClient, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { PLATFORM_LIMITS } from '../../core/contract/platform-limits.ts';

type Entry = Omit<PutEventsRequestEntry, 'Time'> & { Time: number };

/** As EventBridge counts it: source, detail type, detail and 14 bytes of time. */
function bytesOf(entries: readonly Entry[]): number {
  const texts = entries.flatMap(({ Source = '', DetailType = '', Detail = '' }) => [
    Source,
    DetailType,
    Detail,
  ]);
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 14 * entries.length);
}

/** What a bus does with a request: refuses entries by index, or the whole of it. */
export type Refusal = { readonly entries: readonly number[] } | { readonly status: number };

/** EventBridge's PutEvents by its protocol, refusing what a test tells it to. */
export interface TestEventBus {
  readonly client: EventBridgeClient;
  /** Every request, as sent. */
  readonly requests: readonly Entry[][];
  /** Every entry that was accepted, in order. */
  readonly accepted: readonly Entry[];
  refuse: (entries: readonly Entry[]) => Refusal | undefined;
  close(): Promise<void>;
}

export async function startEventBus(): Promise<TestEventBus> {
  const requests: Entry[][] = [];
  const accepted: Entry[] = [];
  const server = createServer(async (request, response) => {
    const { Entries } = (await json(request)) as { Entries: Entry[] };
    requests.push(Entries);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (bytesOf(Entries) > PLATFORM_LIMITS.eventBytes) {
      const message = 'Total size of the entries in the request is over the limit.';
      response.writeHead(400).end(JSON.stringify({ __type: 'ValidationException', message }));
      return;
    }
    const refusal = bus.refuse(Entries) ?? { entries: [] };
    if ('status' in refusal) {
      response.writeHead(refusal.status).end(JSON.stringify({ __type: 'InternalException' }));
      return;
    }
    const refused = (index: number) => refusal.entries.includes(index);
    accepted.push(...Entries.filter((_, index) => !refused(index)));
    const results = Entries.map((_, index) =>
      refused(index)
        ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }
        : { EventId: `${index}` },
    );
    response.end(JSON.stringify({ FailedEntryCount: refusal.entries.length, Entries: results }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new EventBridgeClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const bus: TestEventBus = {
    client,
    requests,
    accepted,
    refuse: () => undefined,
    close: async () => {
      client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return bus;
}
