import { describe, expect, test } from '@jest/globals';
import { DomainError } from '../../../core/domain/ground/domain-error.ts';
import {
  createKey,
  type NewApiKey,
  rotateKey,
  updateKey,
} from '../../../core/domain/keys/api-key-lifecycle.ts';
import { brokenRules } from '../../../core/domain/keys/key-rules.ts';
import type { KeyPolicy } from '../../../core/domain/tenants/key-policy.ts';
import { createTenant, type Tenant } from '../../../core/domain/tenants/tenant.ts';

const START = Date.parse('2026-11-22T12:00:00.000Z');
const DAY = 86_400;
const at = (seconds: number) => ({
  now: new Date(START + seconds * 1000),
  actor: { type: 'admin', id: 'person-admin' } as const,
  ...{ requestId: 'request-1', eventId: `event-${seconds}` },
});
const endingIn = (days: number) => at(days * DAY).now.toISOString();
const asking = (live: KeyPolicy | undefined): Tenant => {
  const settings = live === undefined ? {} : { keyPolicies: { live } };
  return createTenant({ tenantId: 'tenant_acme', name: 'Acme', settings }, at(0)).state;
};
const FREE = asking(undefined);
const secret = (id: string) => ({ id, hint: 'abcd', digest: { pepper: 'v1', hmac: id } });
const INPUT: NewApiKey = {
  ...{ keyId: 'key_0123456789AB', name: 'Billing', type: 'secret', environment: 'live', role: 'writer' },
};
const made = (tenant: Tenant, input: Partial<NewApiKey> = {}) =>
  createKey(tenant, { ...INPUT, ...input }, secret('first'), at(0)).state;

function refusal(work: () => unknown): DomainError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

describe('a new key', () => {
  test.each<[KeyPolicy, Partial<NewApiKey>, Partial<NewApiKey>, string]>([
    [{ expiryRequired: true }, {}, { expiresAt: endingIn(4000) }, 'expiresAt'],
    [{ maxLifetimeDays: 90 }, { expiresAt: endingIn(90.0001) }, { expiresAt: endingIn(90) }, 'expiresAt'],
    [{ maxLifetimeDays: 90 }, {}, { expiresAt: endingIn(1) }, 'expiresAt'],
    [{ cidrRequired: true }, {}, { allowedCidrs: ['203.0.113.0/24'] }, 'allowedCidrs'],
    [{ cidrRequired: true }, {}, { type: 'publishable' }, 'allowedCidrs'],
    [
      { cidrRequired: true },
      { allowedCidrs: ['203.0.113.0/24', '0.0.0.0/0'] },
      { allowedCidrs: ['0.0.0.0/1'] },
      'allowedCidrs',
    ],
    [
      { cidrRequired: true },
      { allowedCidrs: ['128.0.0.0/1', '10.0.0.0/8', '64.0.0.0/2', '0.0.0.0/2'] },
      { allowedCidrs: ['128.0.0.0/1', '64.0.0.0/2', '0.0.0.0/3'] },
      'allowedCidrs',
    ],
    [
      { cidrRequired: true },
      { allowedCidrs: ['203.0.113.0/24', '::/1', '8000::/1'] },
      { allowedCidrs: ['0.0.0.0/1', '::/1'] },
      'allowedCidrs',
    ],
    [{ cidrRequired: true }, { allowedCidrs: ['::/0'] }, { allowedCidrs: ['2001:db8::/32'] }, 'allowedCidrs'],
    [{ cidrRequired: true }, {}, { environment: 'sandbox' }, 'allowedCidrs'],
  ])(
    'that breaks %j is refused by the rule’s name, one that keeps it is made',
    (policy, bad, good, param) => {
      const tenant = asking(policy);
      const error = refusal(() => made(tenant, bad));
      expect(error).toMatchObject({ code: 'out_of_policy', param });
      expect(error?.message).toContain(Object.keys(policy)[0]);
      expect(brokenRules(made(tenant, good), tenant, at(0).now)).toEqual([]);
    },
  );

  test('is told of all rules at once', () => {
    const error = refusal(() =>
      made(asking({ expiryRequired: true, cidrRequired: true, maxLifetimeDays: 1 })),
    );
    expect(error?.details?.map(({ param }) => param)).toEqual(['expiresAt', 'expiresAt', 'allowedCidrs']);
  });

  test('that was issued elsewhere is taken, and reported', () => {
    const tenant = asking({ cidrRequired: true });
    const { state } = createKey(tenant, INPUT, { ...secret('first'), imported: true }, at(0));
    expect(brokenRules(state, tenant, at(0).now)).toEqual(['cidrRequired']);
  });
});

describe('a key that is there', () => {
  const strict = asking({
    expiryRequired: true,
    cidrRequired: true,
    rotateEveryDays: 30,
    maxOverlapSeconds: 60,
  });

  test('is reported, and can be renamed, narrowed and rotated whatever it breaks', () => {
    const old = made(FREE);
    expect(brokenRules(old, strict, at(31 * DAY).now)).toEqual([
      'expiryRequired',
      'cidrRequired',
      'rotateEveryDays',
    ]);
    expect(updateKey(old, strict, { name: 'New' }, at(1))?.state.name).toBe('New');
    const input = { overlapSeconds: 60, secret: secret('second') };
    const { state } = rotateKey(old, strict, input, at(31 * DAY));
    expect(brokenRules(state, strict, at(31 * DAY).now)).toEqual(['expiryRequired', 'cidrRequired']);
  });

  test('is not changed to break what it kept', () => {
    const kept = made(strict, { expiresAt: endingIn(365), allowedCidrs: ['203.0.113.0/24'] });
    for (const change of [{ expiresAt: null }, { allowedCidrs: [] }])
      expect(refusal(() => updateKey(kept, strict, change, at(1)))?.code).toBe('out_of_policy');
    const input = { overlapSeconds: 61, secret: secret('second') };
    expect(refusal(() => rotateKey(kept, strict, input, at(1)))).toMatchObject({
      code: 'out_of_policy',
      param: 'overlapSeconds',
    });
    expect(rotateKey(kept, strict, { ...input, overlapSeconds: 60 }, at(1)).state.secrets).toHaveLength(2);
  });

  test('has its lifetime counted anew when its secret is', () => {
    const tenant = asking({ maxLifetimeDays: 90 });
    const key = made(tenant, { expiresAt: endingIn(90) });
    expect(refusal(() => updateKey(key, tenant, { expiresAt: endingIn(120) }, at(80 * DAY)))?.code).toBe(
      'out_of_policy',
    );
    const { state } = rotateKey(key, tenant, { overlapSeconds: 0, secret: secret('second') }, at(80 * DAY));
    expect(updateKey(state, tenant, { expiresAt: endingIn(170) }, at(80 * DAY))?.state.expiresAt).toBe(
      endingIn(170),
    );
  });

  test('breaks nothing once it has ended', () => {
    expect(brokenRules(made(FREE, { expiresAt: endingIn(1) }), strict, at(2 * DAY).now)).toEqual([]);
  });
});
