import { describe, expect, test } from '@jest/globals';
import type { TemplateResource } from '../../emulator/template/resources.ts';
import { ACCOUNT_ID, REGION, type SynthesizedStacks, synthesize, WHOLE } from './synthesized-stacks.ts';

const stacks = synthesize(WHOLE);
const withDomain = synthesize({
  domain: {
    name: 'keys.example.com',
    certificateArn: `arn:aws:acm:${REGION}:${ACCOUNT_ID}:certificate/0a1b2c3d`,
  },
});

const publicApi = (of: SynthesizedStacks) =>
  of.one('AWS::ApiGateway::RestApi', ({ Name }) => Name === 'keywright-public');
const managementApi = (of: SynthesizedStacks) =>
  of.one('AWS::ApiGatewayV2::Api', ({ Name }) => Name === 'keywright-management');
const stageOf = (of: SynthesizedStacks) =>
  of.one('AWS::ApiGateway::Stage', ({ RestApiId }) => RestApiId === publicApi(of).PhysicalId);

/** `METHOD path` of each method of the public API. */
function methodsOf(of: SynthesizedStacks): string[] {
  const api = publicApi(of);
  const resources = new Map(of.ofType('AWS::ApiGateway::Resource').map((r) => [String(r.PhysicalId), r]));
  const pathOf = (id: unknown): string => {
    const resource = resources.get(String(id));
    return resource === undefined
      ? ''
      : `${pathOf(resource.Properties.ParentId)}/${resource.Properties.PathPart}`;
  };
  return of
    .ofType('AWS::ApiGateway::Method')
    .filter(({ Properties }) => Properties.RestApiId === api.PhysicalId)
    .map(({ Properties }) => `${Properties.HttpMethod} ${pathOf(Properties.ResourceId) || '/'}`)
    .sort();
}

interface Statement {
  readonly RateBasedStatement?: { readonly Limit: number; readonly ScopeDownStatement: object };
  readonly ManagedRuleGroupStatement?: { readonly Name: string; readonly ScopeDownStatement: object };
}
const rulesOf = ({ Properties }: TemplateResource) =>
  Properties.Rules as { Name: string; Statement: Statement }[];

describe('an HTTP API takes no web ACL, so', () => {
  test('what strangers may change something by is served by a REST API, under the contract’s paths', () => {
    expect(methodsOf(stacks)).toEqual(['POST /leaks', 'POST /leaks/github']);
    // The stage is the first segment of the API's own address: /v1/leaks.
    expect(stageOf(stacks).Properties).toMatchObject({ StageName: 'v1', Variables: { base: '/v1' } });
    const ofManagement = stacks
      .ofType('AWS::ApiGatewayV2::Route')
      .filter(({ Properties }) => Properties.ApiId === managementApi(stacks).PhysicalId)
      .map(({ Properties }) => String(Properties.RouteKey));
    expect(ofManagement.filter((key) => key.includes('leaks'))).toEqual([]);
  });

  test('a web ACL stands before its stage', () => {
    const acl = stacks.one('AWS::WAFv2::WebACL');
    expect(acl.Properties).toMatchObject({ Scope: 'REGIONAL', DefaultAction: { Allow: {} } });
    expect(stacks.one('AWS::WAFv2::WebACLAssociation').Properties).toEqual({
      WebACLArn: acl.PhysicalId,
      ResourceArn: `arn:aws:apigateway:${REGION}::/restapis/${publicApi(stacks).PhysicalId}/stages/v1`,
    });
  });

  test('the operator may do without it or bring another', () => {
    const without = synthesize({ webAcl: false });
    expect(without.ofType('AWS::WAFv2::WebACL')).toEqual([]);
    expect(without.ofType('AWS::WAFv2::WebACLAssociation')).toEqual([]);
    const arn = `arn:aws:wafv2:${REGION}:${ACCOUNT_ID}:regional/webacl/ours/0a1b2c3d`;
    const other = synthesize({ webAcl: arn });
    expect(other.ofType('AWS::WAFv2::WebACL')).toEqual([]);
    expect(other.one('AWS::WAFv2::WebACLAssociation').Properties.WebACLArn).toBe(arn);
  });
});

