import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AccessRequest } from '../../core/access/authorizer.ts';
import type { Outcome } from '../../core/access/outcome.ts';
import { KnownAuthorizers } from '../../functions/verify/known-authorizers.ts';

const REQUEST = { headers: {}, method: 'GET', path: '/', requestId: 'r' } as unknown as AccessRequest;
const MOST = 4;

/** Authorizers of which a few APIs exist, and how often one was made for each. */
function withApis(existing: readonly string[]) {
  const made: (string | undefined)[] = [];
  const outcomeOf = (apiId: string | undefined): Outcome => {
    const exists = apiId === undefined || existing.includes(apiId);
    const owner = {
      tenantId: 'tenant_acme',
      environment: 'live',
      keyType: 'secret',
      secretId: 's1',
    } as const;
    const refusal = exists
      ? ({ code: 'tenant_mismatch', cause: 'tenant_mismatch', owner } as const)
      : ({ code: 'authorizer_unavailable', cause: 'unknown_api' } as const);
    return { decision: { allowed: false, ...refusal }, caller: undefined, routes: [], route: undefined };
  };
  const known = new KnownAuthorizers((apiId) => {
    made.push(apiId);
    return { authorize: async () => outcomeOf(apiId) };
  }, MOST);
  return { made, ask: (apiId: string | undefined) => known.of(apiId).authorize(REQUEST) };
}

test('API ids that somebody made up, however many, push the memory of no API out', async () => {
  const { made, ask } = withApis(['api_1', 'api_2']);
  await ask('api_1');
  await ask('api_2');
  for (let i = 0; i < 500; i++) await ask(`api_madeUp${i}`);
  await Promise.all(Array.from({ length: 500 }, (_, i) => ask(`api_another${i}`)));
  made.length = 0;
  await ask('api_1');
  await ask('api_2');
  await ask(undefined);
  expect(made).toEqual([]);
});

test('in whatever order they are asked about, an API that exists keeps its memory beside as many others as may be kept', async () => {
  const existing = ['api_1', 'api_2', 'api_3', 'api_4'];
  const anyId = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...existing) },
    { weight: 3, arbitrary: fc.string({ minLength: 1, maxLength: 6 }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(anyId, { maxLength: 60 }), async (ids) => {
      const { made, ask } = withApis(existing);
      for (const id of ids) await ask(id);
      for (const id of existing) expect(made.filter((each) => each === id).length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 100 },
  );
});

test('a guess at a key keeps nobody’s authorizer, and one API asked about at once is read by one', async () => {
  const made: unknown[] = [];
  const refusal = { allowed: false, code: 'authentication_failed', cause: 'unknown_key' } as const;
  const outcome: Outcome = { decision: refusal, caller: undefined, routes: [], route: undefined };
  const known = new KnownAuthorizers((apiId) => {
    made.push(apiId);
    return { authorize: async () => outcome };
  }, MOST);
  made.length = 0;
  await Promise.all(Array.from({ length: 50 }, () => known.of('api_1').authorize(REQUEST)));
  expect(made).toEqual(['api_1']);
  await known.of('api_1').authorize(REQUEST);
  expect(made).toEqual(['api_1', 'api_1']);
});
