import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Topics } from '../../emulator/aws/topics.ts';
import type { AwsServer } from '../../emulator/aws-server.ts';
import type { Deployment } from '../../emulator/deploy.ts';
import type * as synthesisModule from '../infra/synthesis.ts';
import { WHOLE } from '../infra/synthesized-stacks.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { keyHeaders, restEvent } from '../support/gateway-events.ts';
import { ADMIN } from '../support/management.ts';
import { accessLine, delivery } from '../support/usage.ts';

const { startAwsServer } = loadOnce<typeof import('../../emulator/aws-server.ts')>(
  '../../emulator/aws-server.ts',
);
const { deploy } = loadOnce<typeof import('../../emulator/deploy.ts')>('../../emulator/deploy.ts');
const { deployableIn, REGION } = loadOnce<typeof synthesisModule>('../infra/synthesis.ts');

/** With everything that makes a function. */
const SETTINGS = { ...WHOLE, usagePlans: { sandbox: ['a1b2c3'], live: ['a1b2c3'] } };
const TENANT = '/v1/tenants/tenant_acme';
const KEY_ID = 'key_0123456789AB';

let folder: string;
let aws: AwsServer;
let deployment: Deployment;
/** The functions as the template declares them, by the name that their logs have. */
const functions = new Map<string, string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-functions-'));
  const templates = deployableIn(join(folder, 'assembly'), SETTINGS);
  const resources = templates.stacks.flatMap((stack) => Object.values(stack.resources));
  for (const { Type, PhysicalId, Properties } of resources) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const { Variables } = Properties.Environment as { Variables: Record<string, string> };
    functions.set(Variables.POWERTOOLS_SERVICE_NAME ?? '', String(PhysicalId));
  }
  const log = () => undefined;
  aws = await startAwsServer({ dataDir: join(folder, 'aws'), credentials: CREDENTIALS, log });
  for (const environment of ['sandbox', 'live'])
    aws.createUsagePlan('a1b2c3', { UsagePlanName: environment } as never);
  const logs = { writer: () => log };
  const now = () => new Date();
  const topics = new Topics(resources, { now, log });
  deployment = await deploy(templates, { aws, region: REGION, logs, now, topics });
});
afterAll(async () => {
  await deployment.close();
  await aws.close();
  rmSync(folder, { recursive: true });
});

const call = (name: string, event: unknown) => deployment.invoke(functions.get(name) ?? name, event);

/** The event of a management route, and what of the answer is looked at. */
async function manage(name: string, methodAndPath: string, body?: object): Promise<[number, unknown]> {
  const [method = '', path = ''] = methodAndPath.split(' ');
  const [rawPath = '', rawQueryString = ''] = path.split('?');
  const [, tenantId] = /^\/v1\/tenants\/(\w+)\//.exec(rawPath) ?? [];
  const query = Object.fromEntries(new URLSearchParams(rawQueryString));
  const claims = { ...ADMIN, amr: '[pwd mfa]', 'keywright:amr': '[pwd mfa]' };
  const authorizer =
    name === 'verify'
      ? { iam: { userArn: 'arn:aws:iam::111122223333:role/backend' } }
      : { lambda: { claims } };
  const { statusCode, body: text } = (await call(name, {
    version: '2.0',
    routeKey: `${method} ${rawPath.replace('tenant_acme', '{tenantId}')}`,
    rawPath,
    rawQueryString,
    queryStringParameters: query,
    ...(tenantId !== undefined && { pathParameters: { tenantId } }),
    headers: { authorization: 'Bearer a.b.c', 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
    requestContext: {
      accountId: '111122223333',
      authorizer,
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '198.51.100.7', userAgent: 'jest' },
      requestId: 'request-1',
      stage: '$default',
      timeEpoch: Date.now(),
    },
  })) as { statusCode: number; body: string };
  return [statusCode, JSON.parse(text)];
}

test('every folder of functions is deployed', () => {
  const inOtherStacks = ['registration', 'secret-rotation', 'sighting-relay'];
  expect([...functions.keys(), ...inOtherStacks].sort()).toEqual(readdirSync('functions').sort());
});

