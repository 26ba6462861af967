import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { UsagePlanProperties } from './aws/api-gateway-keys.ts';
import { type TableProperties, tableIn } from './aws/dynamodb-table.ts';
import { eventRule } from './aws/event-rule.ts';
import type { EventSourceMappingProperties } from './aws/event-source.ts';
import type { KeyProperties } from './aws/kms.ts';
import { type RegionLink, replicateSecret, replicateTable } from './aws/replication.ts';
import { type RuleProperties, startSchedules } from './aws/schedule.ts';
import type { SecretProperties } from './aws/secrets-manager.ts';
import type { Topics } from './aws/topics.ts';
import type { AwsServer } from './aws-server.ts';
import type { LogSubscriptions } from './cloudwatch/log-subscriptions.ts';
import type { Monitoring } from './cloudwatch/monitoring.ts';
import { type LambdaFunction, startFunction } from './lambda.ts';
import type { LogFiles } from './log-files.ts';
import type { TemplateResource } from './template/resources.ts';
import type { ResolvedTemplates } from './template.ts';

/** Execution environments a function may have at once; they start as calls come in. */
const MOST_INSTANCES = 4;

const functionProperties = z.object({
  Role: z.string(),
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  LoggingConfig: z.object({ LogGroup: z.string() }).optional(),
  /** Written in the template, or an asset. */
  Code: z.object({ ZipFile: z.string().optional() }).optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
});
const mailDestination = z.object({
  ConfigurationSetName: z.string(),
  EventDestination: z.object({
    Enabled: z.boolean().default(true),
    MatchingEventTypes: z.array(z.string()),
    // The one kind of destination that is served here.
    EventBridgeDestination: z.object({ EventBusArn: z.string().endsWith(':event-bus/default') }),
  }),
});
const functionMetadata = z.object({ 'aws:asset:path': z.string() });
const rotationProperties = z.object({ SecretId: z.string(), RotationLambdaARN: z.string() });

/** The functions of the deployed stacks on this machine. */
export interface Deployment {
  /** Runs the function with this ARN (qualified or not) as `LambdaFunction.invoke` does. */
  invoke(functionArn: string, event: unknown): Promise<unknown>;
  /** Ends all functions at once. */
  close(): Promise<void>;
}

interface FunctionOptions {
  /** Where the services are; functions share `credentials` where they are given none of their own. */
  readonly aws: Pick<AwsServer, 'url' | 'credentials'> & Partial<Pick<AwsServer, 'functions'>>;
  readonly region: string;
  /** Where the management API is reached, of which functions know the address on AWS. */
  readonly managementUrl?: string;
  readonly logs: Pick<LogFiles, 'writer'>;
  readonly subscriptions?: LogSubscriptions;
  /** Where metrics go; nowhere by default. */
  readonly monitoring?: Pick<Monitoring, 'logLine' | 'measured'>;
}

/** Regions that the stacks have copies in, by name; copies in a Region that is not there are left out. */
export type OtherRegions = ReadonlyMap<string, { readonly aws: AwsServer; readonly link: RegionLink }>;

/**
 * Makes what the stacks declare, as CloudFormation would: tables, secrets, queues and buses with their
 * data kept from earlier starts, functions with their own environment and log, and what connects them.
 */
