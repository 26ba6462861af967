import { describe, expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../../core/contract/events.ts';
import { type ManagementRoute, SIGNED_BASE, signedKey } from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import { AUTH_ROUTES, CLI_CALLBACK_URLS } from '../../core/contract/session.ts';
import { synthesize, templatesWith, WHOLE } from './synthesized-stacks.ts';

const stacks = synthesize(WHOLE);
const management = stacks.one('AWS::ApiGatewayV2::Api', ({ Name }) => Name === 'keywright-management');
const ofManagement = (type: string) =>
  stacks.ofType(type).filter(({ Properties }) => Properties.ApiId === management.PhysicalId);
const integrations = new Map(
  ofManagement('AWS::ApiGatewayV2::Integration').map(({ PhysicalId, Properties }) => [
    PhysicalId,
    Properties,
  ]),
);
const functionNames = new Map(
  stacks.ofType('AWS::Lambda::Function').map(({ PhysicalId, Properties }) => {
    const { Variables } = Properties.Environment as { Variables: Record<string, string> };
    return [String(PhysicalId), Variables.POWERTOOLS_SERVICE_NAME];
  }),
);

/** What a function is told, by its folder's name. */
function environmentOf(name: string, of = stacks): Record<string, string> {
  const all = of
    .ofType('AWS::Lambda::Function')
    .map(({ Properties }) => (Properties.Environment as { Variables: Record<string, string> }).Variables);
  return all.find((variables) => variables.POWERTOOLS_SERVICE_NAME === name) ?? {};
}

const unnamed = ({ QueueName }: Record<string, unknown>) => QueueName === undefined;

describe('the management API', () => {
  test("has the contract's routes, each with its function, one for all other paths, and no more", () => {
    const deployed = ofManagement('AWS::ApiGatewayV2::Route').map(({ Properties }) => {
      const integration = integrations.get(String(Properties.Target).split('/').at(-1) ?? '');
      const fn = /function:([^/]+)/.exec(String(integration?.IntegrationUri))?.[1] ?? '';
      return `${Properties.RouteKey} → ${functionNames.get(fn)}`;
    });
    const declared = (ROUTES as readonly ManagementRoute[])
      .filter(({ exposed }) => !exposed)
      .flatMap((route) =>
        [route.key, ...(route.configures ? [signedKey(route)] : [])].map(
          (key) => `${key} → ${route.function}`,
        ),
      );
    const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map(
      (method) => `${method} /v1/{proxy+} → openapi`,
    );
    const auth = AUTH_ROUTES.map((key) => `${key} → session`);
    expect(deployed.sort()).toEqual([...declared, ...others, ...auth].sort());
  });

  test('takes signed-in people where a route names roles, AWS’s principals where it says so, everybody else nowhere', () => {
    for (const { Properties } of ofManagement('AWS::ApiGatewayV2::Route')) {
      const route: ManagementRoute | undefined = ROUTES.find(({ key }) => key === Properties.RouteKey);
      const isOpen = route?.roles.length === 0 || AUTH_ROUTES.some((key) => key === Properties.RouteKey);
      const forPeople = isOpen ? 'NONE' : 'CUSTOM';
      const isSigned = route?.iam || String(Properties.RouteKey).includes(` ${SIGNED_BASE}/`);
      const expected = isSigned ? 'AWS_IAM' : forPeople;
      expect([Properties.RouteKey, Properties.AuthorizationType]).toEqual([Properties.RouteKey, expected]);
    }
  });

  test("believes the user pool's tokens for its own clients, and asks about each request anew", () => {
    const pool = stacks.one('AWS::Cognito::UserPool');
    const clients = stacks.ofType('AWS::Cognito::UserPoolClient');
    const [authorizer] = ofManagement('AWS::ApiGatewayV2::Authorizer');
    expect(authorizer?.Properties).toMatchObject({
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: [],
    });
    const { KEYWRIGHT_AUDIENCES = '', ...others } = environmentOf('people-authorizer');
    expect(KEYWRIGHT_AUDIENCES.split(' ').sort()).toEqual(clients.map(({ PhysicalId }) => PhysicalId).sort());
    expect(others).toMatchObject({
      KEYWRIGHT_ISSUER: `https://cognito-idp.eu-central-1.amazonaws.com/${pool.PhysicalId}`,
      KEYWRIGHT_PORTAL_ORIGINS: 'http://localhost:4100',
      KEYWRIGHT_RECENT_SIGN_IN_SECONDS: '900',
    });
  });

  test('answers preflights of the configured origins alone', () => {
    expect(management.Properties.CorsConfiguration).toMatchObject({
      AllowOrigins: WHOLE.allowedOrigins,
      AllowHeaders: expect.arrayContaining(['if-match', 'idempotency-key']),
      ExposeHeaders: expect.arrayContaining(['etag', 'x-request-id']),
    });
    const closed = synthesize({});
    const { Properties } = closed.one('AWS::ApiGatewayV2::Api');
    expect(Properties.CorsConfiguration).toBeUndefined();
  });

  test('logs who did what and throttles', () => {
    const [stage] = ofManagement('AWS::ApiGatewayV2::Stage');
    const { AccessLogSettings, DefaultRouteSettings, RouteSettings } = stage?.Properties ?? {};
    expect(DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 });
    const open = { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 500 };
    const brake = { ThrottlingRateLimit: 2500, ThrottlingBurstLimit: 5000 };
    const brakes = (ROUTES as readonly ManagementRoute[]).filter((route) => route.brake);
    expect(RouteSettings).toEqual({
      ...Object.fromEntries(brakes.map(({ key }) => [key, brake])),
      'GET /openapi.json': open,
      'GET /v1/.well-known/keywright': open,
      'GET /v1/catalogue': open,
      'POST /v1/rotation/{credentialId}': open,
      'POST /v1/verify': { ThrottlingRateLimit: 2000, ThrottlingBurstLimit: 4000 },
      ...Object.fromEntries(
        AUTH_ROUTES.map((key) => [key, { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 500 }]),
      ),
    });
    expect(JSON.parse((AccessLogSettings as { Format: string }).Format)).toMatchObject({
      subject: '$context.authorizer.subject',
      principal: '$context.identity.userArn',
      routeKey: '$context.routeKey',
    });
  });
});

