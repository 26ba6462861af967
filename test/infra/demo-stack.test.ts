import { describe, expect, test } from '@jest/globals';
import { AZURE_MESSAGES, REFUSALS } from '../../core/contract/refusals.ts';
import { SynthesizedStacks, synthesize, WHOLE } from './synthesized-stacks.ts';

describe('the demonstration', () => {
  const whole = synthesize(WHOLE);
  const reports = whole.one('AWS::ApiGateway::RestApi', ({ Name }) => Name === 'keywright-public');
  /** All but the API that takes reports of leaked keys. */
  const stacks = new SynthesizedStacks(
    whole.resources.filter(
      ({ PhysicalId, Properties }) =>
        PhysicalId !== reports.PhysicalId && Properties.RestApiId !== reports.PhysicalId,
    ),
  );
  const variables = stacks
    .ofType('AWS::Lambda::Function')
    .map(({ Properties }) => (Properties.Environment as { Variables: Record<string, string> }).Variables);

  test('has each API once per environment, with its own authorizer', () => {
    const stage = ({ Properties }: { Properties: Readonly<Record<string, unknown>> }) => Properties.StageName;
    expect(stacks.ofType('AWS::ApiGateway::RestApi').map(({ Properties }) => Properties.Name)).toEqual([
      'orders',
      'payments',
      'orders',
      'payments',
    ]);
    expect(stacks.ofType('AWS::ApiGateway::Stage').map(stage).sort()).toEqual([
      'live',
      'live',
      'sandbox',
      'sandbox',
    ]);
    const httpStages = stacks.ofType('AWS::ApiGatewayV2::Stage').map(stage);
    expect(httpStages.sort()).toEqual(['$default', 'live', 'sandbox']);
    expect(variables.flatMap(({ KEYWRIGHT_API_ID }) => KEYWRIGHT_API_ID ?? []).sort()).toEqual([
      'api_CatalogLive0',
      'api_CatalogSndbx',
      'api_OrdersLive00',
      'api_OrdersSndbox',
      'api_PaymentsLive',
      'api_PaymentsSndb',
    ]);
  });

  test('asks an authorizer every time, so that a revocation or a used-up token has its effect', () => {
    for (const kind of ['AWS::ApiGateway::Authorizer', 'AWS::ApiGatewayV2::Authorizer']) {
      for (const { Properties } of stacks.ofType(kind)) {
        if (Properties.AuthorizerType === 'JWT') continue;
        expect(Properties.AuthorizerResultTtlInSeconds).toBe(0);
      }
    }
  });

  test('refuses callers of payments for key and token in one 401, and those of orders as tenants', () => {
    const nameOf = (apiId: unknown) =>
      stacks.ofType('AWS::ApiGateway::RestApi').find(({ PhysicalId }) => PhysicalId === apiId)?.Properties
        .Name;
    const unauthorized = stacks
      .ofType('AWS::ApiGateway::GatewayResponse')
      .filter(({ Properties }) => Properties.ResponseType === 'UNAUTHORIZED');
    const messages = unauthorized.map(({ Properties }) => {
      const templates = Properties.ResponseTemplates as Record<string, string>;
      const { message, error } = JSON.parse(templates['application/json'] ?? '');
      return [nameOf(Properties.RestApiId), message ?? error.message];
    });
    const ofOrders = ['orders', REFUSALS.authentication_failed.message];
    const ofPayments = ['payments', AZURE_MESSAGES.invalidKeyOrToken];
    expect(messages).toEqual([ofOrders, ofPayments, ofOrders, ofPayments]);
  });

  test('lets pages of other origins send the headers of its scheme', () => {
    const preflights = stacks
      .ofType('AWS::ApiGateway::Method')
      .filter(({ Properties }) => Properties.HttpMethod === 'OPTIONS')
      .map(({ Properties }) => JSON.stringify(Properties.Integration));
    expect(preflights.map((text) => text.includes('ocp-apim-subscription-key'))).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  test('asks for a key on every method but a preflight', () => {
    for (const { Properties } of stacks.ofType('AWS::ApiGateway::Method')) {
      const expected = Properties.HttpMethod === 'OPTIONS' ? 'NONE' : 'CUSTOM';
      expect([Properties.HttpMethod, Properties.AuthorizationType]).toEqual([
        Properties.HttpMethod,
        expected,
      ]);
    }
    const catalogRoutes = stacks
      .ofType('AWS::ApiGatewayV2::Route')
      .filter(({ Properties }) => Properties.RouteKey === 'ANY /v1/{proxy+}');
    expect(catalogRoutes.map(({ Properties }) => Properties.AuthorizationType)).toEqual(['CUSTOM', 'CUSTOM']);
  });

  test('logs callers by public ids, and no header or query string', () => {
    const formats = [
      ...stacks.ofType('AWS::ApiGateway::Stage').map(({ Properties }) => Properties.AccessLogSetting),
      ...stacks.ofType('AWS::ApiGatewayV2::Stage').map(({ Properties }) => Properties.AccessLogSettings),
    ].map((settings) => (settings as { Format: string }).Format);
    expect(formats).toHaveLength(7);
    const demo = formats.filter((format) => format.includes('$context.authorizer.keyId'));
    expect(demo).toHaveLength(6);
    for (const format of formats) {
      expect(format).not.toMatch(/header|query|apiKey/i);
    }
  });
});
