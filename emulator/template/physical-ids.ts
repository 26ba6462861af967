import { createHash } from 'node:crypto';

/** What is known of a resource when its `Ref` and attributes are asked for. */
export interface ResourceIdentity {
  readonly stack: string;
  readonly logicalId: string;
  readonly region: string;
  readonly accountId: string;
  /** A property, resolved, when it is a string; undefined when it is absent. */
  readonly property: (name: string) => string | undefined;
}

/** `Ref` is what `{Ref}` returns, the others are what `Fn::GetAtt` returns. */
export type PhysicalIds = Readonly<Record<string, string>> & { readonly Ref: string };

/**
 * The physical ids that CloudFormation gives a resource of this type, or undefined for a type that is
 * not known here. Each type's return values are those of the CloudFormation resource reference.
 */
export function physicalIds(type: string, resource: ResourceIdentity): PhysicalIds | undefined {
  return TYPES[type]?.(resource);
}

const TYPES: Readonly<Record<string, (resource: ResourceIdentity) => PhysicalIds>> = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::Lambda::Function': (r) => {
    const Ref = name(r, 'FunctionName', 64);
    return { Ref, Arn: arn(r, 'lambda', `function:${Ref}`) };
  },
  'AWS::Lambda::Version': (r) => {
    const Ref = `${functionArn(r)}:1`;
    return { Ref, Version: '1', FunctionArn: Ref };
  },
  'AWS::Lambda::Alias': (r) => {
    const Ref = `${functionArn(r)}:${r.property('Name') ?? ''}`;
    return { Ref, AliasArn: Ref };
  },
  'AWS::Lambda::Url': (r) => {
    const Ref = functionArn({
      ...r,
      property: (name) => r.property(name === 'FunctionName' ? 'TargetFunctionArn' : name),
    });
    return { Ref, FunctionArn: Ref, FunctionUrl: `https://${digest(r, 32)}.lambda-url.${r.region}.on.aws/` };
  },
  'AWS::Lambda::EventSourceMapping': (r) => ({ Ref: uuid(r), Id: uuid(r) }),
  'AWS::Lambda::LayerVersion': (r) => ({ Ref: `${arn(r, 'lambda', `layer:${name(r, 'LayerName', 64)}`)}:1` }),
  'AWS::Lambda::Permission': opaque,
  'AWS::Lambda::EventInvokeConfig': opaque,
  'AWS::IAM::Role': (r) => {
    const Ref = name(r, 'RoleName', 64);
    return {
      Ref,
      Arn: `arn:aws:iam::${r.accountId}:role/${Ref}`,
      RoleId: `AROA${digest(r, 17).toUpperCase()}`,
    };
  },
  'AWS::IAM::Policy': opaque,
  'AWS::IAM::ManagedPolicy': (r) => {
    const Ref = `arn:aws:iam::${r.accountId}:policy/${name(r, 'ManagedPolicyName', 128)}`;
    return { Ref, PolicyArn: Ref };
  },
  'AWS::Events::EventBus': (r) => {
    const Ref = name(r, 'Name', 256);
    return { Ref, Name: Ref, Arn: arn(r, 'events', `event-bus/${Ref}`) };
  },
  'AWS::Events::Archive': (r) => {
    const Ref = name(r, 'ArchiveName', 48);
    return { Ref, ArchiveName: Ref, Arn: arn(r, 'events', `archive/${Ref}`) };
  },
  'AWS::Events::Rule': (r) => {
    const rule = name(r, 'Name', 64);
    const bus = r.property('EventBusName')?.split('/').at(-1);
    const onDefaultBus = bus === undefined || bus === 'default';
    return {
      Ref: onDefaultBus ? rule : `${bus}|${rule}`,
      Arn: arn(r, 'events', onDefaultBus ? `rule/${rule}` : `rule/${bus}/${rule}`),
    };
  },
  'AWS::EventSchemas::Registry': (r) => {
    const RegistryName = name(r, 'RegistryName', 64);
    const Ref = arn(r, 'schemas', `registry/${RegistryName}`);
    return { Ref, RegistryArn: Ref, RegistryName };
  },
  'AWS::EventSchemas::Schema': (r) => {
    const SchemaName = name(r, 'SchemaName', 385);
    const Ref = arn(r, 'schemas', `schema/${r.property('RegistryName')}/${SchemaName}`);
    return { Ref, SchemaArn: Ref, SchemaName, SchemaVersion: '1' };
  },
  'AWS::Scheduler::Schedule': (r) => {
    const Ref = name(r, 'Name', 64);
    return { Ref, Arn: arn(r, 'scheduler', `schedule/${r.property('GroupName') ?? 'default'}/${Ref}`) };
  },
  'AWS::SecretsManager::Secret': (r) => {
    // Secrets Manager ends every secret's ARN with a hyphen and six characters of its own.
    const Ref = arn(r, 'secretsmanager', `secret:${name(r, 'Name', 512)}-${digest(r, 6)}`);
    return { Ref, Id: Ref };
  },
  'AWS::SecretsManager::RotationSchedule': opaque,
  'AWS::SecretsManager::ResourcePolicy': opaque,
  'AWS::SQS::Queue': (r) => {
    const QueueName = name(r, 'QueueName', 80);
    const Ref = `https://sqs.${r.region}.amazonaws.com/${r.accountId}/${QueueName}`;
    return { Ref, QueueUrl: Ref, QueueName, Arn: arn(r, 'sqs', QueueName) };
  },
  'AWS::SQS::QueuePolicy': opaque,
  'AWS::SNS::Topic': (r) => {
    const TopicName = name(r, 'TopicName', 256);
    const Ref = arn(r, 'sns', TopicName);
    return { Ref, TopicArn: Ref, TopicName };
  },
  'AWS::SNS::TopicPolicy': opaque,
  'AWS::SNS::Subscription': opaque,
  'AWS::SES::ConfigurationSet': (r) => ({ Ref: name(r, 'Name', 64) }),
  'AWS::SES::ConfigurationSetEventDestination': opaque,
  'AWS::KMS::Key': (r) => ({ Ref: uuid(r), KeyId: uuid(r), Arn: arn(r, 'kms', `key/${uuid(r)}`) }),
  'AWS::KMS::Alias': (r) => ({ Ref: name(r, 'AliasName', 256) }),
  'AWS::Logs::LogGroup': (r) => {
    const Ref = name(r, 'LogGroupName', 512);
    return { Ref, Arn: arn(r, 'logs', `log-group:${Ref}:*`) };
  },
  'AWS::Logs::LogStream': (r) => ({ Ref: name(r, 'LogStreamName', 512) }),
  'AWS::Logs::MetricFilter': opaque,
  'AWS::Logs::SubscriptionFilter': opaque,
  'AWS::Logs::ResourcePolicy': opaque,
  'AWS::S3::BucketPolicy': opaque,
  'AWS::KinesisFirehose::DeliveryStream': (r) => {
    const Ref = name(r, 'DeliveryStreamName', 64);
    return { Ref, Arn: arn(r, 'firehose', `deliverystream/${Ref}`) };
  },
  'AWS::CloudFront::Distribution': (r) => {
    const Id = `E${digest(r, 13).toUpperCase()}`;
    return { Ref: Id, Id, DomainName: `d${digest(r, 13)}.cloudfront.net` };
  },
  'AWS::CloudFront::Function': (r) => {
    const Ref = `arn:aws:cloudfront::${r.accountId}:function/${name(r, 'Name', 64)}`;
    return { Ref, FunctionARN: Ref };
  },
  'AWS::CloudFront::OriginAccessControl': (r) => ({ Ref: digest(r, 14), Id: digest(r, 14) }),
  'AWS::CloudFront::CachePolicy': (r) => ({ Ref: uuid(r), Id: uuid(r) }),
  'AWS::CloudFront::OriginRequestPolicy': (r) => ({ Ref: uuid(r), Id: uuid(r) }),
  'AWS::CloudFront::ResponseHeadersPolicy': (r) => ({ Ref: uuid(r), Id: uuid(r) }),
  'AWS::CloudWatch::Alarm': (r) => {
    const Ref = name(r, 'AlarmName', 255);
    return { Ref, Arn: arn(r, 'cloudwatch', `alarm:${Ref}`) };
  },
  'AWS::CloudWatch::Dashboard': (r) => ({ Ref: name(r, 'DashboardName', 255) }),
  'AWS::ApiGateway::RestApi': (r) => ({
    Ref: apiId(r),
    RestApiId: apiId(r),
    RootResourceId: `${apiId(r)}root`,
  }),
  'AWS::ApiGateway::Resource': (r) => ({ Ref: digest(r, 6), ResourceId: digest(r, 6) }),
  'AWS::ApiGateway::Method': opaque,
  'AWS::ApiGateway::Deployment': (r) => ({ Ref: digest(r, 6), DeploymentId: digest(r, 6) }),
  'AWS::ApiGateway::Stage': (r) => ({ Ref: r.property('StageName') ?? '' }),
  'AWS::ApiGateway::Authorizer': (r) => ({ Ref: digest(r, 6), AuthorizerId: digest(r, 6) }),
  'AWS::ApiGateway::GatewayResponse': (r) => ({ Ref: digest(r, 10), Id: digest(r, 10) }),
  'AWS::ApiGateway::Account': (r) => ({ Ref: digest(r, 10), Id: digest(r, 10) }),
  'AWS::ApiGateway::RequestValidator': (r) => ({ Ref: digest(r, 6), RequestValidatorId: digest(r, 6) }),
  'AWS::ApiGateway::Model': (r) => ({ Ref: name(r, 'Name', 64) }),
  'AWS::ApiGateway::UsagePlan': (r) => ({ Ref: digest(r, 6), Id: digest(r, 6) }),
  'AWS::ApiGatewayV2::Api': (r) => ({
    Ref: apiId(r),
    ApiId: apiId(r),
    ApiEndpoint: `https://${apiId(r)}.execute-api.${r.region}.amazonaws.com`,
  }),
  'AWS::ApiGatewayV2::Stage': (r) => ({ Ref: r.property('StageName') ?? '' }),
  'AWS::ApiGatewayV2::Route': (r) => ({ Ref: digest(r, 7), RouteId: digest(r, 7) }),
  'AWS::ApiGatewayV2::Integration': (r) => ({ Ref: digest(r, 7), IntegrationId: digest(r, 7) }),
  'AWS::ApiGatewayV2::Authorizer': (r) => ({ Ref: digest(r, 6), AuthorizerId: digest(r, 6) }),
  'AWS::ApiGatewayV2::Deployment': (r) => ({ Ref: digest(r, 6), DeploymentId: digest(r, 6) }),
  'AWS::ApiGatewayV2::DomainName': (r) => {
    const Ref = r.property('DomainName') ?? '';
    return { Ref, RegionalDomainName: `d-${digest(r, 10)}.execute-api.${r.region}.amazonaws.com` };
  },
  'AWS::ApiGatewayV2::ApiMapping': (r) => ({ Ref: digest(r, 6), ApiMappingId: digest(r, 6) }),
  'AWS::WAFv2::WebACL': (r) => {
    const Arn = arn(r, 'wafv2', `regional/webacl/${name(r, 'Name', 128)}/${uuid(r)}`);
    return { Ref: Arn, Arn };
  },
  'AWS::WAFv2::WebACLAssociation': opaque,
  'AWS::AppSync::GraphQLApi': (r) => {
    const ApiId = digest(r, 26);
    const Ref = arn(r, 'appsync', `apis/${ApiId}`);
    return { Ref, Arn: Ref, ApiId };
  },
  'AWS::AppSync::GraphQLSchema': opaque,
  'AWS::CodeDeploy::Application': (r) => ({ Ref: name(r, 'ApplicationName', 100) }),
  'AWS::CodeDeploy::DeploymentGroup': (r) => ({ Ref: name(r, 'DeploymentGroupName', 100) }),
  'AWS::Cognito::UserPool': (r) => {
    const Ref = `${r.region}_${digest(r, 9)}`;
    const ProviderName = `cognito-idp.${r.region}.amazonaws.com/${Ref}`;
    return {
      Ref,
      UserPoolId: Ref,
      ProviderName,
      ProviderURL: `https://${ProviderName}`,
      Arn: arn(r, 'cognito-idp', `userpool/${Ref}`),
    };
  },
  'AWS::Cognito::UserPoolClient': (r) => ({
    Ref: digest(r, 26),
    ClientId: digest(r, 26),
    Name: name(r, 'ClientName', 128),
  }),
  'AWS::Cognito::UserPoolDomain': (r) => ({ Ref: r.property('Domain') ?? digest(r, 12) }),
  'AWS::Cognito::UserPoolResourceServer': (r) => ({ Ref: r.property('Identifier') ?? digest(r, 12) }),
  'AWS::Cognito::UserPoolGroup': (r) => ({ Ref: name(r, 'GroupName', 128) }),
  'AWS::S3::Bucket': (r) => {
    const Ref = name(r, 'BucketName', 63).toLowerCase();
    return { Ref, Arn: `arn:aws:s3:::${Ref}`, RegionalDomainName: `${Ref}.s3.${r.region}.amazonaws.com` };
  },
  'Custom::CDKBucketDeployment': opaque,
  'AWS::SSM::Parameter': (r) => ({ Ref: name(r, 'Name', 512), Value: r.property('Value') ?? '' }),
};

