import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { sdkClient } from '../core/aws/sdk-client.ts';
import { KeyFormat } from '../core/domain/keys/key-format.ts';
import { authorizerHandler } from '../functions/authorizer/authorizer-handler.ts';
import { GatewayAnswers } from '../functions/authorizer/gateway-answer.ts';
import type { GatewayEvent } from '../functions/authorizer/gateway-event.ts';
import { httpEvent, restEvent } from './gateway-events.ts';
import { asyncCpuRatio, cpuRatio, type Figure, type Promised } from './harness.ts';
import { newAuthorizer, requestWith, type Stub, startStub, TABLE } from './request-plane.ts';

const UNCACHED_CALLS = 500;

/** What one decision costs: CPU, and calls of DynamoDB. */
export async function decisionFigures(): Promise<readonly Figure[]> {
  const stub = await startStub();
  try {
    return [...(await warmFigures(stub)), ...(await uncachedFigures(stub)), ...(await requestFigures(stub))];
  } finally {
    await stub.stop();
  }
}

async function warmFigures(stub: Stub): Promise<Figure[]> {
  const { key } = stub;
  const authorizer = newAuthorizer(stub, Number.POSITIVE_INFINITY);
  const request = requestWith(key);
  const malformed = requestWith(`${key.slice(0, -1)}-`);
  const { decision } = await authorizer.authorize(request);
  if (!decision.allowed) throw new Error(`the benchmark's key was refused: ${decision.cause}`);

  const pepper = createSecretKey(Buffer.alloc(64, 1));
  const hmac = () => createHmac('sha256', pepper).update(key).digest();
  const handle = authorizerHandler({
    authorizer,
    answers: new GatewayAnswers({ gatewayCaches: false }),
    now: Date.now,
    write: () => undefined,
  });
  const wholeEvent = async (name: string, event: GatewayEvent, aim: Promised, promise: Promised) => {
    const text = JSON.stringify(event);
    const answer = await handle(event);
    const whole = async () => JSON.stringify(await handle(JSON.parse(text)));
    const part = async () => [JSON.parse(text), JSON.stringify(answer)];
    return [
      await asyncCpuRatio(`${name} ÷ HMAC`, whole, hmac, aim),
      await asyncCpuRatio(`${name} without reading and writing JSON ÷ HMAC`, whole, hmac, promise, { part }),
    ];
  };
  return [
    cpuRatio('cached decision ÷ one HMAC-SHA256', () => authorizer.authorize(request), hmac, {
      promised: 0.6,
    }),
    ...(await wholeEvent(
      'HTTP API event JSON to response JSON',
      httpEvent(key),
      { aim: 2.2 },
      { promised: 1.3 },
    )),
    ...(await wholeEvent(
      'REST API event JSON to policy JSON',
      restEvent(key),
      {},
      { promised: 1.5, aim: 1.3 },
    )),
    cpuRatio('malformed key ÷ HMAC', () => authorizer.authorize(malformed), hmac, { promised: 0.2 }),
  ];
}

async function uncachedFigures(stub: Stub): Promise<Figure[]> {
  const authorizer = newAuthorizer(stub, 0);
  const request = requestWith(stub.key);
  const viaSdk = newAuthorizer(stub, 0, sdkClient);
  const sdk = new DynamoDBClient({
    endpoint: stub.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const get = new GetItemCommand({ TableName: TABLE, Key: { pk: { S: 'a' }, sk: { S: 'b' } } });

  try {
    return [
      await asyncCpuRatio(
        'uncached decision ÷ the SDK’s GetItem',
        () => authorizer.authorize(request),
        () => sdk.send(get),
        { promised: 0.5, aim: 0.35 },
        { calls: UNCACHED_CALLS },
      ),
      await asyncCpuRatio(
        'uncached decision through the SDK’s adapter ÷ through ours',
        () => viaSdk.authorize(request),
        () => authorizer.authorize(request),
        {},
        { calls: UNCACHED_CALLS },
      ),
    ];
  } finally {
    sdk.destroy();
  }
}

async function requestFigures(stub: Stub): Promise<Figure[]> {
  const { key } = stub;
  const authorizer = newAuthorizer(stub, 3000);
  const ask = (text: string) => authorizer.authorize(requestWith(text));
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
  return [
    await count('first sight of a key', 1, async () => ask(key)),
    await count('the same key again', 0, async () => ask(key)),
    await count('50 at once on one key', 1, () =>
      Promise.all(Array.from({ length: 50 }, () => crowd.authorize(requestWith(key)))),
    ),
    await count('the same unknown key twice', 1, async () => {
      await ask(unknown);
      await ask(unknown);
    }),
    await count('a malformed key', 0, async () => ask(malformed)),
  ];
}
