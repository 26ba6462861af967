import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { REQUEST_ID } from '../../core/contract/refusals.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import { SCHEMAS } from '../../functions/openapi/document.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { restEvent, tokenEvent } from '../support/gateway-events.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

/** Longer than DynamoDB lets a partition key (2,048 bytes) or a sort key (1,024) be. */
const LONG = 'a'.repeat(2100);

/** What stands in an id's place and is none: too long, too short, of other characters, of another's form. */
const HOSTILE = [
  LONG,
  `tenant_${LONG}`,
  `key_${LONG}`,
  'tenant_ab',
  'tenant_ACME',
  'tenant_acme ',
  ' tenant_acme',
  'tenant_acme\n',
  'tenant_acme#TENANT',
  'tenant_ａcme',
  'key_AAAAAAAAAAA',
  'key_AAAAAAAAAAAA#CRED',
  'sub_AAAAAAAAAAA-',
  'constructor',
  '__proto__',
  '*',
  '%',
  '\0',
  '\ud800',
  '..',
  '🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑',
];

/** Some of them are names that a role may have, or what an issuer may call a person. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  role: /^[a-z][a-z0-9_-]{0,39}$/,
  sub: /^[ -~]{1,255}$/,
  requestId: REQUEST_ID,
};
const hostileAs = (name: string) => HOSTILE.filter((id) => !ALLOWED[name]?.test(id));

describe('the management API', () => {
  let dynamodb: TestDynamoDb;
  let management: TestManagement;
  const calls: string[] = [];
  beforeAll(async () => {
    dynamodb = await startDynamoDb();
    management = new TestManagement(dynamodb);
    dynamodb.main.client.middlewareStack.add(
      (next, context) => (args) => {
        calls.push(String(context.commandName));
        return next(args);
      },
      { step: 'initialize' },
    );
    await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_acme', name: 'Acme' } });
  });
  afterAll(() => dynamodb.close());
  beforeEach(() => {
    calls.length = 0;
  });

  /** An id that is well-formed where a name says whose it is, so that one alone is at fault. */
  const PRINCIPAL = 'arn:aws:iam::000000000000:role/backend';
  const GOOD: Readonly<Record<string, string>> = {
    tenantId: 'tenant_acme',
    keyId: 'key_AAAAAAAAAAAA',
    apiId: 'api_AAAAAAAAAAAA',
    productId: 'prod_AAAAAAAAAAAA',
    subscriptionId: 'sub_AAAAAAAAAAAA',
    credentialId: 'key_AAAAAAAAAAAA',
    approvalId: 'apr_AAAAAAAAAAAA',
    alertId: 'alert_AAAAAAAAAAAA',
    invitationId: 'inv_AAAAAAAAAAAA',
    signUpId: 'signup_AAAAAAAAAAAA',
    sub: 'sub-grace',
    sessionId: `session_${'a'.repeat(64)}`,
    role: 'reader',
    requestId: 'JKJaXmPLvHcESHA=',
    slot: 'primary',
  };
  const BODIES: Readonly<Record<string, object>> = {
    putRole: { permissions: ['*:read'] },
    tryRole: { permissions: ['*:read'] },
    tryKey: { role: 'reader' },
    updateTenant: { name: 'A' },
    updateKey: { name: 'A' },
    updateMember: { role: 'auditor' },
    putKeyRotation: { principalArn: PRINCIPAL },
    putSubscriptionRotation: { principalArn: PRINCIPAL },
    registerSecret: { secret: 'x', clientRequestToken: 'token' },
    updateApi: { name: 'A' },
    tryApi: { routes: [] },
    putApiOpenApi: { openapi: '3.1.1', info: { title: 'A', version: '1' }, paths: {} },
    updateProduct: { name: 'A' },
    updateSubscription: { name: 'A' },
    approveSignUp: { tenantId: 'tenant_acme' },
    rejectSignUp: { reason: 'A' },
  };

  const inPaths = ROUTES.flatMap((route) =>
    [...route.key.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [route.operation, name, route.key] as const),
  );

  test.each(inPaths)('%s reads nothing for what is no %s', async (operation, name, key) => {
    for (const id of hostileAs(name)) {
      const path = key.replaceAll(/\{(\w+)\}/g, (_, each: string) => GOOD[each] ?? '');
      const pathParameters = Object.fromEntries(
        [...key.matchAll(/\{(\w+)\}/g)].map(([, each = '']) => [
          each,
          each === name ? id : (GOOD[each] ?? ''),
        ]),
      );
      const body = /^(POST|PUT|PATCH)/.test(key) ? (BODIES[operation] ?? {}) : undefined;
      const by = operation === 'registerSecret' ? { principal: PRINCIPAL } : {};
      const { status } = await management.call(path, { ...by, body, event: { pathParameters } });
      expect([id, [400, 404].includes(status)]).toEqual([id, true]);
      expect([id, calls]).toEqual([id, []]);
    }
  });

  const inQueries = ROUTES.flatMap((route) => {
    const { query } = SCHEMAS[route.operation as keyof typeof SCHEMAS] as { query?: { shape: object } };
    return Object.keys(query?.shape ?? {})
      .filter((name) => name.endsWith('Id') || name === 'cursor' || name === 'role')
      .map((name) => [route.operation, name, route.key] as const);
  });

  test.each(inQueries)('%s reads nothing for what is no %s', async (operation, name, key) => {
    const path = key.replaceAll(/\{(\w+)\}/g, (_, each: string) => GOOD[each] ?? '');
    const position = (text: string) =>
      Buffer.from(JSON.stringify([`keys ${GOOD.tenantId}`, text])).toString('base64url');
    const cursors = [LONG, '-'.repeat(24), `${'-'.repeat(24)}#a`, `2026-11-22T12:00:00.000Z#${LONG}`, ''];
    const hostile = name === 'cursor' ? [...HOSTILE, ...cursors.map(position)] : hostileAs(name);
    for (const id of hostile) {
      const others =
        operation === 'getUsage' || operation === 'verifyAudit' ? { tenantId: 'tenant_acme' } : {};
      const { status } = await management.call(path, { query: { ...others, [name]: id } });
      expect([id, status]).toEqual([id, 400]);
      expect([id, calls]).toEqual([id, []]);
    }
  });

  const NEW_KEY = { name: 'A', type: 'secret', environment: 'sandbox', role: 'reader' };
  test.each([
    ['tenantId', 'POST /v1/tenants', (id: string) => ({ tenantId: id, name: 'A' })],
    ['role', 'POST /v1/tenants/tenant_acme/keys', (id: string) => ({ ...NEW_KEY, role: id })],
    ['role', 'PATCH /v1/tenants/tenant_acme/keys/key_AAAAAAAAAAAA', (id: string) => ({ role: id })],
    [
      'apiId',
      'POST /v1/apis',
      (id: string) => ({ apiId: id, name: 'A', environment: 'live', scheme: 'tenant' }),
    ],
    ['apiIds', 'POST /v1/products', (id: string) => ({ name: 'A', apiIds: [id] })],
    [
      'tenantId',
      'POST /v1/subscriptions',
      (id: string) => ({ tenantId: id, productId: GOOD.productId, name: 'A' }),
    ],
    [
      'productId',
      'POST /v1/subscriptions',
      (id: string) => ({ tenantId: GOOD.tenantId, productId: id, name: 'A' }),
    ],
  ])('a body’s %s that is none is a 400 of %s, and nothing is read', async (name, path, bodyOf) => {
    for (const id of hostileAs(name)) {
      const { status } = await management.call(path, { body: bodyOf(id) });
      expect([id, status]).toEqual([id, 400]);
      expect([id, calls]).toEqual([id, []]);
    }
  });

  test.each([
    ['apiId', 400],
    ['tenantId', 200],
  ])(
    'what is no %s is a %i of verify, which the caller may have sent, and nothing is read',
    async (name, expected) => {
      const principal = 'arn:aws:iam::000000000000:role/backend';
      for (const id of HOSTILE) {
        const { status, body } = await management.call('POST /v1/verify', {
          principal,
          body: { key: 'k', [name]: id },
        });
        expect([id, status, body.valid ?? false]).toEqual([id, expected, false]);
        expect([id, calls]).toEqual([id, []]);
      }
    },
  );

  test('tenants of a token that are none are not read', async () => {
    const tenants = HOSTILE.filter((id) => id !== '*' && !/\s/.test(id)).join(' ');
    const claims = { ...ADMIN, 'keywright:tenants': `[${tenants}]` };
    for (const path of ['GET /v1/tenants', 'GET /v1/subscriptions', 'GET /v1/audit', 'GET /v1/alerts']) {
      const { status, body } = await management.call(path, { claims });
      expect([path, status, body.items]).toEqual([path, 200, []]);
    }
    // Which teams the person is in is asked for, by the person's own name alone.
    expect(calls.filter((name) => !['QueryCommand', 'BatchGetItemCommand'].includes(name))).toEqual([]);
  });
});