test('what verify refuses is delivered to the consumer of logs, as an authorizer’s refusals are', () => {
  const filters = stacks
    .ofType('AWS::Logs::SubscriptionFilter')
    .filter(({ Properties }) => Properties.FilterPattern === '{ $.message = "request refused" }');
  const consumer = [...functionNames].find(([, name]) => name === 'usage-consumer')?.[0];
  const groupsOf = (wanted: string) =>
    stacks
      .ofType('AWS::Lambda::Function')
      .filter(({ PhysicalId }) => functionNames.get(String(PhysicalId)) === wanted)
      .map(({ Properties }) => (Properties.LoggingConfig as { LogGroup: string }).LogGroup);
  expect(filters.map(({ Properties }) => Properties.LogGroupName).sort()).toEqual(
    [...groupsOf('authorizer'), ...groupsOf('verify')].sort(),
  );
  for (const { Properties } of filters) {
    expect(Properties.DestinationArn).toMatch(new RegExp(`:function:${consumer}$`));
  }
});

test('what verify decides on is counted from its log, and no line is delivered twice', () => {
  const ofVerify = stacks
    .ofType('AWS::Lambda::Function')
    .filter(({ PhysicalId }) => functionNames.get(String(PhysicalId)) === 'verify')
    .map(({ Properties }) => (Properties.LoggingConfig as { LogGroup: string }).LogGroup);
  const patterns = stacks
    .ofType('AWS::Logs::SubscriptionFilter')
    .filter(({ Properties }) => Properties.LogGroupName === ofVerify[0])
    .map(({ Properties }) => Properties.FilterPattern);
  expect(patterns.sort()).toEqual(['{ $.message = "key used" }', '{ $.message = "request refused" }']);
});

test('an event of upkeep is small, short-lived, and kept nowhere when it fails', () => {
  const [upkeep] = [...functionNames].find(([, name]) => name === 'key-upkeep') ?? [];
  const config = stacks.one('AWS::Lambda::EventInvokeConfig', ({ FunctionName }) => FunctionName === upkeep);
  expect(config.Properties).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  expect(config.Properties.DestinationConfig).toBeUndefined();
  const { DeadLetterConfig } = stacks.one(
    'AWS::Lambda::Function',
    ({ FunctionName }) => FunctionName === 'keywright-key-upkeep',
  ).Properties;
  expect(DeadLetterConfig).toBeUndefined();
});

