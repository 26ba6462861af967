import { randomUUID } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CloudWatchLogsEvent } from 'aws-lambda';
import type { OpenObject } from '../../core/aws/bucket-client.ts';
import type { Table } from '../../core/aws/document-client.ts';
import { RESOURCE, USAGE_FILES } from '../../core/contract/deployment.ts';
import { FreshStore } from '../../core/store/fresh-store.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { Settling } from '../../core/store/settling.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import {
  type ConsumerDependencies,
  usageConsumerHandler,
} from '../../functions/usage-consumer/consumer-handler.ts';
import type { ObjectCreated } from '../../functions/usage-consumer/log-file.ts';
import type { AwsFixture } from './local-aws.ts';
import { silentLogger } from './silent-logger.ts';

/** The usage table of a local server. */
export async function usageTable(fixture: AwsFixture): Promise<Table> {
  const server = await fixture.start();
  await server.createTable({
    TableName: RESOURCE.usageTable,
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
  });
  return { client: fixture.documents(server), name: RESOURCE.usageTable };
}

/** The same table, of which every request is handed to `intercept` in place of being made. */
export function intercepted(
  { client, name }: Table,
  intercept: (operation: string, request: () => Promise<unknown>) => Promise<unknown>,
): Table {
  const send = (command: Parameters<typeof client.send>[0]) =>
    intercept(command.constructor.name, () => client.send(command));
  return { name, client: Object.assign(Object.create(DynamoDBDocumentClient.prototype), { send }) };
}

/** The consumer of log lines over these tables. @param own what the test is about; the rest asks nobody */
export function consumerOver(
  table: Table,
  own: Partial<ConsumerDependencies> = {},
  logger: Logger = silentLogger,
) {
  return usageConsumerHandler(
    {
      watch: { look: async () => [] },
      usage: new UsageStore(table),
      lastUses: new LastUseStore(table),
      region: 'eu-central-1',
      countryOf: () => '-',
      retention: { hourDays: 35, dayDays: 400 },
      now: () => new Date(NOON),
      random: Math.random,
      ...own,
    },
    logger,
  );
}

/** What counting files takes beside that. */
export function countingFiles(table: Table, open: OpenObject): Partial<ConsumerDependencies> {
  return { files: { open, fresh: new FreshStore(table), settling: new Settling(table) } };
}

/** A log line of a request, as API Gateway writes it. */
export interface Line {
  readonly id: string;
  readonly time?: number;
  readonly keyId?: string;
  readonly tenantId?: string;
  readonly environment?: string;
  readonly keyType?: string;
  readonly secretId?: string;
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
  readonly latency?: number;
  readonly sourceIp?: string;
  readonly apiId?: unknown;
}

export const NOON = Date.parse('2026-11-22T12:00:00.000Z');

export function accessLine(line: Line) {
  const { id, time = NOON } = line;
  const message = JSON.stringify({
    requestId: `request-${id}`,
    requestTimeEpoch: String(time),
    responseLatency: String(line.latency ?? 12),
    status: String(line.status ?? 200),
    sourceIp: line.sourceIp ?? '8.8.8.8',
    httpMethod: line.method ?? 'GET',
    resourcePath: '/v1/{proxy+}',
    route: line.route ?? '/v1/orders',
    keyId: line.keyId ?? '-',
    tenantId: line.tenantId ?? 'tenant_acme',
    environment: line.environment ?? 'live',
    keyType: line.keyType ?? 'secret',
    secretId: line.secretId ?? '-',
    slot: '-',
    errorCode: '-',
    apiId: line.apiId,
  });
  return { id, timestamp: time, message };
}

/** The same as a REST API writes it straight to files. */
export function fileLine(line: Line): string {
  const fields = { ...JSON.parse(accessLine(line).message), extendedRequestId: `extended-${line.id}=` };
  return `${JSON.stringify(fields)}\n`;
}

export function refusalLine(line: {
  id: string;
  cause: string;
  keyId?: string;
  sourceIp?: string;
  time?: number;
}) {
  const { id, cause, keyId, sourceIp = '8.8.8.8', time = NOON } = line;
  const code = 'authentication_failed';
  const fields = { level: 'INFO', message: 'request refused', cause, code, keyId, sourceIp, requestId: id };
  return { id, timestamp: time, message: JSON.stringify(fields) };
}

/** Log events as a subscription delivers them. */
export function delivery(
  logEvents: readonly { id: string; timestamp: number; message: string }[],
  messageType = 'DATA_MESSAGE',
  logGroup = '',
): CloudWatchLogsEvent {
  const data = { messageType, owner: '', logGroup, logStream: '', subscriptionFilters: [], logEvents };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
}

/** Files as Firehose makes them of deliveries, and how they are read. */
export class LogFiles {
  readonly #bodies = new Map<string, Uint8Array>();

  /** What EventBridge tells of a file with these deliveries in it. */
  write(deliveries: readonly CloudWatchLogsEvent[]): ObjectCreated {
    const messages = deliveries.map(({ awslogs }) => gunzipSync(Buffer.from(awslogs.data, 'base64')));
    return this.keep(gzipSync(messages.map((message) => `${message}\n`).join('')));
  }

  /** What EventBridge tells of a file of what REST APIs wrote. */
  writeRequests(text: string): ObjectCreated {
    return this.keep(gzipSync(text), USAGE_FILES.requests);
  }

  keep(body: Uint8Array, prefix: string = USAGE_FILES.messages): ObjectCreated {
    const key = `${prefix}2026/11/22/12/${randomUUID()}.gz`;
    this.#bodies.set(key, body);
    return {
      source: 'aws.s3',
      detail: { bucket: { name: 'some-lines' }, object: { key, etag: 'etag' } },
    };
  }

  readonly open: OpenObject = async ({ key }) => {
    const body = this.#bodies.get(key);
    if (body === undefined) throw new Error(`there is no ${key}`);
    // In pieces, as it comes over a network.
    const pieces = Array.from({ length: Math.ceil(body.length / 100) }, (_, i) =>
      body.slice(i * 100, (i + 1) * 100),
    );
    return ReadableStream.from(pieces) as ReadableStream<Uint8Array>;
  };
}
