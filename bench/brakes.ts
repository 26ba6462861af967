import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../core/aws/document-client.ts';
import { RESOURCE, TABLE_INDEX } from '../core/contract/deployment.ts';
import { startAwsServer } from '../emulator/aws-server.ts';
import { BrakeWorld } from '../test/support/brake-world.ts';
import { BRAKES } from '../test/support/brakes.ts';
import { TestManagement } from '../test/support/management.ts';
import { type Figure, percentile } from './harness.ts';

const BRAKES_PULLED = 1000;
const EDITORS = 4;
/** By when a brake has to be answered, and to hold. */
const LATEST_MILLISECONDS = 1000;
const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };

/** What became of brakes that were pulled while others edited the same things. */
export interface Pulled {
  /** How long each took to be answered, in milliseconds. */
  readonly milliseconds: readonly number[];
  /** Those that were refused, or did not hold. */
  readonly failed: readonly string[];
  /** Edits that were done meanwhile, by all editors. */
  readonly edits: number;
}

/**
 * Brakes of all kinds, one after the other, each while four editors change the same item in loops: through the
 * management functions, on the local DynamoDB, over HTTP.
 */
export async function brakeFigures(): Promise<Figure[]> {
  const { milliseconds, failed, edits } = await pullBrakes(BRAKES_PULLED);
  for (const what of failed) console.error(`a brake failed: ${what}`);
  const time = (name: string, percent: number, promised?: number): Figure => ({
    name: `brakes beside ${EDITORS} editors: ${name} of ${milliseconds.length}`,
    value: percentile(milliseconds, percent),
    unit: 'ms',
    ...(promised !== undefined && { promised }),
  });
  return [
    {
      name: `brakes that failed, of ${milliseconds.length}, of ${Object.keys(BRAKES).length} kinds`,
      value: failed.length,
      unit: '',
      promised: 0,
    },
    { name: 'edits that were done meanwhile, a brake', value: edits / milliseconds.length, unit: '' },
    time('p50', 50),
    time('p99', 99),
    time('max', 100, LATEST_MILLISECONDS),
  ];
}

/** Pulls so many brakes, kind by kind in turn. */
export async function pullBrakes(count: number): Promise<Pulled> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keywright-bench-'));
  const server = await startAwsServer({ dataDir, credentials: CREDENTIALS, log: () => undefined });
  const endpoint = server.url;
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials: CREDENTIALS }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  try {
    for (const [name, indexes] of TABLES) await server.createTable(tableOf(name, indexes));
    const [main, audit, usage] = [RESOURCE.table, RESOURCE.auditTable, RESOURCE.usageTable].map(
      (name): Table => ({ client, name }),
    ) as [Table, Table, Table];
    const world = new BrakeWorld(
      new TestManagement({ endpoint, main, audit, usage, settle: () => undefined }),
      main,
    );
    return await pullAll(count, world);
  } finally {
    client.destroy();
    await server.close();
    await rm(dataDir, { recursive: true });
  }
}

async function pullAll(count: number, world: BrakeWorld): Promise<Pulled> {
  const kinds = Object.entries(BRAKES);
  const milliseconds: number[] = [];
  const failed: string[] = [];
  let done = 0;
  for (let i = 0; i < count; i++) {
    const [name, make] = kinds[i % kinds.length] ?? [];
    if (make === undefined) continue;
    const { pull, holds, edits } = await make(world);
    let isOver = false;
    const editing = Array.from({ length: EDITORS }, async (_, editor) => {
      for (let n = editor; !isOver; n++) {
        await edits[n % edits.length]?.();
        done += 1;
      }
    });
    const start = performance.now();
    const status = await pull();
    milliseconds.push(performance.now() - start);
    if (status !== 200 || !(await holds())) failed.push(`${name}: ${status}`);
    isOver = true;
    await Promise.all(editing);
  }
  return { milliseconds, failed, edits: done };
}

type Indexes = Readonly<Record<string, readonly [string, string]>>;

const TABLES: readonly (readonly [string, Indexes])[] = [
  [
    RESOURCE.table,
    {
      [TABLE_INDEX.list]: ['listPk', 'listSk'],
      [TABLE_INDEX.subscriptions]: ['state', 'subscriptionSk'],
      [TABLE_INDEX.due]: ['duePk', 'dueAt'],
    },
  ],
  [RESOURCE.auditTable, {}],
  [RESOURCE.usageTable, {}],
];

function tableOf(TableName: string, indexes: Indexes) {
  const schema = ([hash, range]: readonly [string, string]) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  const names = ['pk', 'sk', ...Object.values(indexes).flat()];
  return {
    TableName,
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: schema(['pk', 'sk']),
    ...(Object.keys(indexes).length > 0 && {
      GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, keys]) => ({
        IndexName,
        KeySchema: schema(keys),
        Projection: { ProjectionType: 'ALL' },
      })),
    }),
  };
}
