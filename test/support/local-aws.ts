import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { type AwsServer, type AwsServerOptions, startAwsServer } from '../../emulator/aws-server.ts';
import type { LambdaFunction } from '../../emulator/lambda.ts';
import { CREDENTIALS } from './credentials.ts';

/** What an SDK client needs to call the local server. */
export function clientOptions(server: Pick<AwsServer, 'url'>) {
  return {
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: CREDENTIALS,
    maxAttempts: 1,
  };
}

export function documentClient(server: Pick<AwsServer, 'url'>): DynamoDBDocument {
  return DynamoDBDocument.from(new DynamoDBClient(clientOptions(server)));
}

/** A data folder, servers on it, and whatever else a test opens; `close` undoes all of it. */
export class AwsFixture {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'keywright-aws-'));
  readonly log: string[] = [];
  readonly #cleanups: (() => unknown)[] = [() => rmSync(this.dataDir, { recursive: true })];

  async start(options: Partial<AwsServerOptions> = {}): Promise<AwsServer> {
    const log = (line: string) => void this.log.push(line);
    const server = await startAwsServer({ dataDir: this.dataDir, credentials: CREDENTIALS, log, ...options });
    let open = true;
    const close = async () => {
      if (open) await server.close();
      open = false;
    };
    this.onClose(close);
    return { ...server, close };
  }

  /** A client of the server that is closed with the fixture. */
  documents(server: AwsServer): DynamoDBDocument {
    const client = documentClient(server);
    this.onClose(() => client.destroy());
    return client;
  }

  onClose(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup);
  }

  async close(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup();
  }
}

/** A function that keeps the stream records it is given. */
export class Consumer implements LambdaFunction {
  readonly name: string;
  readonly records: DynamoDBRecord[] = [];
  /** What each call does with its records before they count as received; throws to fail. */
  handle: (records: DynamoDBRecord[]) => unknown = () => undefined;
  #waiting: { count: number; done: PromiseWithResolvers<void> }[] = [];

  constructor(name = 'consumer') {
    this.name = name;
  }

  async invoke(event: unknown): Promise<unknown> {
    const { Records } = event as { Records: DynamoDBRecord[] };
    const answer = await this.handle(Records);
    this.records.push(...Records);
    for (const { count, done } of this.#waiting) if (this.records.length >= count) done.resolve();
    return answer;
  }

  /** The records, once there are at least `count`. */
  async received(count: number): Promise<DynamoDBRecord[]> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ count, done });
    if (this.records.length < count) await done.promise;
    return this.records;
  }

  async warm(): Promise<void> {}
  async stop(): Promise<void> {}
}
