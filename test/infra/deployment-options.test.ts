import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { startFunctions } from '../../emulator/deploy.ts';
import { parseConfig } from '../../lib/config.ts';
import { ACCOUNT_ID, REGION, synthesize, WHOLE } from './synthesized-stacks.ts';

const plain = synthesize(WHOLE);
const gradual = synthesize({ ...WHOLE, gradualDeployments: true, demoLogRole: false });

const authorizersOf = (stacks: typeof plain) =>
  stacks
    .ofType('AWS::Lambda::Function')
    .filter(({ Properties }) => String(Properties.Description).startsWith('Keywright: authorizer of '));

describe('one bad bundle takes every API at once, unless it is deployed gradually:', () => {
  test('each authorizer has a version and an alias, of which CodeDeploy shifts a tenth first', () => {
    const count = authorizersOf(gradual).length;
    expect(count).toBe(6);
    expect(gradual.ofType('AWS::Lambda::Version')).toHaveLength(count);
    expect(gradual.ofType('AWS::Lambda::Alias')).toHaveLength(count);
    const groups = gradual.ofType('AWS::CodeDeploy::DeploymentGroup');
    expect(groups).toHaveLength(count);
    for (const { Properties } of groups) {
      expect(Properties).toMatchObject({
        DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        AlarmConfiguration: { Enabled: true, Alarms: [{ Name: expect.any(String) }] },
        AutoRollbackConfiguration: {
          Enabled: true,
          Events: expect.arrayContaining(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']),
        },
      });
    }
  });

  test('APIs call the alias, and may; nobody calls the function past it', () => {
    const aliases = gradual.ofType('AWS::Lambda::Alias').map(({ PhysicalId }) => String(PhysicalId));
    const uris = ['AWS::ApiGateway::Authorizer', 'AWS::ApiGatewayV2::Authorizer']
      .flatMap((type) => gradual.ofType(type))
      .flatMap(({ Properties }) => Properties.AuthorizerUri ?? [])
      .map(String)
      // Those of protected APIs; people are let in by one of the management API's own.
      .filter((uri) => uri.includes('KeywrightDemo-'));
    expect(uris).toHaveLength(6);
    const permitted = gradual
      .ofType('AWS::Lambda::Permission')
      .map(({ Properties }) => String(Properties.FunctionName));
    for (const uri of uris) {
      const alias = /functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? '';
      expect(aliases).toContain(alias);
      expect(permitted).toContain(alias);
    }
  });

  test('a roll-back goes by failures of the new version alone, and not by refused keys, which fail too', () => {
    const alarms = gradual
      .ofType('AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => JSON.stringify(Properties.Metrics ?? '').includes('ExecutedVersion'));
    expect(alarms).toHaveLength(6);
    for (const { Properties } of alarms) {
      const queries = Properties.Metrics as {
        Expression?: string;
        MetricStat?: { Metric: { Dimensions: object[] } };
      }[];
      expect(queries.flatMap(({ Expression }) => Expression ?? [])).toEqual([
        'IF(calls >= 20 AND errors / calls > 0.9, 1, 0)',
      ]);
      for (const { MetricStat } of queries.filter((query) => query.MetricStat !== undefined)) {
        expect(MetricStat?.Metric.Dimensions).toEqual(
          expect.arrayContaining([
            expect.objectContaining({ Name: 'Resource', Value: expect.stringMatching(/:live$/) }),
            { Name: 'ExecutedVersion', Value: '1' },
          ]),
        );
      }
    }
  });

  test('it is a choice: by default nothing waits five minutes', () => {
    for (const type of ['AWS::Lambda::Alias', 'AWS::CodeDeploy::DeploymentGroup']) {
      expect(plain.ofType(type)).toEqual([]);
    }
  });

  test('the local servers find a function by its alias as by its name', async () => {
    const named = gradual.resources.map((resource, i) => [`Resource${i}`, resource] as const);
    const templates = {
      assemblyDir: '/nowhere',
      stacks: [{ name: 'Keywright', resources: Object.fromEntries(named) }],
    };
    const functions = startFunctions(templates, {
      aws: { url: 'http://127.0.0.1:1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
      region: REGION,
      logs: { writer: () => () => undefined },
    });
    for (const { PhysicalId } of authorizersOf(gradual)) {
      const arn = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${PhysicalId}`;
      expect(functions.find(`${arn}:live`).name).toBe(PhysicalId);
    }
    await functions.close();
  });
});

describe('the log role of API Gateway, one for all REST APIs of the account’s Region,', () => {
  test('is set by the demonstration, and left alone where the operator says so', () => {
    expect(plain.ofType('AWS::ApiGateway::Account')).toHaveLength(1);
    expect(gradual.ofType('AWS::ApiGateway::Account')).toEqual([]);
    const roles = gradual.ofType('AWS::IAM::Role').map(({ Properties }) => JSON.stringify(Properties));
    expect(roles.filter((role) => role.includes('apigateway.amazonaws.com'))).toEqual([]);
  });
});

describe('executions kept for a function', () => {
  const reservedOf = (settings: object) =>
    Object.fromEntries(
      synthesize(settings)
        .ofType('AWS::Lambda::Function')
        .filter(({ Properties }) => Properties.ReservedConcurrentExecutions !== undefined)
        .map(({ Properties }) => {
          const { Variables } = Properties.Environment as { Variables: Record<string, string> };
          return [Variables.POWERTOOLS_SERVICE_NAME, Properties.ReservedConcurrentExecutions];
        }),
    );

  test('are none by default: an account that has 10 could not be deployed to', () => {
    expect(reservedOf(WHOLE)).toEqual({});
  });

  test('are those that the operator names', () => {
    const reservedConcurrency = { publisher: 4, usage: 5, verify: 50, brake: 2 };
    expect(reservedOf({ reservedConcurrency })).toEqual({
      publisher: 4,
      'usage-consumer': 5,
      verify: 50,
      brake: 2,
    });
  });
});

test('every field of the configuration has a row in the page’s table, with its default where that is short', () => {
  const page = readFileSync(new URL('../../docs/operate/configure.md', import.meta.url), 'utf8');
  const [, table = ''] = /\n\| field \| default \|[^\n]*\n((?:\|[^\n]*\n)+)/.exec(page) ?? [];
  const rows = table
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim()))
    .map(([, field = '', given = '']) => ({
      fields: [...field.matchAll(/`(\w+)`/g)].map(([, name]) => name),
      defaults: [...given.matchAll(/`([^`]+)`/g)].map(([, text]) => text),
    }));
  const told = rows.flatMap(({ fields }) => fields);
  const config = parseConfig({}) as unknown as Record<string, unknown>;
  expect([...told].sort()).toEqual(Object.keys(config).sort());
  for (const { fields, defaults } of rows) {
    for (const [i, name] of fields.entries()) {
      const value = config[name ?? ''];
      // The identity's default is a block of which the table shows the kind.
      if (name === 'identity') continue;
      const given = JSON.parse(defaults[i] ?? 'null');
      // Of a block's fields each has a default of its own.
      const isBlock = Object.prototype.toString.call(given) === '[object Object]';
      const meant = isBlock
        ? (parseConfig({ [name ?? '']: given }) as unknown as typeof config)[name ?? '']
        : given;
      expect([name, meant]).toEqual([name, value]);
    }
  }
});
