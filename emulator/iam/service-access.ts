import { letsService, type ResourcePolicy } from '../aws/resource-policy.ts';
import type { TemplateResource } from '../template/resources.ts';
import type { Account } from './aws-requests.ts';
import { IamPolicies } from './policies.ts';
import { list, type Statement } from './statement.ts';

type Properties = Readonly<Record<string, unknown>>;

/** A service of AWS that is to call a function for something of this account. */
interface Invocation {
  readonly service: string;
  readonly functionArn: string;
  readonly sourceArn: string;
}

const READS_QUEUE = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const READS_STREAM = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];

/**
 * What AWS would refuse its own services of what the templates wire up, a sentence each: functions that API
 * Gateway, rules, log groups and rotations are to call and whose policies don't let them, queues whose policies
 * don't let rules send to them, streams and queues that a function's role can't read for it, and queues that the
 * role can't leave behind what failed; and delivery streams that log groups, or the buckets that they, may not write to.
 */
export function serviceRefusals(resources: readonly TemplateResource[], account: Account): readonly string[] {
  return [
    ...invocationRefusals(resources, account),
    ...sendingRefusals(resources, account),
    ...sourceRefusals(resources),
    ...deliveryRefusals(resources),
  ];
}

function invocationRefusals(
  resources: readonly TemplateResource[],
  { accountId }: Account,
): readonly string[] {
  const permissions = ofType(resources, 'AWS::Lambda::Permission');
  const invocations = [...apiInvocations(resources), ...otherInvocations(resources)];
  return invocations.flatMap(({ service, functionArn, sourceArn }) => {
    const context = { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': accountId };
    const Statement = permissions.flatMap(({ Properties }) => statementsFor(functionArn, Properties));
    const request = { service, action: 'lambda:InvokeFunction', resource: functionArn, context };
    if (letsService({ Statement } satisfies ResourcePolicy, request)) return [];
    return [`The policy of ${functionArn} does not let ${service} invoke it for ${sourceArn}`];
  });
}

/** A permission as the statement that it adds to the policy of its function. */
function statementsFor(functionArn: string, permission: Properties): readonly Statement[] {
  const { FunctionName, Action, Principal, SourceArn, SourceAccount } = permission as Record<string, string>;
  if (FunctionName !== functionArn && FunctionName !== functionArn.split(':').at(-1)) return [];
  const Condition = {
    ...(SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': SourceArn } }),
    ...(SourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
  };
  return [
    {
      Effect: 'Allow',
      Principal: { Service: String(Principal) },
      Action: String(Action),
      Resource: functionArn,
      Condition,
    },
  ];
}

function apiInvocations(resources: readonly TemplateResource[]): readonly Invocation[] {
  const integrations = new Map(
    ofType(resources, 'AWS::ApiGatewayV2::Integration').map(({ PhysicalId, Properties }) => [
      `integrations/${PhysicalId}`,
      String(Properties.IntegrationUri),
    ]),
  );
  const routes = ofType(resources, 'AWS::ApiGatewayV2::Route').map(({ Properties }) => ({
    api: String(Properties.ApiId),
    route: String(Properties.RouteKey).replace('ANY ', 'GET '),
    target: integrations.get(String(Properties.Target)) ?? '',
  }));
  const methods = ofType(resources, 'AWS::ApiGateway::Method').map(({ Properties }) => ({
    api: String(Properties.RestApiId),
    route: `${String(Properties.HttpMethod).replace('ANY', 'GET')} ${pathOf(resources, Properties.ResourceId)}`,
    target: String((Properties.Integration as Properties | undefined)?.Uri ?? ''),
  }));
  const authorizers = ofType(resources, 'AWS::ApiGatewayV2::Authorizer', 'AWS::ApiGateway::Authorizer').map(
    ({ PhysicalId, Properties }) => ({
      source: `${Properties.ApiId ?? Properties.RestApiId}/authorizers/${PhysicalId}`,
      target: String(Properties.AuthorizerUri ?? ''),
    }),
  );
  const routed = [...routes, ...methods].flatMap(({ api, route, target }) =>
    stagesOf(resources, api).map((stage) => ({
      source: `${api}/${stage}/${route.replace(' ', '')}`,
      target,
    })),
  );
  return [...routed, ...authorizers].flatMap(({ source, target }) => {
    const functionArn = functionIn(target);
    if (functionArn === undefined) return [];
    const [region, accountId] = functionArn.split(':').slice(3, 5);
    const sourceArn = `arn:aws:execute-api:${region}:${accountId}:${source}`;
    return [{ service: 'apigateway.amazonaws.com', functionArn, sourceArn }];
  });
}

function otherInvocations(resources: readonly TemplateResource[]): readonly Invocation[] {
  return [
    ...ofType(resources, 'AWS::Events::Rule').flatMap(({ Arn, Properties }) =>
      list(Properties.Targets as { Arn: string }[] | undefined).map((target) => ({
        service: 'events.amazonaws.com',
        target: target.Arn,
        sourceArn: String(Arn),
      })),
    ),
    ...ofType(resources, 'AWS::Logs::SubscriptionFilter').map(({ Properties }) => ({
      service: 'logs.amazonaws.com',
      target: String(Properties.DestinationArn),
      sourceArn: logGroupArn(String(Properties.DestinationArn), Properties),
    })),
    ...ofType(resources, 'AWS::SecretsManager::RotationSchedule').map(({ Properties }) => ({
      service: 'secretsmanager.amazonaws.com',
      target: String(Properties.RotationLambdaARN),
      sourceArn: String(Properties.SecretId),
    })),
  ].flatMap(({ target, ...invocation }) => {
    const functionArn = functionIn(target);
    return functionArn === undefined ? [] : [{ ...invocation, functionArn }];
  });
}

/** Rules send to queues as EventBridge, which the queues' policies let in. */
function sendingRefusals(resources: readonly TemplateResource[], { accountId }: Account): readonly string[] {
  const policies = ofType(resources, 'AWS::SQS::QueuePolicy');
  return ofType(resources, 'AWS::Events::Rule').flatMap(({ Arn, Properties }) =>
    list(Properties.Targets as { Arn: string }[] | undefined).flatMap(({ Arn: queueArn }) => {
      if (!queueArn.startsWith('arn:aws:sqs:')) return [];
      const name = queueArn.split(':').at(-1);
      const own = policies.find(({ Properties: { Queues } }) =>
        list(Queues as readonly string[]).some((url) => url.endsWith(`/${name}`)),
      );
      const policy = own?.Properties.PolicyDocument as ResourcePolicy | undefined;
      const context = {
        'aws:SourceArn': String(Arn),
        'aws:SourceAccount': accountId,
        'aws:SecureTransport': 'true',
      };
      const request = {
        service: 'events.amazonaws.com',
        action: 'sqs:SendMessage',
        resource: queueArn,
        context,
      };
      if (policy && letsService(policy, request)) return [];
      return [`The policy of ${queueArn} does not let events.amazonaws.com send to it for ${Arn}`];
    }),
  );
}

/** Lambda reads streams and queues, and writes to queues what failed, as the function's role. */
function sourceRefusals(resources: readonly TemplateResource[]): readonly string[] {
  const policies = new IamPolicies(resources);
  return ofType(resources, 'AWS::Lambda::EventSourceMapping').flatMap(({ Properties }) => {
    const name = String(Properties.FunctionName).split(':').at(-1);
    const target = ofType(resources, 'AWS::Lambda::Function').find(({ PhysicalId }) => PhysicalId === name);
    const role = String(target?.Properties.Role);
    const failures = (Properties.DestinationConfig as { OnFailure?: { Destination: string } } | undefined)
      ?.OnFailure;
    const reading = String(Properties.EventSourceArn).startsWith('arn:aws:sqs:') ? READS_QUEUE : READS_STREAM;
    const needed = [
      ...reading.map((action) => ({ action, resource: String(Properties.EventSourceArn) })),
      ...(failures ? [{ action: 'sqs:SendMessage', resource: failures.Destination }] : []),
    ];
    return needed
      .filter((request) => !policies.allows(role, request))
      .map(
        ({ action, resource }) =>
          `${role} may not ${action} on ${resource}, as which Lambda does it for ${name}`,
      );
  });
}

/** CloudWatch Logs writes to a delivery stream as the filter's role, and Firehose to the bucket as the stream's. */
function deliveryRefusals(resources: readonly TemplateResource[]): readonly string[] {
  const policies = new IamPolicies(resources);
  const filters = ofType(resources, 'AWS::Logs::SubscriptionFilter').filter(({ Properties }) =>
    String(Properties.DestinationArn).startsWith('arn:aws:firehose:'),
  );
  const streams = ofType(resources, 'AWS::KinesisFirehose::DeliveryStream').map(
    ({ Properties }) =>
      Properties.ExtendedS3DestinationConfiguration as { RoleARN: string; BucketARN: string; Prefix: string },
  );
  return [
    ...filters.map(({ Properties }) => ({
      role: String(Properties.RoleArn),
      action: 'firehose:PutRecordBatch',
      resource: String(Properties.DestinationArn),
    })),
    ...streams.map(({ RoleARN, BucketARN, Prefix }) => ({
      role: RoleARN,
      action: 's3:PutObject',
      resource: `${BucketARN}/${Prefix.split('!')[0]}2026`,
    })),
  ]
    .filter(({ role, ...request }) => !policies.allows(role, request))
    .map(({ role, action, resource }) => `${role} may not ${action} on ${resource}`);
}

function functionIn(uri: string): string | undefined {
  return /arn:aws:lambda:[\w-]+:\d+:function:[\w-]+/.exec(uri)?.[0];
}

/** A subscription's source is its log group, of the same Region and account as the function. */
function logGroupArn(functionArn: string, { LogGroupName }: Properties): string {
  const [region, accountId] = functionArn.split(':').slice(3, 5);
  return `arn:aws:logs:${region}:${accountId}:log-group:${LogGroupName}:*`;
}

function stagesOf(resources: readonly TemplateResource[], api: string): readonly string[] {
  return ofType(resources, 'AWS::ApiGatewayV2::Stage', 'AWS::ApiGateway::Stage')
    .filter(({ Properties }) => (Properties.ApiId ?? Properties.RestApiId) === api)
    .map(({ Properties }) => String(Properties.StageName));
}

function pathOf(resources: readonly TemplateResource[], id: unknown): string {
  const resource = ofType(resources, 'AWS::ApiGateway::Resource').find(({ PhysicalId }) => PhysicalId === id);
  if (resource === undefined) return '/';
  const { ParentId, PathPart } = resource.Properties;
  return `${pathOf(resources, ParentId).replace(/\/$/, '')}/${PathPart}`;
}

function ofType(resources: readonly TemplateResource[], ...types: string[]): readonly TemplateResource[] {
  return resources.filter(({ Type }) => types.includes(Type));
}