describe('with the environment of its template, answers', () => {
  let issued = '';

  test('tenants', async () => {
    const created = await manage('tenants', 'POST /v1/tenants', { tenantId: 'tenant_acme', name: 'Acme' });
    expect(created).toEqual([201, expect.objectContaining({ tenantId: 'tenant_acme' })]);
  });

  test('keys, whose new key has one of API Gateway in the usage plans', async () => {
    const body = { name: 'Key', type: 'secret', environment: 'live', role: 'reader' };
    const [status, answer] = await manage('keys', `POST ${TENANT}/keys`, body);
    expect([status, answer]).toEqual([201, expect.objectContaining({ secret: expect.any(String) })]);
    issued = (answer as { secret: string }).secret;
  });

  test.each([
    ['apis', 'GET /v1/apis', { items: [], nextCursor: null }],
    ['products', 'GET /v1/products', { items: [], nextCursor: null }],
    ['subscriptions', 'GET /v1/subscriptions', { items: [], nextCursor: null }],
    ['approvals', 'GET /v1/approvals', { items: [], nextCursor: null }],
    ['alerts', 'GET /v1/alerts', { items: [], nextCursor: null }],
    ['audit', 'GET /v1/audit', expect.objectContaining({ nextCursor: null })],
    ['audit', 'GET /v1/audit/verify?tenantId=tenant_none', expect.objectContaining({ tampering: [] })],
    ['usage', 'GET /v1/usage?tenantId=tenant_acme', expect.objectContaining({ groups: [] })],
    ['members', 'GET /v1/me', expect.objectContaining({ sub: ADMIN.sub, tenants: '*' })],
    ['openapi', 'GET /v1/.well-known/keywright', expect.objectContaining({ issuer: expect.any(String) })],
    ['openapi', 'GET /openapi.json', expect.objectContaining({ openapi: expect.any(String) })],
  ])('%s: %s', async (name, route, expected) => {
    expect(await manage(name, route)).toEqual([200, expected]);
  });

  test('verify, which knows the key, and its pepper, and that no API is named', async () => {
    const body = { requests: [{ key: issued }, { key: `${issued.slice(0, -1)}_` }] };
    const [status, answer] = await manage('verify', 'POST /v1/verify', body);
    expect([status, answer]).toEqual([
      200,
      { results: [expect.objectContaining({ valid: true }), expect.objectContaining({ valid: false })] },
    ]);
  });

  test('leaks, which end the key', async () => {
    const event = restEvent({ headers: { 'content-type': 'application/json' } });
    const body = JSON.stringify({ keys: [issued, 'none'] });
    const report = { ...event, httpMethod: 'POST', resource: '/leaks', path: '/v1/leaks', body };
    const answer = (await call('leaks', { ...report, stageVariables: { base: '/v1' } })) as {
      statusCode: number;
      body: string;
    };
    expect([answer.statusCode, JSON.parse(answer.body)]).toEqual([
      200,
      expect.objectContaining({ outcomes: ['ended', 'unknown'] }),
    ]);
  });

  test.each([
    ['publisher', { Records: [] }, { batchItemFailures: [] }],
    ['usage-consumer', delivery([accessLine({ id: '1', keyId: KEY_ID, tenantId: 'tenant_acme' })]), null],
    ['pepper-rotation', { measure: 'age' }, null],
    ['sweep', {}, null],
    ['key-upkeep', { is: 'no inquiry' }, null],
    ['usage-plan-keys', { detail: { subject: { type: 'apiKey', id: KEY_ID } } }, null],
    [
      'token-claims',
      {
        request: { userAttributes: {}, groupConfiguration: { groupsToOverride: ['auditor'] } },
        response: {},
      },
      expect.objectContaining({
        response: {
          claimsAndScopeOverrideDetails: {
            accessTokenGeneration: {
              claimsToAddOrOverride: {
                'keywright:role': 'auditor',
                'keywright:tenants': [],
              },
            },
          },
        },
      }),
    ],
    [
      'demo-backend',
      {
        ...restEvent({ headers: keyHeaders('none') }),
        path: '/v1/orders',
        stageVariables: { api: 'orders' },
      },
      expect.objectContaining({ statusCode: 401 }),
    ],
  ])('%s', async (name, event, expected) => {
    expect(await call(name, event)).toEqual(expected);
  });

  test('authorizer, to a request without a key', async () => {
    await expect(call('authorizer', restEvent({ headers: {} }))).rejects.toThrow('Unauthorized');
  });
});
