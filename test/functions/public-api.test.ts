import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEvent, LambdaFunctionURLEvent } from 'aws-lambda';
import { asHttpApiEvent } from '../../core/management/rest-event.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { credentialIdOf, itemKey } from '../../core/store/item-keys.ts';
import { createGateway } from '../../emulator/api-gateway/gateway.ts';
import { type BrakeDependencies, pullBrake } from '../../functions/brake/pull-brake.ts';
import { serve, TARGET } from '../emulator/api-gateway-fixture.ts';
import { synthesize } from '../infra/synthesized-stacks.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { Interruption } from '../support/interruption.ts';
import { type TestAnswer, TestManagement } from '../support/management.ts';
import { signedFetch } from '../support/signed-fetch.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

const BACKEND = { accessKeyId: 'local', secretAccessKey: 'local' };
const PRINCIPAL = `arn:aws:iam::${TARGET.accountId}:root`;

let dynamodb: TestDynamoDb;
let management: TestManagement;
let products: { immediate: string };
let server: Awaited<ReturnType<typeof serve>>;
let brakes: Awaited<ReturnType<typeof serve>>;
const interruption = new Interruption();
const logged: string[] = [];

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  dynamodb.main.client.middlewareStack.add(interruption.middleware, { step: 'initialize' });
  management = new TestManagement(dynamodb);
  products = await createProducts(management);
  const identity = { kind: 'oidc', issuer: 'https://id.example.com', audience: 'keywright' };
  const named = synthesize({ identity }).resources.map((resource, i) => [`Resource${i}`, resource] as const);
  const gateway = createGateway({
    ...TARGET,
    stacks: [{ name: 'Keywright', resources: Object.fromEntries(named) }],
    invoke: async (arn, event) =>
      arn.endsWith(':keywright-brake') ? pull(event as LambdaFunctionURLEvent) : report(event as never),
    accessLog: () => undefined,
    now: () => new Date(),
  });
  server = await serve(gateway.listenerFor('keywright-management', { '/v1/leaks': 'keywright-public' }));
  brakes = await serve(gateway.listenerFor('keywright-brake'));
});
afterAll(async () => {
  await server.close();
  await brakes.close();
  await dynamodb.close();
});

const listen = (message: unknown, ...extra: unknown[]) => void logged.push(JSON.stringify([message, extra]));

const pull = (event: LambdaFunctionURLEvent) => {
  const dependencies: BrakeDependencies = {
    credentials: new CredentialStore(dynamodb.main),
    keys: management.keys,
    subscriptions: management.subscriptions,
    now: () => management.clock,
    randomBytes,
    logger: { info: listen, error: listen },
  };
  return pullBrake(event, dependencies);
};

/** What functions/leaks/handler.ts does with an event of the REST API. */
async function report(event: APIGatewayProxyEvent) {
  const asked = asHttpApiEvent(event);
  const { status, headers, text }: TestAnswer = await management.call(asked.routeKey, {
    event: asked as never,
  });
  return { statusCode: status, headers, body: text };
}

async function createKey(): Promise<{ keyId: string; secret: string }> {
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  const answer = await management.call(`POST /v1/tenants/${TENANT_ID}/keys`, { body });
  return { keyId: answer.body.key.keyId, secret: answer.body.secret };
}

const eventOf = (id: string) => dynamodb.lastEvent(itemKey.credential(credentialIdOf(id)));
const statusOf = async (keyId: string) => (await management.keys.get(TENANT_ID, keyId))?.status;

describe('a report of a leaked key, by the REST API that the template declares', () => {
  const send = (path: string, init: RequestInit) => fetch(server.url + path, { method: 'POST', ...init });

  test('ends it under the contract’s path, and names the address that sent it', async () => {
    const { keyId, secret } = await createKey();
    const response = await send('/v1/leaks', {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ keys: [secret] }),
    });
    expect([response.status, await response.json()]).toEqual([200, { outcomes: ['ended'] }]);
    expect(await statusOf(keyId)).toBe('revoked');
    expect((await eventOf(keyId)).actor).toEqual({ type: 'system', id: 'keywright', ip: '127.0.0.1' });
  });

  test('is refused with a key beside it, in whatever case its header is written', async () => {
    const { secret } = await createKey();
    for (const name of ['X-API-Key', 'x-api-key', 'Client-Key', 'X-Other', 'Cookie']) {
      const response = await send('/v1/leaks', {
        headers: { 'content-type': 'application/json', [name]: name === 'Cookie' ? `a=${secret}` : secret },
        body: JSON.stringify({ keys: ['x'] }),
      });
      // A body of reports may hold keys, so only headers that are for keys count.
      expect([name, response.status]).toEqual([name, 403]);
    }
  });

  test('of GitHub’s needs a signature, and has every byte of its body looked at', async () => {
    const unsigned = await send('/v1/leaks/github', { body: '[]' });
    expect(unsigned.status).toBe(403);
    expect(await unsigned.json()).toMatchObject({ error: { code: 'forbidden' } });
    const large = await send('/v1/leaks/github', { body: 'x'.repeat(5 * 1024 * 1024) });
    expect(large.status).toBe(413);
  });

  test('that is no report is answered in the contract’s form by API Gateway and by the function', async () => {
    const answers = [
      await send('/v1/leaks', { body: 'keys' }),
      await send('/v1/leaks', { headers: { 'content-type': 'application/json' }, body: '{}' }),
      await fetch(`${server.url}/v1/leaks`),
      await send('/v1/leaks/gitlab', {}),
    ];
    expect(answers.map(({ status }) => status)).toEqual([415, 400, 404, 404]);
    for (const answer of answers)
      expect(await answer.json()).toMatchObject({ error: { code: expect.any(String) } });
  });
});