export async function deploy(
  templates: ResolvedTemplates,
  o: FunctionOptions & { aws: AwsServer; now: () => Date; topics: Topics; others?: OtherRegions },
): Promise<Deployment> {
  const ofType = resourcesOf(templates);
  for (const { Properties } of ofType<SecretProperties>('AWS::SecretsManager::Secret')) {
    o.aws.createSecret(Properties);
  }
  for (const { Properties } of ofType<{ Name: string }>('AWS::Events::EventBus')) {
    o.aws.createEventBus(Properties);
  }
  for (const { Properties, PhysicalId } of ofType('AWS::SQS::Queue')) {
    o.aws.createQueue({ ...Properties, QueueName: lastSegment(PhysicalId) });
  }
  for (const { Properties, PhysicalId } of ofType<KeyProperties>('AWS::KMS::Key')) {
    o.aws.createKey(String(PhysicalId), Properties);
  }
  for (const { PhysicalId } of ofType('AWS::Logs::LogGroup')) o.aws.createLogGroup(String(PhysicalId));
  const tables = ofType<TableProperties>('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable');
  for (const { Properties, PhysicalId } of tables) {
    await o.aws.createTable(tableIn(o.region, { ...Properties, TableName: String(PhysicalId) }));
  }
  const replicas = await startReplicas(templates, o);
  for (const { Properties, PhysicalId } of ofType<UsagePlanProperties>('AWS::ApiGateway::UsagePlan')) {
    o.aws.createUsagePlan(String(PhysicalId), Properties);
  }

  for (const { Properties, PhysicalId } of ofType('AWS::KinesisFirehose::DeliveryStream')) {
    o.aws.createDeliveryStream(String(PhysicalId), Properties);
  }
  for (const { PhysicalId } of ofType('AWS::SES::ConfigurationSet')) {
    o.aws.createConfigurationSet(String(PhysicalId));
  }
  for (const { Properties } of ofType('AWS::SES::ConfigurationSetEventDestination')) {
    const { ConfigurationSetName, EventDestination } = mailDestination.parse(Properties);
    if (EventDestination.Enabled)
      o.aws.tellBusOfMail(ConfigurationSetName, EventDestination.MatchingEventTypes);
  }

  const functions = startFunctions(templates, o);
  for (const { PhysicalId } of ofType('AWS::Lambda::Function')) {
    o.aws.deployFunction(functions.find(String(PhysicalId)));
  }
  o.subscriptions?.deliverTo(functions);
  for (const { Properties } of ofType('AWS::SecretsManager::RotationSchedule')) {
    const { SecretId, RotationLambdaARN } = rotationProperties.parse(Properties);
    o.aws.rotateSecretWith(SecretId, functions.find(RotationLambdaARN));
  }
  const mappings = ofType<EventSourceMappingProperties>('AWS::Lambda::EventSourceMapping');
  for (const { Properties } of mappings) {
    await o.aws.createEventSourceMapping(Properties, functions.find(Properties.FunctionName));
  }
  const rules = ofType<RuleProperties>('AWS::Events::Rule');
  for (const { Properties, Arn } of rules) {
    const by = { service: 'events.amazonaws.com', sourceArn: String(Arn) };
    o.aws.onEvent(
      eventRule(Properties, {
        find: functions.find,
        log: o.logs.writer('server'),
        publish: (message) => o.topics.publish({ ...message, ...by }),
        send: (queueArn, body) => o.aws.sendMessage(queueArn, body),
      }),
    );
  }
  const schedules = rules.flatMap(({ Properties, PhysicalId }) =>
    startSchedules(Properties, {
      name: String(PhysicalId),
      region: o.region,
      find: functions.find,
      now: o.now,
      log: o.logs.writer('server'),
    }),
  );
  return {
    ...functions,
    close: async () => {
      for (const schedule of schedules) schedule.close();
      await Promise.all(replicas.map((replica) => replica.close()));
      await functions.close();
    },
  };
}

/**
 * The stacks' functions alone, against services that are deployed already: more execution environments
 * with memories of their own, as API Gateway finds them when it calls on several.
 */
export function startFunctions(
  templates: ResolvedTemplates,
  o: FunctionOptions,
): Deployment & { find(nameOrArn: string): LambdaFunction } {
  const functions = new Map(
    resourcesOf(templates)('AWS::Lambda::Function').map((resource) => {
      const lambda = start(resource, templates.assemblyDir, o);
      return [lambda.name, lambda];
    }),
  );
  const find = (nameOrArn: string): LambdaFunction => {
    const name = nameOrArn.startsWith('arn:') ? nameOrArn.split(':')[6] : nameOrArn;
    const found = functions.get(name ?? '');
    if (found === undefined) throw new Error(`The stacks declare no function ${nameOrArn}`);
    return found;
  };
  return {
    find,
    invoke: async (functionArn, event) => find(functionArn).invoke(event),
    async close() {
      await Promise.all([...functions.values()].map((lambda) => lambda.stop()));
    },
  };
}

