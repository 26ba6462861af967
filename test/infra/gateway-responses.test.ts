import { describe, expect, test } from '@jest/globals';
import {
  AZURE_MESSAGES,
  AZURE_WWW_AUTHENTICATE,
  DENIAL_CONTEXT,
  REFUSALS,
  WWW_AUTHENTICATE,
} from '../../core/contract/refusals.ts';
import type { CallerScheme } from '../../lib/constructs/gateway-responses.ts';
import { type SynthesizedStacks, stacksOf } from './synthesized-stacks.ts';

const { Stack } = loadOnce<typeof import('aws-cdk-lib')>('aws-cdk-lib');
const { RestApi } = loadOnce<typeof import('aws-cdk-lib/aws-apigateway')>('aws-cdk-lib/aws-apigateway');
const { emptyApp } = loadOnce<typeof import('../../lib/app.ts')>('../../lib/app.ts');
const { addGatewayResponses } = loadOnce<typeof import('../../lib/constructs/gateway-responses.ts')>(
  '../../lib/constructs/gateway-responses.ts',
);

/** The gateway responses of a REST API with this scheme. */
class Refusals {
  readonly #stacks: SynthesizedStacks;

  constructor(...scheme: [CallerScheme?]) {
    this.#stacks = stacksOf((outdir) => {
      const app = emptyApp({ outdir });
      const api = new RestApi(new Stack(app, 'Theirs'), 'Api', { cloudWatchRole: false });
      api.root.addMethod('GET');
      addGatewayResponses(api, ...scheme);
      return app;
    });
  }

  get all() {
    return this.#stacks.ofType('AWS::ApiGateway::GatewayResponse');
  }

  of(type: string) {
    const { Properties } = this.#stacks.one(
      'AWS::ApiGateway::GatewayResponse',
      ({ ResponseType }) => ResponseType === type,
    );
    const templates = Properties.ResponseTemplates as Record<string, string>;
    const headers = Object.entries(Properties.ResponseParameters as Record<string, string>);
    return {
      status: Properties.StatusCode === undefined ? undefined : Number(Properties.StatusCode),
      contentTypes: Object.keys(templates),
      body: JSON.parse(templates['application/json'] ?? ''),
      headers: Object.fromEntries(
        headers.map(([name, value]) => [
          name.replace('gatewayresponse.header.', ''),
          /^'(.*)'$/.exec(value)?.[1],
        ]),
      ),
    };
  }
}

const UNAUTHENTICATED = ['UNAUTHORIZED', 'INVALID_API_KEY', 'INVALID_SIGNATURE', 'EXPIRED_TOKEN'] as const;

describe('callers of the tenant scheme are refused as the contract says', () => {
  const refusals = new Refusals();

  test.each([
    ...UNAUTHENTICATED.map((type) => [type, 'authentication_failed'] as const),
    ['AUTHORIZER_FAILURE', 'authorizer_unavailable'],
    ['AUTHORIZER_CONFIGURATION_ERROR', 'authorizer_unavailable'],
    ['THROTTLED', 'rate_limit_exceeded'],
    ['QUOTA_EXCEEDED', 'quota_exceeded'],
  ] as const)('%s is %s', (type, code) => {
    const { status, message, type: kind } = REFUSALS[code];
    expect(refusals.of(type)).toMatchObject({
      status,
      contentTypes: ['application/json'],
      body: { error: { code, message, type: kind } },
    });
  });

  test('a 401 says how to authenticate', () => {
    for (const type of UNAUTHENTICATED) {
      expect(refusals.of(type).headers['WWW-Authenticate']).toBe(WWW_AUTHENTICATE);
    }
  });

  test('a denial says what the authorizer said', () => {
    expect(refusals.of('ACCESS_DENIED')).toMatchObject({
      status: 403,
      body: {
        error: {
          code: `$context.authorizer.${DENIAL_CONTEXT.code}`,
          message: `$context.authorizer.${DENIAL_CONTEXT.message}`,
          type: `$context.authorizer.${DENIAL_CONTEXT.type}`,
        },
      },
    });
  });

  test('a route that does not exist is a 404 in the same envelope', () => {
    for (const type of ['MISSING_AUTHENTICATION_TOKEN', 'RESOURCE_NOT_FOUND']) {
      expect(refusals.of(type)).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
    }
  });

  test('everything else keeps its status, in the same envelope', () => {
    for (const type of ['DEFAULT_4XX', 'DEFAULT_5XX']) {
      expect(refusals.of(type).status).toBeUndefined();
      expect(Object.keys(refusals.of(type).body.error)).toEqual(['code', 'message', 'type']);
    }
  });
});

