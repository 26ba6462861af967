import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { LAST_EVENT } from '../../core/contract/deployment.ts';
import { problemsOf } from '../../core/contract/event-schemas/event-schemas.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import { type AttributeMap, fromAttributes } from '../../core/store/attribute-value.ts';
import type { AwsServer } from '../../emulator/aws-server.ts';
import type { LambdaFunction } from '../../emulator/lambda.ts';
import { documentClient } from './local-aws.ts';

/** What a watched table needs. */
export const STREAM = { StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } } as const;

const MARK = 'END-OF-STREAM';

/** Reads every event that was written to these tables, by whomever, from their streams. */
export class EventWatch {
  readonly #server: AwsServer;
  readonly #tables: readonly string[];
  /** By table and id. */
  readonly #events = new Map<string, Map<string, AuditEvent>>();
  #behind = new Set<string>();
  #started: Promise<void> | undefined;
  #marks = 0;
  #reached = Promise.withResolvers<void>();

  constructor(server: AwsServer, tables: readonly string[]) {
    this.#server = server;
    this.#tables = tables;
  }

  /** All events so far, table by table and of each in the order in which they were written. */
  async emitted(): Promise<readonly AuditEvent[]> {
    this.#started ??= this.#start();
    await this.#started;
    this.#marks += 1;
    this.#reached = Promise.withResolvers();
    this.#behind = new Set(this.#tables);
    const client = documentClient(this.#server);
    for (const TableName of this.#tables)
      await client.put({ TableName, Item: { pk: MARK, sk: MARK, mark: this.#marks } });
    client.destroy();
    await this.#reached.promise;
    return this.#tables.flatMap((table) => [...(this.#events.get(table)?.values() ?? [])]);
  }

  /** @throws Error that names each event which is not as its schema says */
  async check(): Promise<void> {
    const wrong = (await this.emitted()).flatMap((event) => {
      const problems = problemsOf(event);
      return problems.length === 0 ? [] : [`${JSON.stringify(event)}\n  ${problems.join('\n  ')}`];
    });
    if (wrong.length > 0) {
      throw new Error(
        `Events were written that are not as core/contract/event-schemas says:\n${wrong.join('\n')}`,
      );
    }
  }

  /** Nothing is read before it is asked for, so that watching costs a test next to nothing. */
  async #start(): Promise<void> {
    for (const table of this.#tables) await this.#follow(table);
  }

  #follow(table: string): Promise<void> {
    this.#events.set(table, new Map());
    const target: LambdaFunction = {
      name: 'event-watch',
      invoke: async (event) => {
        for (const record of (event as DynamoDBStreamEvent).Records) this.#read(table, record);
        return {};
      },
      warm: async () => undefined,
      stop: async () => undefined,
    };
    const properties = {
      EventSourceArn: `arn:aws:dynamodb:eu-central-1:000000000000:table/${table}/stream/watched`,
      FunctionName: target.name,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1000,
    };
    return this.#server.createEventSourceMapping(properties, target);
  }

  #read(table: string, { dynamodb }: DynamoDBRecord): void {
    const events = this.#events.get(table);
    const image = fromAttributes((dynamodb?.NewImage ?? {}) as AttributeMap);
    const event = image[LAST_EVENT] as AuditEvent | undefined;
    if (event !== undefined && !events?.has(event.id)) events?.set(event.id, event);
    if (image.pk !== MARK || image.mark !== this.#marks) return;
    this.#behind.delete(table);
    if (this.#behind.size === 0) this.#reached.resolve();
  }
}
