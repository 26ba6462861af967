import { describe, expect, test } from '@jest/globals';
import { ENV } from '../../core/contract/deployment.ts';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import type { TemplateResource } from '../../emulator/template/resources.ts';
import { parseConfig } from '../../lib/config.ts';
import { REGION, synthesize } from './synthesized-stacks.ts';

const usagePlans = { sandbox: ['a1b2c3'], live: ['a1b2c3', 'd4e5f6'] };
const stacks = synthesize({ usagePlans });
const policies = new IamPolicies(stacks.resources);
const variables = ({ Properties }: TemplateResource) =>
  (Properties.Environment as { Variables: Record<string, string> }).Variables;
const functions = stacks.ofType('AWS::Lambda::Function');
const nameOf = (fn: TemplateResource) => String(variables(fn).POWERTOOLS_SERVICE_NAME);

const onGateway = (action: string, resource: string) => ({
  action: `apigateway:${action}`,
  resource: `arn:aws:apigateway:${REGION}::${resource}`,
});
const ASKED = {
  'make a key': onGateway('POST', '/apikeys'),
  'find keys': onGateway('GET', '/apikeys'),
  'read a key': onGateway('GET', '/apikeys/k1'),
  'change a key': onGateway('PATCH', '/apikeys/k1'),
  'delete a key': onGateway('DELETE', '/apikeys/k1'),
  'put a key into a plan': onGateway('POST', '/usageplans/a1b2c3/keys'),
  'see a key in a plan': onGateway('GET', '/usageplans/d4e5f6/keys/k1'),
  'take a key out of a plan': onGateway('DELETE', '/usageplans/a1b2c3/keys/k1'),
  'put a key into another plan': onGateway('POST', '/usageplans/f7f7f7/keys'),
  'change a plan': onGateway('PATCH', '/usageplans/a1b2c3'),
  'delete a plan': onGateway('DELETE', '/usageplans/a1b2c3'),
  'read an API': onGateway('GET', '/restapis/r1'),
} as const;
const CREATES = ['make a key', 'find keys', 'put a key into a plan', 'see a key in a plan'];
const MAY: Readonly<Record<string, readonly string[]>> = {
  keys: CREATES,
  subscriptions: CREATES,
  approvals: CREATES,
  'usage-plan-keys': ['find keys', 'delete a key'],
};

describe('with usage plans, each function may do what it needs at API Gateway and nothing else', () => {
  for (const fn of functions) {
    test(nameOf(fn), () => {
      const allowed = Object.entries(ASKED).filter(([, asked]) =>
        policies.allows(String(fn.Properties.Role), asked),
      );
      expect(allowed.map(([what]) => what).sort()).toEqual([...(MAY[nameOf(fn)] ?? [])].sort());
    });
  }

  test('those that create credentials are told the plans', () => {
    const told = functions.filter((fn) => ENV.usagePlans in variables(fn));
    expect(told.map(nameOf).sort()).toEqual(['approvals', 'keys', 'subscriptions']);
    for (const fn of told) expect(JSON.parse(variables(fn)[ENV.usagePlans] ?? '')).toEqual(usagePlans);
  });

  test('the one that deletes is called with the ends of credentials', () => {
    const remover = functions.find((fn) => nameOf(fn) === 'usage-plan-keys');
    const rules = stacks
      .ofType('AWS::Events::Rule')
      .filter(({ Properties }) =>
        (Properties.Targets as { Arn: string }[]).some(({ Arn }) => Arn.endsWith(`:${remover?.PhysicalId}`)),
      );
    expect(rules.map(({ Properties }) => Properties.EventPattern)).toEqual([
      {
        source: ['keywright'],
        'detail-type': [
          'apiKey.revoked',
          'apiKey.expired',
          'subscription.cancelled',
          'subscription.rejected',
        ],
      },
      {
        source: ['keywright'],
        'detail-type': ['apiKey.leaked'],
        detail: { data: { response: ['keyRevoked'] } },
      },
    ]);
  });
});

test('an id that is none stops the deployment', () => {
  expect(() => parseConfig({ usagePlans: { live: ['../x'] } })).toThrow(
    'keywright.usagePlans.live[0] is "../x"; expected the id of a usage plan.',
  );
  expect(parseConfig({ usagePlans: { live: ['a1'] } }).usagePlans).toEqual({ sandbox: [], live: ['a1'] });
});
