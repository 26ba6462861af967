import { describe, expect, test } from '@jest/globals';
import { logRefusal, logWarning } from '../../core/access/refusal-log.ts';
import { logUse } from '../../core/access/use-log.ts';
import { synthesize, WHOLE } from './synthesized-stacks.ts';

const stacks = synthesize(WHOLE);

describe('lines that cost as much as a decision are not sent:', () => {
  test('every function’s START, END and REPORT stay in Lambda, and what the function writes is sent', () => {
    const functions = stacks.ofType('AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(20);
    for (const { PhysicalId, Properties } of functions) {
      expect([PhysicalId, Properties.LoggingConfig]).toEqual([
        PhysicalId,
        {
          LogGroup: expect.any(String),
          LogFormat: 'JSON',
          ApplicationLogLevel: 'INFO',
          SystemLogLevel: 'WARN',
        },
      ]);
    }
  });

  test('lines that metrics, usage and findings are read from pass: one JSON object each, of level INFO, above or none', () => {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const request = { sourceIp: '198.51.100.7', requestId: 'r' };
    logRefusal(write, { code: 'authentication_failed', cause: 'unknown_key' }, request, 0);
    logRefusal(write, { code: 'authorizer_unavailable', cause: 'unavailable' }, request, 0);
    logWarning(write, 'slow', new Error('late'));
    const caller = {
      keyId: 'key_1',
      tenantId: 'tenant_a',
      environment: 'live',
      keyType: 'secret',
      secretId: 's',
    } as const;
    logUse(write, { caller, status: 200, method: 'GET', route: undefined, ...request }, 0);
    for (const line of lines) {
      expect(line).not.toContain('\n');
      // A missing level counts as INFO.
      expect(['INFO', 'WARN', 'ERROR', undefined]).toContain(JSON.parse(line).level);
    }
  });
});

test('access logs of HTTP APIs don’t fill up the resource policy of CloudWatch Logs, which ends at 5,120 characters', () => {
  const destinations = ['AWS::ApiGatewayV2::Stage', 'AWS::ApiGateway::Stage'].flatMap((type) =>
    stacks.ofType(type).flatMap(({ Properties }) => {
      const { AccessLogSettings, AccessLogSetting } = Properties as Record<
        string,
        { DestinationArn: string }
      >;
      return (AccessLogSettings ?? AccessLogSetting)?.DestinationArn ?? [];
    }),
  );
  expect(destinations.length).toBeGreaterThanOrEqual(7);
  expect(new Set(destinations).size).toBe(destinations.length);
  for (const arn of destinations) expect(arn).toContain(':log-group:/aws/vendedlogs/keywright/');
  const names = stacks.ofType('AWS::Logs::LogGroup').map(({ PhysicalId }) => String(PhysicalId));
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name.length).toBeLessThanOrEqual(512);
});