describe('identity', () => {
  test('the user pool demands a second factor, lets nobody sign up, and keeps no phone numbers', () => {
    const { Properties } = stacks.one('AWS::Cognito::UserPool');
    expect(Properties).toMatchObject({
      MfaConfiguration: 'ON',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UserPoolTier: 'ESSENTIALS',
      DeletionProtection: 'ACTIVE',
    });
    expect(Properties.LambdaConfig).toMatchObject({ PreTokenGenerationConfig: { LambdaVersion: 'V2_0' } });
  });

  test('its clients have no password flow and can not write tenants; the portals’ alone has a secret', () => {
    const clients = stacks.ofType('AWS::Cognito::UserPoolClient').map(({ Properties }) => Properties);
    for (const properties of clients) {
      expect(properties).toMatchObject({
        AllowedOAuthFlows: ['code'],
        ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
        WriteAttributes: ['email'],
      });
    }
    const [portal, cli] = [true, false].map((has) => clients.find((each) => each.GenerateSecret === has));
    expect(portal).toMatchObject({
      CallbackURLs: ['http://localhost:4100/auth/callback'],
      LogoutURLs: ['http://localhost:4100/'],
    });
    expect(cli?.CallbackURLs).toEqual(CLI_CALLBACK_URLS);
    const branded = stacks.ofType('AWS::Cognito::ManagedLoginBranding');
    expect(branded.map(({ Properties }) => Properties.UseCognitoProvidedValues)).toEqual([true, true]);
  });

  test('a configured provider takes the place of the user pool', () => {
    const other = synthesize({
      identity: { kind: 'oidc', issuer: 'https://id.example.com', audience: 'keywright' },
    });
    expect(other.ofType('AWS::Cognito::UserPool')).toEqual([]);
    expect(environmentOf('people-authorizer', other)).toMatchObject({
      KEYWRIGHT_AUDIENCES: 'keywright',
      KEYWRIGHT_ISSUER: 'https://id.example.com',
      KEYWRIGHT_PORTAL_ORIGINS: '',
    });
    // Nobody is let in by cookie where the issuer knows no portal.
    const routes = other
      .ofType('AWS::ApiGatewayV2::Route')
      .map(({ Properties }) => String(Properties.RouteKey));
    expect(routes.filter((key) => key.includes('/auth/'))).toEqual([]);
  });
});

describe('the publisher', () => {
  test.each(['keywright', 'keywright-regional'])(
    'keeps the order of %s, splits bad batches, reports partial failures, and gives up to the dead letters',
    (table) => {
      const ofStream = (p: Record<string, unknown>) => String(p.EventSourceArn).includes(`/${table}/stream/`);
      const { Properties } = stacks.one('AWS::Lambda::EventSourceMapping', ofStream);
      expect(Properties).toMatchObject({
        StartingPosition: 'TRIM_HORIZON',
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRecordAgeInSeconds: 12 * 3600,
        ParallelizationFactor: 4,
      });
      expect(Properties.MaximumRetryAttempts).toBeUndefined();
      const queue = String(stacks.one('AWS::SQS::Queue', unnamed).PhysicalId).split('/').at(-1);
      expect(Properties.DestinationConfig).toMatchObject({
        OnFailure: { Destination: expect.stringMatching(new RegExp(`:${queue}$`)) },
      });
      expect(stacks.one('AWS::SQS::Queue', unnamed).Properties.SqsManagedSseEnabled).toBe(true);
    },
  );
});

describe('the sweep', () => {
  test('runs every five minutes, and not again at once when it fails', () => {
    const id = [...functionNames].find(([, name]) => name === 'sweep')?.[0];
    const rules = stacks
      .ofType('AWS::Events::Rule')
      .filter(({ Properties }) => JSON.stringify(Properties.Targets).includes(`function:${id}`));
    expect(rules.map(({ Properties }) => Properties)).toMatchObject([
      {
        ScheduleExpression: 'rate(5 minutes)',
        State: 'ENABLED',
        Targets: [{ RetryPolicy: { MaximumRetryAttempts: 0 } }],
      },
    ]);
  });
});

test('what was approved and cut off is seen to every minute', () => {
  const id = [...functionNames].find(([, name]) => name === 'approvals')?.[0];
  const rules = stacks
    .ofType('AWS::Events::Rule')
    .filter(({ Properties }) => JSON.stringify(Properties.Targets).includes(`function:${id}`));
  expect(rules.map(({ Properties }) => Properties)).toMatchObject([
    {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [{ RetryPolicy: { MaximumRetryAttempts: 0 } }],
    },
  ]);
});

test('the pepper is rotated yearly, and not by deploying', () => {
  expect(stacks.one('AWS::SecretsManager::RotationSchedule').Properties).toMatchObject({
    SecretId: String(
      stacks.one('AWS::SecretsManager::Secret', ({ Name }) => Name === 'keywright/pepper').PhysicalId,
    ),
    RotateImmediatelyOnUpdate: false,
    RotationRules: { AutomaticallyAfterDays: 365 },
  });
});

test('every stack leaves room in what CloudFormation takes of a template: 500 resources, one megabyte', () => {
  for (const [name, template] of Object.entries(templatesWith(WHOLE))) {
    const resources = Object.keys(template.Resources).length;
    expect([name, resources, resources <= 475]).toEqual([name, resources, true]);
    const bytes = Buffer.byteLength(JSON.stringify(template));
    expect([name, bytes, bytes <= 900_000]).toEqual([name, bytes, true]);
  }
});