function table(r: ResourceIdentity): PhysicalIds {
  const Ref = name(r, 'TableName', 255);
  const Arn = arn(r, 'dynamodb', `table/${Ref}`);
  return { Ref, Arn, StreamArn: `${Arn}/stream/2026-01-01T00:00:00.000`, TableId: uuid(r) };
}

/** For types whose Ref is an id that nobody reads for its form. */
function opaque(r: ResourceIdentity): PhysicalIds {
  return { Ref: generatedName(r, 128) };
}

/** The name that the template gives, or one as CloudFormation makes it: stack, logical id, hash. */
function name(r: ResourceIdentity, property: string, maxLength: number): string {
  return r.property(property) ?? generatedName(r, maxLength);
}

function generatedName(r: ResourceIdentity, maxLength: number): string {
  const suffix = `-${digest(r, 12).toUpperCase()}`;
  return `${r.stack}-${r.logicalId}`.slice(0, maxLength - suffix.length) + suffix;
}

/** An alias's or version's function, which the template may name by its name or by its ARN. */
function functionArn(r: ResourceIdentity): string {
  const target = r.property('FunctionName') ?? '';
  return target.startsWith('arn:') ? target : arn(r, 'lambda', `function:${target}`);
}

function arn(r: ResourceIdentity, service: string, resource: string): string {
  return `arn:aws:${service}:${r.region}:${r.accountId}:${resource}`;
}

function apiId(r: ResourceIdentity): string {
  return digest(r, 10);
}

/** Lower-case letters and digits that depend on the stack and the logical id and nothing else. */
function digest(r: ResourceIdentity, length: number): string {
  const hash = createHash('sha256').update(`${r.stack}/${r.logicalId}`).digest('hex');
  return BigInt(`0x${hash}`).toString(36).padStart(50, '0').slice(-length);
}

function uuid(r: ResourceIdentity): string {
  const hex = createHash('sha256').update(`${r.stack}/${r.logicalId}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
