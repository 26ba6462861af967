import { execFile } from 'node:child_process';
import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { Authorizer } from '../core/access/authorizer.ts';
import { pepperSource } from '../core/aws/pepper-source.ts';
import { signedClient } from '../core/aws/signed-client.ts';
import { ENV } from '../core/contract/deployment.ts';
import { eventId } from '../core/domain/event-id.ts';
import { KeyFormat } from '../core/domain/key-format.ts';
import { Pepper } from '../core/domain/pepper.ts';
import { fetchJson, tokenVerifier } from '../core/oauth/token-verifier.ts';
import { accessStore } from '../core/store/access-store.ts';
import { toAttributes } from '../core/store/attribute-value.ts';
import { authorizerHandler } from '../functions/authorizer/authorizer-handler.ts';
import { GatewayAnswers } from '../functions/authorizer/gateway-answer.ts';
import type { GatewayEvent } from '../functions/authorizer/gateway-event.ts';
import { bundleOf } from '../lib/constructs/bundle.ts';
import { httpEvent, restEvent } from './gateway-events.ts';
import { cpuRatio, type Figure, pairedRatio } from './harness.ts';

const TABLE = 'keywright';
const PEPPER = JSON.stringify({ current: 'v1', v1: 'p'.repeat(64) });
const run = promisify(execFile);

interface Stub {
  readonly url: string;
  /** Calls by operation since the last time of asking. */
  counts(): Promise<Record<string, number>>;
  stop(): Promise<unknown>;
}

/** The figures of one decision: CPU, calls of DynamoDB, size and cold start. */
export async function authorizerFigures(): Promise<Figure[]> {
  const key = new KeyFormat().mint('sk', 'sandbox', 'BenchKey0000', randomBytes);
  const stub = await startStub(storedItems(key));
  try {
    return [
      ...(await warmFigures(key, stub)),
      ...(await requestFigures(key, stub)),
      ...(await coldFigures(key, stub)),
    ];
  } finally {
    await stub.stop();
  }
}

async function warmFigures(key: string, stub: Stub): Promise<Figure[]> {
  const authorizer = newAuthorizer(stub, Number.POSITIVE_INFINITY);
  const request = {
    headers: { 'x-api-key': key, 'x-tn': 'tenant_acme' },
    method: 'GET',
    path: '/v1/orders/7',
    sourceIp: '203.0.113.7',
    requestId: 'bench',
    tenantHeaderVisible: true,
  };
  const malformed = { ...request, headers: { ...request.headers, 'x-api-key': `${key.slice(0, -1)}-` } };
  const { decision } = await authorizer.authorize(request);
  if (!decision.allowed) throw new Error(`the benchmark's key was refused: ${decision.cause}`);

  const pepper = createSecretKey(Buffer.alloc(64, 1));
  const hmac = () => createHmac('sha256', pepper).update(key).digest();
  const wholeEvent = (event: GatewayEvent) => {
    const handle = authorizerHandler({
      authorizer,
      answers: new GatewayAnswers({ gatewayCaches: false }),
      now: Date.now,
      write: () => undefined,
    });
    const text = JSON.stringify(event);
    return async () => JSON.stringify(await handle(JSON.parse(text)));
  };
  const parsing = (event: GatewayEvent) => {
    const text = JSON.stringify(event);
    return () => JSON.parse(text);
  };
  return [
    cpuRatio('cached decision ÷ one HMAC-SHA256', () => authorizer.authorize(request), hmac, 1),
    await asyncCpuRatio('HTTP API event JSON to response JSON ÷ HMAC', wholeEvent(httpEvent(key)), hmac, 2.5),
    await asyncCpuRatio('REST API event JSON to policy JSON ÷ HMAC', wholeEvent(restEvent(key)), hmac),
    cpuRatio('of which parsing the REST API event’s JSON ÷ HMAC', parsing(restEvent(key)), hmac),
    cpuRatio('malformed key ÷ HMAC', () => authorizer.authorize(malformed), hmac, 0.2),
  ];
}

