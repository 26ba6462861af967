import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CAUSES } from '../../../core/domain/decision/causes.ts';
import { CHECKS } from '../../../core/domain/decision/checks.ts';
import { CHECK_NAMES, explain } from '../../../core/domain/decision/explanation.ts';

/** What is decided by no check. */
const UNCHECKED = ['no_context', 'unknown_api', 'unavailable'];
const failedOf = (cause: string) => explain(cause).checks.findIndex(({ result }) => result === 'failed');

test.each(Object.keys(CAUSES))(
  '%s fails at one check: those before it passed, none after was reached',
  (cause) => {
    const { checks, mend } = explain(cause);
    const failed = failedOf(cause);
    if (UNCHECKED.includes(cause)) expect(checks).toEqual([]);
    else {
      expect(checks.map(({ check }) => check)).toEqual(CHECK_NAMES);
      const results = CHECK_NAMES.map((_, i) =>
        i < failed ? 'passed' : i === failed ? 'failed' : 'not_reached',
      );
      expect(checks.map(({ result }) => result)).toEqual(results);
    }
    expect(mend.text).toMatch(/^[A-Z].*\.$/);
  },
);

test.each([
  ['key_8sK2mQ4vXz1b', ['api_in_product', 'subscription_active', 'client_key_matches', 'token_valid']],
  ['sub_8sK2mQ4vXz1b', ['tenant_named', 'key_active', 'tenant_matches', 'network_allowed', 'origin_allowed']],
  [undefined, []],
])('of %s some checks are not asked, before the one that failed and after it', (keyId, expected) => {
  const all = Object.keys(CAUSES).filter((cause) => !UNCHECKED.includes(cause));
  for (const cause of all) {
    const { checks } = explain(cause, keyId);
    const failed = checks.find(({ result }) => result === 'failed')?.check;
    const notAsked = checks.filter(({ result }) => result === 'not_asked');
    // What has failed was asked, whoever wrote that line.
    expect(notAsked.map(({ check }) => check)).toEqual(expected.filter((check) => check !== failed));
    for (const { why } of notAsked) expect(why).toMatch(/alone, and this is/);
    for (const each of checks) expect('why' in each).toBe(each.result === 'not_asked');
  }
});

test('what is not asked of an API key, or of a subscription’s, never refuses it, whatever else is wrong', () => {
  const askedOf = (credential: object) =>
    CHECKS.presented.flatMap((check) => {
      const facts = { ...wrong, credential };
      return check(facts as never) || [];
    });
  const wrong = {
    ...{ product: undefined, clientKey: undefined, tenantId: undefined, now: new Date(0) },
    ...{ tenant: { status: 'active' }, secret: { endsAt: 1 }, key: { kind: 'sk', environment: 'live' } },
    api: { apiId: 'api_other', environment: 'live', scheme: 'tenant', clientKeyRequired: true },
  };
  const credential = { environment: 'live', state: 'suspended', status: 'disabled', tenantId: 'tenant_acme' };
  expect(askedOf({ ...credential, type: 'secret' })).toEqual(['key_disabled']);
  expect(askedOf(credential)).toEqual([
    ...['unknown_key', 'product_not_subscribed', 'subscription_suspended', 'no_client_key'],
  ]);
});

test('checks come in the order in which requests are checked', () => {
  const source = readFileSync(new URL('../../../core/domain/decision/checks.ts', import.meta.url), 'utf8');
  const table = source.slice(source.indexOf('export const CHECKS'));
  const places = Object.keys(CAUSES)
    .filter((cause) => !UNCHECKED.includes(cause) && table.includes(`'${cause}'`))
    .map((cause) => ({ cause, at: table.indexOf(`'${cause}'`), failed: failedOf(cause) }))
    .sort((a, b) => a.at - b.at);
  expect(places.length).toBeGreaterThan(14);
  expect(places.map(({ failed }) => failed)).toEqual(
    places.map(({ failed }) => failed).toSorted((a, b) => a - b),
  );
});

test('a cause of another version has no checks, and names that every object has are none', () => {
  for (const cause of ['constructor', '__proto__', 'newer']) expect(explain(cause).checks).toEqual([]);
});