describe('an authorizer', () => {
  let plane: RequestPlane;
  beforeAll(async () => {
    plane = await startRequestPlane();
  });
  afterAll(() => plane.close());

  test('answers what is no tenant as any other tenant, and never looks the text up', async () => {
    const key = await plane.putKey();
    for (const id of HOSTILE.filter((each) => each.trim() !== 'tenant_acme')) {
      const inputs: string[] = [];
      const authorizer = plane.authorizer({
        dynamodb: (call) => (operation, input) => {
          inputs.push(JSON.stringify(input));
          return call(operation, input);
        },
      });
      const handle = plane.handler(authorizer);
      const other = await handle(restEvent({ headers: { 'x-api-key': key, 'x-tn': 'tenant_other' } }));
      const fresh = plane.handler(plane.authorizer());
      expect([id, await fresh(restEvent({ headers: { 'x-api-key': key, 'x-tn': id } }))]).toEqual([
        id,
        other,
      ]);
      expect([id, await handle(restEvent({ headers: { 'x-api-key': key, 'x-tn': id } }))]).toEqual([
        id,
        other,
      ]);
      expect(other.context).toMatchObject({ errorCode: 'tenant_mismatch' });
      // Once a key's own tenant is known, no other name is asked about.
      expect(inputs).toHaveLength(1);
    }
  });

  test('asks as often, and about texts of one length, for what is no tenant as for another tenant', async () => {
    const key = await plane.putKey();
    const asked = async (id: string) => {
      const inputs: string[] = [];
      const authorizer = plane.authorizer({
        dynamodb: (call) => (operation, input) => {
          inputs.push(JSON.stringify(input));
          return call(operation, input);
        },
      });
      await plane.handler(authorizer)(restEvent({ headers: { 'x-api-key': key, 'x-tn': id } }));
      return inputs;
    };
    expect(await asked('tenant_other')).toHaveLength(1);
    for (const id of HOSTILE.filter((each) => each.trim() !== 'tenant_acme')) {
      const inputs = await asked(id);
      expect(inputs).toHaveLength(1);
      expect(inputs[0]?.length).toBeLessThan(1000);
      if (id.length > 1) expect(inputs.join()).not.toContain(JSON.stringify(id).slice(1, -1));
    }
  });

  test('causes no call by what is no key, and none fails', async () => {
    plane.calls.length = 0;
    for (const id of HOSTILE) {
      const handle = plane.handler(plane.authorizer());
      for (const headers of [
        { 'x-api-key': id, 'x-tn': id },
        { authorization: `Bearer ${id}`, 'x-tn': 'tenant_acme' },
        { 'ocp-apim-subscription-key': id, 'client-key': id },
      ]) {
        await expect(handle(restEvent({ headers }))).rejects.toThrow(/^Unauthorized$/);
      }
      await expect(handle(tokenEvent(id))).rejects.toThrow(/^Unauthorized$/);
    }
    expect(plane.calls).toEqual([]);
  });
});
