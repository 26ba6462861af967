import { expect, test } from '@jest/globals';
import { lambdaEnvironment } from '../../bench/request-plane.ts';
import type * as protectedApis from '../infra/protected-apis.ts';
import { SynthesizedStacks } from '../infra/synthesized-stacks.ts';

const { httpApi, protect } = loadOnce<typeof protectedApis>('../infra/protected-apis.ts');

/** What is optional to the authorizer, and the same to a bench with and without it. */
const OPTIONAL =
  /^(?:POWERTOOLS_|KEYWRIGHT_(?:VENDOR|ACCEPT_IMPORTED_KEYS|USAGE_IDENTIFIERS|DEFAULT_LIMITS)$)/;

test('the bench starts an authorizer with the environment that it is deployed with', () => {
  const [authorizer] = new SynthesizedStacks(protect(httpApi))
    .ofType('AWS::Lambda::Function')
    .filter(({ Properties }) => JSON.stringify(Properties).includes('KEYWRIGHT_API_ID'));
  expect(authorizer).toBeDefined();
  const { Variables } = Object(authorizer?.Properties.Environment) as { Variables: Record<string, string> };
  const given = lambdaEnvironment({ url: 'http://localhost', key: '' } as Parameters<
    typeof lambdaEnvironment
  >[0]);
  const missing = Object.keys(Variables).filter((name) => !(name in given) && !OPTIONAL.test(name));
  expect(Object.keys(Variables)).toContain('KEYWRIGHT_KEY_UPKEEP');
  expect(missing).toEqual([]);
});
