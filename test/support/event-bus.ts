import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { EventBridgeClient, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';

type Entry = Omit<PutEventsRequestEntry, 'Time'> & { Time: number };

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
    const refusal = bus.refuse(Entries) ?? { entries: [] };
    response.setHeader('content-type', 'application/x-amz-json-1.1');
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