describe('GitHub’s reports are not lost to', () => {
  const rules = rulesOf(stacks.one('AWS::WAFv2::WebACL'));
  const ofGitHub = {
    ByteMatchStatement: expect.objectContaining({
      FieldToMatch: { UriPath: {} },
      PositionalConstraint: 'ENDS_WITH',
      SearchString: '/leaks/github',
      TextTransformations: [{ Priority: 0, Type: 'NONE' }],
    }),
  };
  const notOfGitHub = { NotStatement: { Statement: ofGitHub } };

  test('what others send: its route has a limit of its own, far above that of everybody', () => {
    expect(stageOf(stacks).Properties.MethodSettings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          HttpMethod: 'POST',
          ResourcePath: '/~1leaks',
          ThrottlingRateLimit: 50,
          ThrottlingBurstLimit: 500,
        }),
        expect.objectContaining({
          HttpMethod: 'POST',
          ResourcePath: '/~1leaks~1github',
          ThrottlingRateLimit: 1000,
          ThrottlingBurstLimit: 2000,
        }),
      ]),
    );
    const limits = rules.flatMap(({ Statement }) => Statement.RateBasedStatement ?? []);
    expect(limits).toEqual([
      expect.objectContaining({ Limit: 300, ScopeDownStatement: notOfGitHub }),
      expect.objectContaining({ Limit: 60_000, ScopeDownStatement: ofGitHub }),
    ]);
  });

  test('rules that look into bodies, which quote files that anybody may have written', () => {
    const managed = rules.flatMap(({ Statement }) => Statement.ManagedRuleGroupStatement ?? []);
    expect(managed.map(({ Name }) => Name)).toEqual([
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
    ]);
    for (const { ScopeDownStatement } of managed) expect(ScopeDownStatement).toEqual(notOfGitHub);
  });
});

test('the stack deploys where API Gateway has no log role: its REST API asks for none, and sets none', () => {
  expect(stageOf(stacks).Properties.AccessLogSetting).toBeUndefined();
  expect(synthesize({ webAcl: false }).ofType('AWS::ApiGateway::Account')).toEqual([]);
});

describe('with a host name', () => {
  test('neither API answers under its own address, where no rule of the operator’s stands before it', () => {
    expect(managementApi(withDomain).Properties.DisableExecuteApiEndpoint).toBe(true);
    expect(publicApi(withDomain).Properties.DisableExecuteApiEndpoint).toBe(true);
    expect(managementApi(stacks).Properties.DisableExecuteApiEndpoint).not.toBe(true);
  });

  test('API Gateway takes a mapping off the path: the public API’s resources are what is left', () => {
    expect(withDomain.one('AWS::ApiGatewayV2::DomainName').Properties).toMatchObject({
      DomainName: 'keys.example.com',
      // Mappings of several levels need it.
      DomainNameConfigurations: [{ EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' }],
    });
    const mappings = withDomain.ofType('AWS::ApiGatewayV2::ApiMapping').map(({ Properties }) => Properties);
    expect(mappings).toEqual([
      expect.objectContaining({ ApiId: managementApi(withDomain).PhysicalId, Stage: '$default' }),
      expect.objectContaining({
        ApiId: publicApi(withDomain).PhysicalId,
        Stage: 'v1',
        ApiMappingKey: 'v1/leaks',
      }),
    ]);
    expect(mappings[0]?.ApiMappingKey).toBeUndefined();
    expect(methodsOf(withDomain)).toEqual(['POST /', 'POST /github']);
    expect(stageOf(withDomain).Properties.Variables).toEqual({ base: '/v1/leaks' });
  });

  test('backends ask verify there, for the API’s own address answers nobody', () => {
    const demo = synthesize({
      demo: true,
      domain: {
        name: 'keys.example.com',
        certificateArn: `arn:aws:acm:${REGION}:${ACCOUNT_ID}:certificate/0a1b2c3d`,
      },
    });
    const urls = demo.ofType('AWS::Lambda::Function').flatMap(({ Properties }) => {
      const { Variables } = Properties.Environment as { Variables: Record<string, string> };
      return Variables.KEYWRIGHT_VERIFY_URL ?? [];
    });
    expect(urls).toEqual(['https://keys.example.com/v1/verify']);
  });
});

describe('the brake behind glass', () => {
  const brake = stacks.one('AWS::Lambda::Function', ({ FunctionName }) => FunctionName === 'keywright-brake');
  const arn = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:keywright-brake`;

  test('is a function URL, which turns unsigned requests away before any limit of ours', () => {
    expect(stacks.one('AWS::Lambda::Url').Properties).toMatchObject({
      TargetFunctionArn: arn,
      AuthType: 'AWS_IAM',
    });
    expect(brake.Properties.Timeout).toBeLessThanOrEqual(15);
    const open = stacks
      .ofType('AWS::Lambda::Permission')
      .filter(({ Properties }) => String(Properties.FunctionName).includes('keywright-brake'));
    expect(open).toEqual([]);
  });

  test('needs both of Lambda’s permissions, and whoever has them can’t invoke it past its URL as somebody else', () => {
    const { Properties } = stacks.one('AWS::IAM::ManagedPolicy');
    expect(Properties.ManagedPolicyName).toBe(`keywright-brake-${REGION}`);
    expect((Properties.PolicyDocument as { Statement: unknown[] }).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunctionUrl',
        Resource: arn,
        Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
      },
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: arn,
        Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
      },
    ]);
  });
});
