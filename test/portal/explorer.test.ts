import { execFileSync } from 'node:child_process';
import { Script } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ApiCall,
  callOf,
  headersToSend,
  type Wants,
} from '../../portal/src/developer/explorer/api-call.ts';
import { codeSamples } from '../../portal/src/developer/explorer/code-samples.ts';
import { mayCall } from '../../portal/src/developer/explorer/may-call.ts';
import { limitsLeft } from '../../portal/src/developer/explorer/rate-limits.ts';
import { tokenProblem } from '../../portal/src/developer/explorer/token-problem.ts';
import { explainStatus } from '../../portal/src/developer/explorer/why-it-failed.ts';
import { type ApiOperation, operationsIn } from '../../portal/src/shared/api/api-document.ts';
import { nameOfKey } from '../../portal/src/shared/show/key-name.ts';

const SUBSCRIPTION: Wants = { scheme: 'subscription', clientKey: true, token: true };
const TENANT: Wants = { scheme: 'tenant', clientKey: false, token: false };
const SECRETS = {
  key: 'sub_dev_secret',
  clientKey: 'ck_dev_secret',
  token: 'a.b.c',
  tenantId: 'tenant_acme',
};

const DOCUMENT = {
  paths: {
    '/v1/orders/{orderId}': {
      parameters: [{ name: 'orderId', in: 'path', required: true, schema: { type: 'string' } }],
      put: {
        'x-keywright-permission': 'orders:write',
        parameters: [
          { name: 'dry', in: 'query', schema: { enum: ['yes', 'no'] } },
          { name: 'x-trace', in: 'header', schema: { $ref: '#/components/schemas/Circle' } },
        ],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Circle' } } } },
      },
    },
  },
  components: {
    schemas: {
      Circle: {
        type: 'object',
        properties: { name: { type: 'string' }, next: { $ref: '#/components/schemas/Circle' } },
      },
    },
  },
};
const [PUT] = operationsIn(DOCUMENT) as [ApiOperation];
const callWith = (id: string, body: string) =>
  callOf(
    PUT,
    { parameters: { 'path orderId': id, 'query dry': 'yes' }, body },
    { baseUrl: 'https://api.example.com/base/', wants: SUBSCRIPTION, tenantId: '' },
  );

describe('what a document says', () => {
  test('is read with its references, and ends where they lead in a circle', () => {
    expect(PUT).toMatchObject({ id: 'PUT /v1/orders/{orderId}', permission: 'orders:write' });
    expect(PUT.parameters.map(({ name, place, required }) => [name, place, required])).toEqual([
      ['orderId', 'path', true],
      ['dry', 'query', false],
      ['x-trace', 'header', false],
    ]);
    expect(JSON.parse(PUT.body?.example ?? '')).toMatchObject({ name: 'text', next: { name: 'text' } });
  });

  test('may be anything: nothing of it fails, whoever wrote it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (item, schemas) => {
        operationsIn(item);
        operationsIn({ paths: { '/x': item }, components: { schemas } });
        operationsIn({ paths: { '/x': { get: item, post: { parameters: item, requestBody: item } } } });
      }),
    );
  });
});

describe('a call', () => {
  test('puts what was typed where it belongs, and a secret nowhere but into headers', () => {
    const call = callWith('a/b ?#ü', '{"amount":1}');
    expect(call.url).toBe('https://api.example.com/base/v1/orders/a%2Fb%20%3F%23%C3%BC?dry=yes');
    expect(JSON.stringify(call)).not.toMatch(/_secret"|a\.b\.c/);
    expect(headersToSend(call, SECRETS)).toEqual([
      ['Ocp-Apim-Subscription-Key', 'sub_dev_secret'],
      ['Client-Key', 'ck_dev_secret'],
      ['Authorization', 'Bearer a.b.c'],
      ['Content-Type', 'application/json'],
    ]);
    const tenant = callOf(
      PUT,
      { parameters: {}, body: '' },
      { baseUrl: 'https://x.test', wants: TENANT, tenantId: 'tenant_acme' },
    );
    expect(headersToSend(tenant, { ...SECRETS, key: ' ' })).toEqual([['x-tn', 'tenant_acme']]);
  });

  /** What a shell and JavaScript make of the samples' texts. */
  function wordsOf(call: ApiCall): string[] {
    const [curl] = codeSamples(call);
    const script = `KEY=k CLIENT_KEY=c TOKEN=t\ncurl() { printf '%s\\0' "$@"; }\n${curl?.text}`;
    return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
  }

  test.each([
    `'; echo "$HOME" \`id\` $(id) \\ !x %s`,
    '"quoted" \u2028 \u0007 ü 漢 🙂',
    "it's\nanother line",
  ])('is the same in code, whatever was typed: %j', (hostile) => {
    const call = callWith('order-1', JSON.stringify({ hostile }));
    expect(wordsOf(call)).toEqual([
      ...['-X', 'PUT', call.url, '-H', 'Ocp-Apim-Subscription-Key: k', '-H', 'Client-Key: c'],
      ...['-H', 'Authorization: Bearer t', '-H', 'Content-Type: application/json', '-d', call.body],
    ]);
    const [, javascript, python, go] = codeSamples(call).map(({ text }) => text);
    expect(() => new Script(`async () => { ${javascript} }`)).not.toThrow();
    for (const text of [javascript, python, go]) {
      const [literal = ''] = /"\{(?:[^"\\]|\\.)*\}"/.exec(text ?? '') ?? [];
      expect(JSON.parse(literal)).toBe(call.body);
      expect(text).toMatch(/process\.env\.KEY|os\.environ\["KEY"\]|os\.Getenv\("KEY"\)/);
    }
  });
});

