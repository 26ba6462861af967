import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Duration, type Stack } from 'aws-cdk-lib';
import {
  ApiKeySourceType,
  LambdaIntegration,
  Period,
  RequestAuthorizer,
  RestApi,
  UsagePlan,
} from 'aws-cdk-lib/aws-apigateway';
import { Authorizer } from '../../core/access/authorizer.ts';
import { apiGatewayClient } from '../../core/aws/api-gateway-client.ts';
import { signedClient } from '../../core/aws/signed-client.ts';
import { ApiGatewayUsagePlanKeys } from '../../core/aws/usage-plan-keys.ts';
import { RESOURCE } from '../../core/contract/deployment.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { fetchJson, tokenVerifier } from '../../core/oauth/token-verifier.ts';
import { accessStore } from '../../core/store/access-store.ts';
import { createGateway } from '../../emulator/api-gateway/gateway.ts';
import type { UsagePlanProperties } from '../../emulator/aws/api-gateway-keys.ts';
import { authorizerHandler } from '../../functions/authorizer/authorizer-handler.ts';
import { GatewayAnswers } from '../../functions/authorizer/gateway-answer.ts';
import type { GatewayEvent } from '../../functions/authorizer/gateway-event.ts';
import { addGatewayResponses } from '../../lib/constructs/gateway-responses.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';
import { lambda, lambdas, request, serve, synthesizeStack, TARGET } from './api-gateway-fixture.ts';

const API_ID = 'api_OrdersLive01';
const TENANT_ID = 'tenant_plans';

/** A REST API as an operator would make one, with a plan of two at once and five a day. */
function build(stack: Stack): void {
  const api = new RestApi(stack, 'Orders', {
    restApiName: 'orders',
    apiKeySourceType: ApiKeySourceType.AUTHORIZER,
    deployOptions: { stageName: 'live' },
  });
  addGatewayResponses(api);
  const integration = new LambdaIntegration(lambda(stack, 'backend'));
  const authorizer = new RequestAuthorizer(stack, 'Authorizer', {
    handler: lambda(stack, 'authorizer'),
    identitySources: [],
    resultsCacheTtl: Duration.seconds(0),
  });
  const orders = api.root.addResource('orders').addMethod('GET', integration, {
    authorizer,
    apiKeyRequired: true,
  });
  api.root.addResource('free').addMethod('GET', integration, { authorizer });
  const slow = api.root.addResource('slow').addMethod('GET', integration, {
    authorizer,
    apiKeyRequired: true,
  });
  const plan = new UsagePlan(stack, 'Plan', {
    throttle: { rateLimit: 1, burstLimit: 2 },
    quota: { limit: 5, period: Period.DAY },
  });
  plan.addApiStage({
    stage: api.deploymentStage,
    throttle: [
      { method: orders, throttle: { rateLimit: 100, burstLimit: 100 } },
      { method: slow, throttle: { rateLimit: 0.5, burstLimit: 1 } },
    ],
  });
}

let dynamodb: TestDynamoDb;
let management: TestManagement;
let gateway: Awaited<ReturnType<typeof serve>>;
let usagePlanKeys: ApiGatewayUsagePlanKeys;
let clock = Date.parse('2026-11-22T12:00:00.000Z');
const functions = lambdas({ backend: () => ({ statusCode: 200, body: '{}' }) });

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  const stacks = synthesizeStack(build);
  const plan = stacks
    .flatMap(({ resources }) => Object.values(resources))
    .find(({ Type }) => Type === 'AWS::ApiGateway::UsagePlan');
  const planId = String(plan?.PhysicalId);
  dynamodb.aws.createUsagePlan(planId, plan?.Properties as UsagePlanProperties);
  usagePlanKeys = keysIn(planId);
  functions.handlers.authorizer = authorizer();
  gateway = await serve(
    createGateway({
      stacks,
      ...TARGET,
      invoke: functions.invoke,
      accessLog: () => undefined,
      findApiKey: (value) => dynamodb.aws.apiKey(value),
      now: () => new Date(clock),
    }).listenerFor('orders'),
  );
  await management.call('POST /v1/tenants', { body: { tenantId: TENANT_ID, name: 'Plans' } });
  const api = { apiId: API_ID, name: 'orders', environment: 'live', scheme: 'tenant', routes: [] };
  await management.call('POST /v1/apis', { body: api });
});
afterAll(async () => {
  await gateway.close();
  await dynamodb.close();
});
afterEach(() => {
  // The next test begins on another day.
  clock += 86_400_000;
});

const local = () => ({
  region: TARGET.region,
  endpoint: dynamodb.endpoint,
  credentials: () => ({ accessKeyId: 'local', secretAccessKey: 'local', sessionToken: undefined }),
  attemptMilliseconds: 5000,
  deadlineMilliseconds: 5000,
  now: Date.now,
  random: () => 0,
});