describe('callers of the subscription scheme are refused in the shape of Azure API Management', () => {
  const refusals = new Refusals({ scheme: 'subscription', oauth: false });

  test.each([
    ...UNAUTHENTICATED.map((type) => [type, 401, AZURE_MESSAGES.invalidKey] as const),
    ['ACCESS_DENIED', 403, '$context.authorizer.errorMessage'],
    ['THROTTLED', 429, 'Rate limit is exceeded. Try again in 1 seconds.'],
    ['QUOTA_EXCEEDED', 429, 'Out of call volume quota. Quota will be replenished when its period ends.'],
    ['AUTHORIZER_FAILURE', 503, REFUSALS.authorizer_unavailable.message],
    ['AUTHORIZER_CONFIGURATION_ERROR', 503, REFUSALS.authorizer_unavailable.message],
    ['MISSING_AUTHENTICATION_TOKEN', 404, 'Resource not found'],
    ['RESOURCE_NOT_FOUND', 404, 'Resource not found'],
  ] as const)('%s is %i %s', (type, status, message) => {
    const answer = refusals.of(type);
    expect({ ...answer, headers: {} }).toEqual({
      status,
      contentTypes: ['application/json'],
      body: { statusCode: status, message },
      headers: {},
    });
  });

  test('a 401 asks for a subscription key', () => {
    for (const type of UNAUTHENTICATED) {
      expect(refusals.of(type).headers['WWW-Authenticate']).toBe(AZURE_WWW_AUTHENTICATE.key);
    }
  });

  test('everything else keeps its status, and the body names none', () => {
    for (const type of ['DEFAULT_4XX', 'DEFAULT_5XX']) {
      expect(refusals.of(type).status).toBeUndefined();
      expect(Object.keys(refusals.of(type).body)).toEqual(['message']);
    }
  });

  test('where a token is required too, the one 401 names both and asks for both', () => {
    const withOauth = new Refusals({ scheme: 'subscription', oauth: true });
    for (const type of UNAUTHENTICATED) {
      const { status, body, headers } = withOauth.of(type);
      expect({ status, body }).toEqual({
        status: 401,
        body: { statusCode: 401, message: AZURE_MESSAGES.invalidKeyOrToken },
      });
      expect(headers['WWW-Authenticate']).toBe(
        `${AZURE_WWW_AUTHENTICATE.key}, ${AZURE_WWW_AUTHENTICATE.token}`,
      );
    }
    expect(withOauth.of('ACCESS_DENIED')).toEqual(refusals.of('ACCESS_DENIED'));
  });
});

describe.each([
  { scheme: 'tenant' },
  { scheme: 'subscription', oauth: false },
  { scheme: 'subscription', oauth: true },
] as const)('whatever the scheme (%j)', (scheme) => {
  const refusals = new Refusals(scheme);

  test('over a limit, one is told when to retry', () => {
    expect(refusals.of('THROTTLED').headers).toMatchObject({
      'Retry-After': '1',
      RateLimit: '"gateway";r=0;t=1',
      'RateLimit-Remaining': '0',
      'RateLimit-Reset': '1',
    });
    expect(refusals.of('QUOTA_EXCEEDED').headers['Retry-After']).toBe('3600');
  });

  test('nothing shows how a policy denied', () => {
    expect(JSON.stringify(refusals.all)).not.toContain('$context.error');
  });

  test('pages of any origin can read why', () => {
    for (const { Properties } of refusals.all) {
      expect(Properties.ResponseParameters).toMatchObject({
        'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
      });
    }
  });
});