async function asyncCpuRatio(
  name: string,
  operation: () => Promise<unknown>,
  peer: () => unknown,
  promised?: number,
): Promise<Figure> {
  const calls = 20_000;
  const cpu = async (work: () => unknown) => {
    const before = process.cpuUsage();
    for (let i = 0; i < calls; i++) await work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const syncCpu = async () => {
    const before = process.cpuUsage();
    for (let i = 0; i < calls; i++) peer();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  await cpu(operation);
  return pairedRatio(name, promised, async () => [await cpu(operation), await syncCpu()]);
}

async function requestFigures(key: string, stub: Stub): Promise<Figure[]> {
  const authorizer = newAuthorizer(stub, 3000);
  const ask = (text: string) =>
    authorizer.authorize({
      headers: { 'x-api-key': text, 'x-tn': 'tenant_acme' },
      method: 'GET',
      path: '/v1/orders/7',
      sourceIp: '203.0.113.7',
      requestId: 'bench',
      tenantHeaderVisible: true,
    });
  const reads = async () => {
    const { GetSecretValue, ...dynamodb } = await stub.counts();
    return Object.values(dynamodb).reduce((sum, count) => sum + count, 0);
  };
  const count = async (name: string, promised: number, work: () => Promise<unknown>): Promise<Figure> => {
    await reads();
    await work();
    return { name: `DynamoDB requests: ${name}`, value: await reads(), unit: '', promised };
  };
  const unknown = new KeyFormat().mint('sk', 'sandbox', 'UnknownKey00', randomBytes);
  const malformed = `${key.slice(0, -1)}-`;
  const crowd = newAuthorizer(stub, 3000);
  const crowded = {
    ...{ headers: { 'x-api-key': key, 'x-tn': 'tenant_acme' } },
    method: 'GET',
    path: '/v1/orders/7',
    sourceIp: '203.0.113.7',
    requestId: 'bench',
    tenantHeaderVisible: true,
  };
  return [
    await count('first sight of a key', 1, async () => ask(key)),
    await count('the same key again', 0, async () => ask(key)),
    await count('50 at once on one key', 1, () =>
      Promise.all(Array.from({ length: 50 }, () => crowd.authorize(crowded))),
    ),
    await count('the same unknown key twice', 1, async () => {
      await ask(unknown);
      await ask(unknown);
    }),
    await count('a malformed key', 0, async () => ask(malformed)),
  ];
}

async function coldFigures(key: string, stub: Stub): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  try {
    const { code } = bundleOf('authorizer');
    writeFileSync(join(folder, 'authorizer.js'), code);
    writeFileSync(join(folder, 'sdk.js'), bareSdk());
    const event = JSON.stringify(httpEvent(key));
    const ours = `require('./authorizer.js').handler(${event})`;
    const sdk = `require('./sdk.js').get()`;
    const environment = { PATH: process.env.PATH ?? '', ...lambdaEnvironment(stub) };
    const milliseconds = async (work: string) => {
      const script = `const t=performance.now();Promise.resolve(${work}).then(()=>console.log(performance.now()-t))`;
      const { stdout } = await run(process.execPath, ['-e', script], { cwd: folder, env: environment });
      const lines = stdout.trim().split('\n');
      return Number(lines.at(-1));
    };
    return [
      { name: 'authorizer bundle', value: Buffer.byteLength(code) / 1024, unit: 'KB' },
      await pairedRatio('cold load + first decision ÷ bare SDK client and one GetItem', 0.5, async () => [
        await milliseconds(ours),
        await milliseconds(sdk),
      ]),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A function that does nothing but one GetItem with AWS's SDK, bundled as the functions are. */
function bareSdk(): string {
  const contents = `
    import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
    const client = new DynamoDBClient({});
    export const get = () => client.send(new GetItemCommand({ TableName: '${TABLE}', Key: { pk: { S: 'a' }, sk: { S: 'b' } } }));
  `;
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

function newAuthorizer(stub: Stub, cacheMilliseconds: number): Authorizer {
  const client = (service: 'dynamodb' | 'secretsmanager') =>
    signedClient({
      service,
      region: 'eu-central-1',
      endpoint: stub.url,
      credentials: () => ({ accessKeyId: 'bench', secretAccessKey: 'bench', sessionToken: undefined }),
      attemptMilliseconds: 5000,
      deadlineMilliseconds: 5000,
      now: Date.now,
      random: Math.random,
    });
  return new Authorizer({
    format: new KeyFormat(),
    store: accessStore({
      dynamodb: client('dynamodb'),
      table: TABLE,
      apiId: 'api_BenchApi0000',
      now: Date.now,
      newEventId: (time) => eventId(time, randomBytes),
    }),
    peppers: pepperSource(client('secretsmanager'), 'pepper', Date.now),
    tokens: tokenVerifier(fetchJson, Date.now),
    now: Date.now,
    cacheMilliseconds,
    cacheEntries: 10_000,
    gatewayCaches: false,
    onWarning: (message, cause) => console.error(message, cause),
  });
}

/** What the stub's DynamoDB holds: the key, its tenant, the API, and the caller's network as seen. */
function storedItems(key: string): Record<string, string> {
  const id = 'BenchKey0000';
  const items = [
    {
      pk: `CRED#${id}`,
      keyId: `key_${id}`,
      tenantId: 'tenant_acme',
      type: 'secret',
      environment: 'sandbox',
      role: 'writer',
      status: 'active',
      allowedCidrs: [],
      allowedOrigins: [],
      secrets: [{ id: 's1', createdAt: '2026-01-01T00:00:00.000Z', hint: key.slice(-4) }],
      digests: { s1: Pepper.parse(PEPPER).digest(key) },
    },
    {
      pk: 'TENANT#tenant_acme',
      tenantId: 'tenant_acme',
      status: 'active',
      roles: { writer: { permissions: ['*:*'], description: '' } },
    },
    { pk: 'API#api_BenchApi0000', apiId: 'api_BenchApi0000', environment: 'sandbox', routes: [] },
    { pk: `SEEN#${id}`, ttl: Math.floor(Date.now() / 1000) + 80 * 24 * 3600 },
  ];
  return {
    BatchGetItem: JSON.stringify({ Responses: { [TABLE]: items.map(toAttributes) }, UnprocessedKeys: {} }),
    GetItem: JSON.stringify({ Item: toAttributes(items[0] ?? {}) }),
    GetSecretValue: JSON.stringify({ SecretString: PEPPER }),
  };
}

async function startStub(answers: Record<string, string>): Promise<Stub> {
  const worker = new Worker(new URL('./aws-stub.ts', import.meta.url), { workerData: answers });
  const [port] = await once(worker, 'message');
  return {
    url: `http://127.0.0.1:${port}`,
    async counts() {
      worker.postMessage('counts');
      const [counts] = await once(worker, 'message');
      return counts;
    },
    stop: () => worker.terminate(),
  };
}

function lambdaEnvironment(stub: Stub): Record<string, string> {
  return {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL: stub.url,
    [ENV.table]: TABLE,
    [ENV.pepperSecret]: 'pepper',
    [ENV.apiId]: 'api_BenchApi0000',
    [ENV.cacheSeconds]: '3',
    [ENV.cacheEntries]: '1000',
    [ENV.gatewayCacheSeconds]: '0',
  };
}