function keysIn(planId: string): ApiGatewayUsagePlanKeys {
  return new ApiGatewayUsagePlanKeys(
    apiGatewayClient(local()),
    { sandbox: [], live: [planId] },
    {
      now: Date.now,
      sleep: async () => undefined,
    },
  );
}

/** The authorizer as it is deployed with `usagePlans: true`, without a cache: the clock is the test's. */
function authorizer(): (event: GatewayEvent) => unknown {
  return authorizerHandler({
    authorizer: new Authorizer({
      format: management.keyFormat,
      store: accessStore({
        dynamodb: signedClient({ service: 'dynamodb', ...local() }),
        table: RESOURCE.table,
        regionalTable: RESOURCE.regionalTable,
        apiId: API_ID,
        sharedMilliseconds: 0,
        now: () => clock,
        newEventId: (time) => eventId(time, randomBytes),
      }),
      upkeep: { ask: async () => undefined },
      peppers: { current: async () => management.pepper, knowing: async () => management.pepper },
      tokens: tokenVerifier(fetchJson, () => clock),
      now: () => clock,
      cacheMilliseconds: 0,
      staleMilliseconds: 0,
      deadlineMilliseconds: 5000,
      cacheEntries: 100,
      gatewayCaches: false,
      acceptsImported: false,
      onWarning: () => undefined,
      onStale: () => undefined,
    }),
    answers: new GatewayAnswers({ gatewayCaches: false, usageIdentifiers: true }),
    now: () => clock,
    write: () => undefined,
  });
}

async function newKey(counted = true): Promise<{ keyId: string; secret: string }> {
  management.usagePlanKeys = counted ? usagePlanKeys : { add: async () => false };
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  const answer = await management.call(`POST /v1/tenants/${TENANT_ID}/keys`, { body });
  return { keyId: answer.body.key.keyId, secret: answer.body.secret };
}

async function get(path: string, { secret }: { secret: string }) {
  const answer = await request(gateway.port, 'GET', `/live${path}`, {
    'x-api-key': secret,
    'x-tn': TENANT_ID,
  });
  return { ...answer, body: JSON.parse(answer.body) };
}
const statuses = async (path: string, key: { secret: string }, times: number) => {
  const answers: number[] = [];
  for (let i = 0; i < times; i++) answers.push((await get(path, key)).status);
  return answers;
};

describe('a usage plan counts by credential', () => {
  test('over its quota a key is refused in the contract’s words until the next day, and no other key is', async () => {
    const [key, other] = [await newKey(), await newKey()];
    expect(await statuses('/orders', key, 5)).toEqual([200, 200, 200, 200, 200]);
    const refused = await get('/orders', key);
    expect(refused).toMatchObject({ status: 429, body: { error: { code: 'quota_exceeded' } } });
    expect(refused.headers['retry-after']).toBe('3600');
    expect(await statuses('/orders', other, 1)).toEqual([200]);
    clock += 86_400_000;
    expect(await statuses('/orders', key, 1)).toEqual([200]);
  });

  test('faster than its rate a key is refused, and what was refused does not count', async () => {
    const key = await newKey();
    expect(await statuses('/slow', key, 2)).toEqual([200, 429]);
    expect((await get('/slow', key)).body.error.code).toBe('rate_limit_exceeded');
    clock += 2000;
    expect(await statuses('/slow', key, 1)).toEqual([200]);
    expect(await statuses('/orders', key, 4)).toEqual([200, 200, 200, 429]);
  });

  test('a method that needs no API key is not counted', async () => {
    expect(await statuses('/free', await newKey(), 8)).toEqual(Array(8).fill(200));
  });
});

describe('API Gateway’s key decides nothing about who may call', () => {
  test('its value opens nothing, in whatever header', async () => {
    const { keyId } = await newKey();
    const value = String((await management.keys.get(TENANT_ID, keyId))?.usageIdentifierKey);
    expect((await get('/orders', { secret: value })).status).toBe(401);
    const headers = { authorization: `Bearer ${value}`, 'x-tn': TENANT_ID };
    expect((await request(gateway.port, 'GET', '/live/orders', headers)).status).toBe(401);
  });

  test('a revoked key is refused while its API Gateway key is still there', async () => {
    const key = await newKey();
    expect((await get('/orders', key)).status).toBe(200);
    const value = String((await management.keys.get(TENANT_ID, key.keyId))?.usageIdentifierKey);
    await management.call(`POST /v1/tenants/${TENANT_ID}/keys/${key.keyId}/revoke`, { body: {} });
    expect(dynamodb.aws.apiKey(value)).toMatchObject({ enabled: true });
    expect((await get('/orders', key)).status).toBe(401);
  });

  test('a key that was created without one is refused where one is required, and nowhere else', async () => {
    const key = await newKey(false);
    expect((await get('/orders', key)).status).toBe(401);
    expect((await get('/free', key)).status).toBe(200);
  });
});
