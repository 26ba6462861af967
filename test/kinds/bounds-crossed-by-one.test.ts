import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { BoundedMap } from '../../core/access/bounded-map.ts';
import type { Outcome } from '../../core/access/outcome.ts';
import { accessPolicy } from '../../core/domain/decision/access-policy.ts';
import type { Caller } from '../../core/domain/decision/decision.ts';
import { Permissions } from '../../core/domain/tenants/permission.ts';
import { GatewayAnswers } from '../../functions/authorizer/gateway-answer.ts';
import { TestManagement } from '../support/management.ts';

const caller: Caller = {
  keyId: 'key_0123456789AB',
  tenantId: 'tenant_acme',
  environment: 'live',
  keyType: 'secret',
  secretId: 'secret01',
  role: 'reader',
  permissions: ['orders:write'],
  granted: new Permissions(['orders:write']),
  limits: [],
} as unknown as Caller;
const STAGE = 'arn:aws:execute-api:eu-central-1:111122223333:a1b2c3/live';

describe('a map of bounded size', () => {
  test.each([1, 2, 7])('holds %i, and with one more forgets what was written longest ago', (bound) => {
    const map = new BoundedMap<number, string>(bound);
    expect([map.size, map.get(0)]).toEqual([0, undefined]);
    for (let i = 0; i < bound; i++) map.set(i, `${i}`);
    expect([map.size, map.get(0)]).toEqual([bound, '0']);
    map.set(bound, 'one more');
    expect([map.size, map.get(0), map.get(bound)]).toEqual([bound, undefined, 'one more']);
  });

  test('counts what is written anew as the youngest, and forgets nobody for it', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    expect([map.size, map.get('a'), map.get('b')]).toEqual([2, 3, 2]);
    map.set('c', 4);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([3, undefined, 4]);
    map.delete('a');
    map.delete('none');
    expect(map.size).toBe(1);
  });
});

describe('a policy', () => {
  const policyFor = (length: number) => {
    const routes = [
      { method: 'POST', path: `/v1/orders/${'x'.repeat(length)}`, permission: 'orders:write', public: false },
    ];
    const atHand = { stageArn: STAGE, method: 'POST', path: '/v1/orders' };
    return accessPolicy(caller, routes, atHand, true);
  };
  const sizeOf = (length: number) => JSON.stringify(policyFor(length)).length;

  test('of 6,000 characters speaks for the whole API, and of one more for the route at hand alone', () => {
    const length = 6000 - sizeOf(0);
    expect(sizeOf(length)).toBe(6000);
    expect(policyFor(length).Statement).toHaveLength(2);
    expect(policyFor(length + 1).Statement).toEqual([
      { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: [`${STAGE}/POST/v1/orders`] },
    ]);
  });

  test('is kept for four stages of an outcome, and the fifth displaces the first', () => {
    const answers = new GatewayAnswers({ gatewayCaches: false });
    const outcome: Outcome = { decision: { allowed: true, caller }, caller, routes: [], route: undefined };
    const answer = (stage: number) =>
      answers.answer(outcome, {
        route: { stageArn: `${STAGE}${stage}`, method: 'GET', path: '/v1/orders' },
      } as never);
    const [first, second] = [1, 2, 3, 4].map(answer);
    expect([answer(1) === first, answer(2) === second]).toEqual([true, true]);
    answer(5);
    expect([answer(2) === second, answer(1) === first]).toEqual([true, false]);
  });
});

/** What a body or query may hold at most, wherever the document says so. */
interface Bounds {
  [place: string]: number;
}

const UNNAMED = ['properties', 'schema', 'items', 'content', 'application/json', 'parameters'];
const WORDS = ['maxItems', 'maxLength', 'maximum', 'maxProperties', 'minItems', 'minLength', 'minimum'];

function boundsIn(value: unknown, place: string): Bounds {
  if (typeof value !== 'object' || value === null) return {};
  return Object.entries(value).reduce<Bounds>((found, [name, inner]) => {
    // What is answered is what was taken; a number that no reader could hold is no bound.
    if (name === 'responses') return found;
    if (WORDS.includes(name) && typeof inner === 'number' && Math.abs(inner) < Number.MAX_SAFE_INTEGER)
      return Object.assign(found, { [`${place} ${name}`]: inner });
    const called = Object(inner).in === undefined ? name : `${Object(inner).in}.${Object(inner).name}`;
    const step = UNNAMED.includes(name) ? '' : `.${called}`;
    return Object.assign(found, boundsIn(inner, `${place}${step}`));
  }, {});
}

test('what a request may hold is bounded as it is written down, number by number', async () => {
  const management = new TestManagement({ main: {}, audit: {}, regional: {}, settle() {} } as never);
  const { body } = await management.call('GET /openapi.json', { claims: {} });
  const written = JSON.parse(readFileSync(new URL('vectors/request-bounds.json', import.meta.url), 'utf8'));
  expect(boundsIn(body.paths, '')).toEqual(written);
});