describe('the brake behind glass', () => {
  const brake = async (body: unknown, credentials = BACKEND) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await signedFetch(brakes.url, 'lambda', { body: text }, credentials);
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };

  test('disables a key for a principal of AWS, who stands in the audit event', async () => {
    const { keyId } = await createKey();
    expect(await brake({ id: keyId })).toEqual({ status: 200, body: { id: keyId, status: 'disabled' } });
    expect(await statusOf(keyId)).toBe('disabled');
    expect(await eventOf(keyId)).toMatchObject({
      type: 'apiKey.disabled',
      tenantId: TENANT_ID,
      actor: { type: 'principal', id: PRINCIPAL, ip: '127.0.0.1' },
      subject: { type: 'apiKey', id: keyId },
    });
  });

  test('takes the order of the runbook', async () => {
    const runbook = readFileSync(new URL('../../docs/operate/runbook.md', import.meta.url), 'utf8');
    const [, order = ''] = /x-amz-security-token: .+ -d '(\{.+\})'/.exec(runbook) ?? [];
    const { keyId } = await createKey();
    expect((await brake(order.replace('key_0123456789ab', keyId))).status).toBe(200);
    expect(await statusOf(keyId)).toBe('disabled');
  });

  test('suspends a subscription, both of its keys at once', async () => {
    const body = { tenantId: TENANT_ID, productId: products.immediate, name: 'Shop' };
    const { subscriptionId: id } = (await management.call('POST /v1/subscriptions', { body })).body;
    expect(await brake({ id })).toEqual({ status: 200, body: { id, status: 'suspended' } });
    expect(await eventOf(id)).toMatchObject({
      type: 'subscription.suspended',
      actor: { type: 'principal', id: PRINCIPAL },
    });
  });

  test('leaves a line that says who pulled it on what', async () => {
    const { keyId } = await createKey();
    await brake({ id: keyId });
    const [message, [told]] = JSON.parse(logged.findLast((line) => line.includes(keyId)) ?? '[]');
    expect([message, told]).toEqual([
      'brake pulled',
      expect.objectContaining({ principal: PRINCIPAL, id: keyId, status: 'disabled' }),
    ]);
  });

  test('pulled twice, or on what has ended, is no error and no second event', async () => {
    const { keyId } = await createKey();
    await brake({ id: keyId });
    const { id } = await eventOf(keyId);
    expect((await brake({ id: keyId })).status).toBe(200);
    await management.call(`POST /v1/tenants/${TENANT_ID}/keys/${keyId}/revoke`, { body: {} });
    expect(await brake({ id: keyId })).toEqual({ status: 200, body: { id: keyId, status: 'revoked' } });
    expect((await eventOf(keyId)).id).not.toBe(id);
    expect((await eventOf(keyId)).type).toBe('apiKey.revoked');
  });

  test('pulled by many at once stops with one event', async () => {
    const { keyId } = await createKey();
    const before = (await dynamodb.emitted()).length;
    const answers = await Promise.all(Array.from({ length: 8 }, () => brake({ id: keyId })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await dynamodb.emitted()).slice(before).map(({ type }) => type)).toEqual(['apiKey.disabled']);
  });

  test('is moved by no unsigned request, and by no signature for another service', async () => {
    const { keyId } = await createKey();
    const body = JSON.stringify({ id: keyId });
    const unsigned = await fetch(brakes.url, { method: 'POST', body });
    const forged = await brake({ id: keyId }, { ...BACKEND, secretAccessKey: 'other' });
    const elsewhere = await signedFetch(brakes.url, 'execute-api', { body }, BACKEND);
    expect([unsigned.status, forged.status, elsewhere.status]).toEqual([403, 403, 403]);
    expect(await statusOf(keyId)).toBe('active');
  });

  test('stops nothing for an event that names no principal, should its URL lose its authorization', async () => {
    const { keyId } = await createKey();
    for (const authorizer of [
      undefined,
      {},
      { iam: null },
      { iam: { userArn: '' } },
      { iam: { userArn: 7 } },
    ]) {
      const event = {
        body: JSON.stringify({ id: keyId }),
        requestContext: { requestId: 'r', http: {}, authorizer },
      };
      expect(await pull(event as never)).toMatchObject({ statusCode: 403 });
    }
    expect(await statusOf(keyId)).toBe('active');
  });

  test('says what an order is, and repeats nothing of one that is none', async () => {
    const { secret } = await createKey();
    for (const body of [
      '',
      'x',
      {},
      { id: secret },
      { id: 'tenant_acme' },
      { id: 7 },
      { id: 'key_1', x: 1 },
    ]) {
      const answer = await brake(body);
      expect([body, answer.status]).toEqual([body, 400]);
      expect(JSON.stringify(answer.body)).not.toContain(secret);
    }
    expect((await brake({ id: 'key_000000000000' })).status).toBe(404);
    // A key's number with a subscription's name, and the other way round.
    const { keyId } = await createKey();
    expect((await brake({ id: keyId.replace('key_', 'sub_') })).status).toBe(404);
    expect(await statusOf(keyId)).toBe('active');
    expect(logged.join()).not.toContain(secret);
  });

  test('answers an error while it can’t write, and stops the key when it is pulled again', async () => {
    const { keyId } = await createKey();
    // The second of its calls is the write.
    const { answer } = await interruption.during(1, false, () => brake({ id: keyId }));
    expect([answer.status, await statusOf(keyId)]).toEqual([500, 'active']);
    expect((await brake({ id: keyId })).body).toMatchObject({ status: 'disabled' });
  });
});