/** The copies in other Regions of tables and secrets; those of tables are made first. */
async function startReplicas(
  templates: ResolvedTemplates,
  { aws, others = new Map() }: { readonly aws: AwsServer; readonly others?: OtherRegions },
): Promise<{ close(): Promise<void> }[]> {
  const ofType = resourcesOf(templates);
  const started: { close(): Promise<void> }[] = [];
  for (const [region, { aws: to, link }] of others) {
    // Those that the templates declare, and those that others have declared before.
    for (const table of aws.dynamodb.declared()) {
      if (!table.Everywhere?.some(({ Region }) => Region === region)) continue;
      await to.createTable(tableIn(region, table));
      const replica = await replicateTable(table.TableName, aws, { to, link });
      if (table.MultiRegionConsistency === 'STRONG')
        aws.dynamodb.acknowledgeOnceCopied(table.TableName, replica.caughtUp);
      started.push(replica);
    }
    const secrets = ofType<SecretProperties & { ReplicaRegions?: { Region: string }[] }>(
      'AWS::SecretsManager::Secret',
    );
    for (const { Properties } of secrets) {
      if (!Properties.ReplicaRegions?.some(({ Region }) => Region === region)) continue;
      started.push(replicateSecret(Properties.Name, aws, { to, link }));
    }
  }
  return started;
}

function resourcesOf({ stacks }: ResolvedTemplates) {
  const all = stacks.flatMap((stack) => Object.values(stack.resources));
  // CDK has checked the properties against CloudFormation's own schema.
  return <T = Record<string, unknown>>(...types: string[]) =>
    all.filter(({ Type }) => types.includes(Type)) as (TemplateResource & { readonly Properties: T })[];
}

function start(
  { PhysicalId, Properties, Metadata }: TemplateResource,
  assemblyDir: string,
  { aws, region, managementUrl, logs, monitoring, subscriptions }: FunctionOptions,
): LambdaFunction {
  const name = String(PhysicalId);
  const { Role, Timeout, MemorySize, Environment, LoggingConfig, Code } =
    functionProperties.parse(Properties);
  const { accessKeyId, secretAccessKey } = aws.functions?.credentialsOf(name, Role) ?? aws.credentials;
  const log = logs.writer(name);
  const lambda = startFunction({
    name,
    bundle:
      Code?.ZipFile === undefined
        ? join(resolve(assemblyDir, functionMetadata.parse(Metadata)['aws:asset:path']), 'index.js')
        : writtenBundle(join(assemblyDir, 'inline', name), Code.ZipFile),
    environment: {
      ...Environment?.Variables,
      AWS_REGION: region,
      AWS_ENDPOINT_URL: aws.url,
      ...(managementUrl !== undefined && { AWS_ENDPOINT_URL_EXECUTE_API: managementUrl }),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      // No X-Ray daemon listens here, so promises need not be followed for it.
      POWERTOOLS_TRACE_ENABLED: 'false',
      AWS_XRAY_MANUAL_MODE: 'true',
      AWS_XRAY_CONTEXT_MISSING: 'IGNORE_ERROR',
    },
    timeoutSeconds: Timeout,
    memoryMegabytes: MemorySize,
    instances: MOST_INSTANCES,
    log: (line) => {
      log(line);
      subscriptions?.write(String(LoggingConfig?.LogGroup), line);
      monitoring?.logLine(line);
    },
  });
  return monitoring?.measured(lambda) ?? lambda;
}

function writtenBundle(folder: string, code: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), code);
  return join(folder, 'index.js');
}

function lastSegment(url: string | null): string {
  return String(url).split('/').at(-1) ?? '';
}