describe('the registry of event schemas', () => {
  const schemas = stacks.ofType('AWS::EventSchemas::Schema').map(({ Properties }) => Properties);

  test('has one for each type of event, named and marked as EventBridge does it', () => {
    expect(stacks.one('AWS::EventSchemas::Registry').Properties.RegistryName).toBe('keywright');
    expect(schemas.map(({ SchemaName }) => SchemaName)).toEqual(
      EVENT_TYPES.map((type) => `keywright@${type}`),
    );
    for (const { RegistryName, SchemaName, Type, Content } of schemas) {
      const schema = JSON.parse(String(Content));
      expect([RegistryName, Type]).toEqual(['keywright', 'JSONSchemaDraft4']);
      expect(SchemaName).toBe(`${schema['x-amazon-events-source']}@${schema['x-amazon-events-detail-type']}`);
    }
  });

  test('keeps the limits of the registry: 100,000 characters of a schema, 256 of its description', () => {
    for (const { Content, Description } of schemas) {
      expect(String(Content).length).toBeLessThan(100_000);
      expect(String(Description).length).toBeLessThanOrEqual(256);
    }
  });
});

describe('functions', () => {
  test('run Node 24 on arm64 with their own log group, kept as long as configured', () => {
    const retention = new Map(
      stacks
        .ofType('AWS::Logs::LogGroup')
        .map(({ PhysicalId, Properties }) => [PhysicalId, Properties.RetentionInDays]),
    );
    for (const { PhysicalId, Properties } of stacks.ofType('AWS::Lambda::Function')) {
      const { LogGroup } = Properties.LoggingConfig as { LogGroup: string };
      expect([PhysicalId, Properties.Runtime, Properties.Architectures, retention.get(LogGroup)]).toEqual([
        PhysicalId,
        'nodejs24.x',
        ['arm64'],
        90,
      ]);
    }
  });

  test('are traced on the control plane and not on the request plane', () => {
    for (const { PhysicalId, Properties } of stacks.ofType('AWS::Lambda::Function')) {
      const name = functionNames.get(String(PhysicalId)) ?? '';
      const traced = (Properties.TracingConfig as { Mode?: string } | undefined)?.Mode === 'Active';
      expect([name, traced]).toEqual([name, !['authorizer', 'verify', 'demo-backend'].includes(name)]);
    }
  });
});

describe('alarms', () => {
  test('each reports to the topic when it starts and when it ends', () => {
    const topic = String(stacks.one('AWS::SNS::Topic').PhysicalId);
    const alarms = stacks.ofType('AWS::CloudWatch::Alarm');
    expect(alarms).not.toEqual([]);
    for (const { Properties } of alarms) {
      expect(Properties).toMatchObject({ AlarmActions: [topic], OKActions: [topic] });
      expect(Properties.AlarmDescription).toMatch(/^Keywright: .+\.$/);
    }
  });

  test('no alarm counts an authorizer’s errors, since a refused key is one', () => {
    const authorizers = [...functionNames].filter(([, name]) => name === 'authorizer').map(([id]) => id);
    const watched = JSON.stringify(stacks.ofType('AWS::CloudWatch::Alarm').map((a) => a.Properties));
    expect(authorizers).toHaveLength(6);
    expect(watched).toContain('AuthorizerUnavailable');
    expect(watched).toContain('StaleDecisions');
    for (const { Properties } of stacks.ofType('AWS::CloudWatch::Alarm')) {
      const dimensions = JSON.stringify(Properties.Dimensions ?? Properties.Metrics);
      if (authorizers.some((id) => dimensions?.includes(id))) {
        expect(['Duration', 'Throttles']).toContain(Properties.MetricName);
      }
    }
  });

  test('events of the bus are counted by type, which the audit alarms watch', () => {
    const { Properties } = stacks.one('AWS::Logs::MetricFilter');
    expect(Properties.MetricTransformations).toEqual([
      expect.objectContaining({
        MetricNamespace: 'Keywright',
        MetricName: 'AuditEvents',
        Dimensions: [{ Key: 'type', Value: '$.detail-type' }],
      }),
    ]);
    const types = stacks
      .ofType('AWS::CloudWatch::Alarm')
      .filter((alarm) => alarm.Properties.MetricName === 'AuditEvents')
      .map((alarm) => (alarm.Properties.Dimensions as { Value: string }[])[0]?.Value);
    expect(types.sort()).toEqual([
      'apiKey.created',
      'apiKey.digestsChanged',
      'apiKey.leaked',
      'apiKey.revoked',
      'apiKey.usedFromNewIp',
      'auth.failureBurst',
      'auth.geoAnomaly',
      'rateLimit.exceeded',
      'usage.clientErrors',
      'usage.spike',
    ]);
  });

  test('configured addresses are subscribed', () => {
    expect(stacks.one('AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: WHOLE.alarmEmails[0],
    });
  });
});