describe('what an answer says', () => {
  const headers = (fields: Record<string, string>) => new Headers(fields);

  test('of limits is read as the draft has it; what is not so is left out', () => {
    expect(
      limitsLeft(
        headers({
          RateLimit: '"60s";r=599;t=43, "month";r=9',
          'RateLimit-Policy': '"60s";q=600;w=60, "month";q=10;w=2592000',
        }),
      ),
    ).toEqual([
      { name: '60s', remaining: 599, limit: 600, resetSeconds: 43 },
      { name: 'month', remaining: 9, limit: 10, resetSeconds: undefined },
    ]);
    expect(limitsLeft(headers({}))).toEqual([]);
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'"a;r=1, t-') }),
        (text) => void limitsLeft({ get: () => text }),
      ),
    );
  });

  const answered = (status: number, body: string, retryAfter: string | null = null) => ({
    ...{ status, body, retryAfter, milliseconds: 1, bytes: 1 },
    ...{ headers: [], limits: [] },
  });
  test.each([
    [200, '', TENANT, undefined],
    [401, '{"error":{"code":"authentication_failed"}}', TENANT, /key was not accepted/],
    [401, '{"error":{"code":"invalid_token"}}', SUBSCRIPTION, /access token was not accepted/],
    [403, '{"error":{"code":"insufficient_permissions"}}', TENANT, /may not do this/],
    [403, '{"error":{"code":"tenant_mismatch"}}', TENANT, /another tenant/],
    [
      403,
      '{"statusCode":403,"message":"Access denied: the subscription is not active."}',
      SUBSCRIPTION,
      /subscription is not active/,
    ],
    [403, '{"message":"Forbidden"}', TENANT, /may not do this/],
    [404, '{}', TENANT, /knows no such thing/],
    [429, '{"error":{"code":"quota_exceeded"}}', TENANT, /quota is used up/],
    [429, 'no JSON', TENANT, /Too many requests/],
    [500, '', TENANT, /API failed/],
    [503, '', TENANT, /not available/],
  ] as const)('%i %s is told apart from others', (status, body, wants, expected) => {
    const told = explainStatus(answered(status, body), wants)?.header;
    if (expected === undefined) expect(told).toBeUndefined();
    else expect(told).toMatch(expected);
  });
});

describe('what is known beforehand', () => {
  test('a key is known by its form and named by its id, with a vendor or without', () => {
    const text = `sk_live_jy8U8V0Qpt5b${'x'.repeat(38)}`;
    expect(nameOfKey(text)).toEqual({ kind: 'sk', environment: 'live', id: 'key_jy8U8V0Qpt5b' });
    expect(nameOfKey(`acme_${text.replace('sk_live', 'sub_dev')}`)).toMatchObject({
      kind: 'sub',
      id: 'sub_jy8U8V0Qpt5b',
    });
    expect(nameOfKey('something else')).toBeUndefined();
  });

  test.each([
    [{ type: 'secret', permissions: ['orders:read'], own: null }, 'orders:read', true],
    [{ type: 'secret', permissions: ['*:read'], own: null }, 'orders:write', false],
    [{ type: 'secret', permissions: ['*:*'], own: ['orders:read'] }, 'orders:write', false],
    [{ type: 'publishable', permissions: ['*:*'], own: null }, 'orders:read', false],
    [{ type: 'publishable', permissions: ['*:*'], own: null }, null, true],
    [undefined, 'orders:read', undefined],
  ] as const)('whether %j may call what takes %s: %s', (key, permission, expected) => {
    expect(mayCall({ permission }, key)).toBe(expected);
  });

  test('a token that the API would refuse says why', () => {
    const requirement = {
      issuer: 'https://id.test',
      audience: 'payments',
      requiredScopes: ['payments.write'],
    };
    const token = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
    const good = { iss: 'https://id.test', aud: ['payments'], scope: 'a payments.write', exp: 2000 };
    const problem = (claims: object) => tokenProblem(token({ ...good, ...claims }), requirement, 1_000_000);
    expect(problem({})).toBeUndefined();
    expect(problem({ exp: 1000 })).toMatch(/ended/);
    expect(problem({ iss: 'https://other.test' })).toMatch(/another issuer/);
    expect(problem({ aud: 'x' })).toMatch(/audience/);
    expect(problem({ scope: undefined, scp: ['b'] })).toMatch(/payments\.write/);
    expect(tokenProblem('nonsense', requirement, 0)).toMatch(/no JSON Web Token/);
  });
});
