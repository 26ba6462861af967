import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ApiGatewayKeys, type PresentedApiKey, type UsagePlanProperties } from './aws/api-gateway-keys.ts';
import { Buckets } from './aws/buckets.ts';
import { memoryDatabase, openDatabase } from './aws/database.ts';
import { DeliveryStreams } from './aws/delivery-streams.ts';
import { DynamoDb } from './aws/dynamodb.ts';
import type { TableProperties } from './aws/dynamodb-table.ts';
import { Vagaries } from './aws/dynamodb-vagaries.ts';
import { openEventBus, type PublishedEvent } from './aws/event-bridge.ts';
import { type EventSourceMappingProperties, startEventSource } from './aws/event-source.ts';
import { answerDirectly, awsListener, type Signer } from './aws/http.ts';
import { type KeyProperties, Kms } from './aws/kms.ts';
import { LambdaEvents } from './aws/lambda-events.ts';
import { LogStreams } from './aws/log-streams.ts';
import { type Mail, Mailbox } from './aws/mailbox.ts';
import { startQueueSource } from './aws/queue-source.ts';
import type { Replicated } from './aws/replication.ts';
import type { Credentials } from './aws/request-signature.ts';
import { type SecretProperties, SecretsManager } from './aws/secrets-manager.ts';
import { type QueueProperties, Sqs } from './aws/sqs.ts';
import { Streams } from './aws/stream.ts';
import { FunctionCallers, type RoleJudge } from './iam/function-roles.ts';
import type { LambdaFunction } from './lambda.ts';
import { loopbackServer } from './loopback-server.ts';
import { StartError } from './start-error.ts';

/** How often expired items are looked for. DynamoDB itself promises no more than days. */
const SWEEP_SECONDS = 60;

/** What the local AWS services are started with. */
export interface AwsServerOptions {
  /** Folder that holds everything the services store; made when missing. */
  readonly dataDir: string;
  /** Who may call the services. */
  readonly credentials: Credentials;
  /** Where they are. Default: AWS_REGION. */
  readonly region?: string;
  /** Functions of all Regions; its own when left out. */
  readonly functions?: FunctionCallers;
  /** What takes a call that is signed for another Region. Default: it is refused. */
  readonly elsewhere?: (region: string) => RequestListener | undefined;
  /** Port on 127.0.0.1; any free one when left out. */
  readonly port?: number;
  readonly now?: () => Date;
  /** Addresses and domains that SES knows as verified; nobody's mail is sent in another's name. */
  readonly mailIdentities?: readonly string[];
  /** From 0 up to 1: DynamoDB does what it may do and seldom does, by these draws. Never when left out. */
  readonly vagaries?: () => number;
  /** Tables are kept in memory only: for tests, most of which never start again on what they wrote. */
  readonly tablesInMemory?: boolean;
  /** Receives one line for each thing an operator should see. */
  readonly log: (line: string) => void;
}

/**
 * DynamoDB with streams and time-to-live, Secrets Manager, EventBridge, SQS, signing KMS keys, streams of
 * CloudWatch Logs, API Gateway's own keys, mail by SES and events for Lambda on one loopback address, by the protocols that
 * AWS SDKs speak: set AWS_ENDPOINT_URL to `url`, and sign with `credentials`, which alone are let in. What a template
 * declares is made by the methods, which take a resource's `Properties` as CloudFormation spells them
 * (every intrinsic resolved) and may be called again at each start.
 *
 * Every acknowledged change outlives a `kill -9` of this process, unless `tablesInMemory` says otherwise.
 */
export interface AwsServer extends Replicated {
  readonly url: string;
  /** What answers at `url`, for calls that came in elsewhere. */
  readonly listener: RequestListener;
  readonly credentials: Credentials;
  /** Functions that may call as well, each by credentials of its own. */
  readonly functions: FunctionCallers;
  /** DynamoDB's answer to the operator, by X-Amz-Target and body, without HTTP and signature. */
  askDynamoDb(target: string, text: string): Promise<{ status: number; body: Uint8Array }>;
  /** From now on functions may do what this judge lets their roles do; until then everything. */
  judgeBy(judge: RoleJudge): void;
  /** AWS::DynamoDB::Table or AWS::DynamoDB::GlobalTable. */
  createTable(properties: TableProperties): Promise<void>;
  /** AWS::SecretsManager::Secret: makes it with its first value unless it is there. */
  createSecret(properties: SecretProperties): void;
  /** The text of a secret's current version. */
  textOfSecret(secretId: string): string;
  /** AWS::Events::EventBus; `default` is always there. */
  createEventBus(properties: { readonly Name: string }): void;
  /** AWS::SQS::Queue. */
  createQueue(properties: QueueProperties): void;
  /** AWS::KMS::Key, by its id. */
  createKey(id: string, properties: KeyProperties): void;
  /** AWS::Logs::LogGroup. */
  createLogGroup(name: string): void;
  /** AWS::SES::ConfigurationSet. */
  createConfigurationSet(name: string): void;
  /** AWS::SES::ConfigurationSetEventDestination of the default bus. */
  tellBusOfMail(configurationSet: string, kinds: readonly string[]): void;
  /** What SES has sent, newest first. */
  mails(): readonly Mail[];
  /** AWS::ApiGateway::UsagePlan, by its id. */
  createUsagePlan(id: string, properties: UsagePlanProperties): void;
  /** The API Gateway key of this value, as API Gateway looks it up. */
  apiKey(value: string): PresentedApiKey | undefined;
  /** AWS::Lambda::Function: from now on events can be handed to it. */
  deployFunction(target: LambdaFunction): void;
  /** How many messages wait in the queue of this name. */
  queueDepth(queueName: string): number;
  /** AWS::Lambda::EventSourceMapping: from now on the table's stream, or the queue, is delivered to the function. */
  createEventSourceMapping(properties: EventSourceMappingProperties, target: LambdaFunction): Promise<void>;
  /** Lets RotateSecret run the function's four steps, as AWS::SecretsManager::RotationSchedule does. */
  rotateSecretWith(secretId: string, target: LambdaFunction): void;
  /** Appends a message to the queue with this ARN, as Lambda does with what it gave up. */
  sendMessage(queueArn: string, body: string): void;
  /** AWS::KinesisFirehose::DeliveryStream, into a bucket that need not be made. */
  createDeliveryStream(name: string, properties: unknown): void;
  /** Appends a record to the delivery stream with this ARN, as CloudWatch Logs does. */
  putRecord(streamArn: string, record: Uint8Array): void;
  /** Calls the listener with each event put on a bus, after it has been stored. */
  onEvent(listener: (event: PublishedEvent, bus: string) => void): void;
  /** Deletes items whose time-to-live has passed; also done every minute. Returns how many. */
  expireItems(): Promise<number>;
  /** With vagaries: every index has caught up with its table, and so have the replicas of these tables. */
  settle(tables?: readonly string[]): void;
  /** Stops answering and delivering, and closes the files. */
  close(): Promise<void>;
}

/**
 * Starts the services.
 * @throws StartError that says which file is damaged, or that the port or the data folder is taken by
 * another process.
 */
export async function startAwsServer(options: AwsServerOptions): Promise<AwsServer> {
  const { dataDir, credentials, log, port = 0, now = () => new Date() } = options;
  const region = options.region ?? process.env.AWS_REGION ?? 'eu-central-1';
  mkdirSync(dataDir, { recursive: true });
  const secrets = new SecretsManager(join(dataDir, 'secrets.json'), region, now);
  const sqs = new Sqs(join(dataDir, 'queues.json'), region, now);
  const apiKeys = new ApiGatewayKeys(join(dataDir, 'api-keys.json'), now);
  const lambdaEvents = new LambdaEvents(log);
  const kms = new Kms(join(dataDir, 'kms.json'), region);
  const bus = openEventBus(join(dataDir, 'events.ndjson'), region, now);
  const buckets = new Buckets(join(dataDir, 'buckets'), { tell: (event) => bus.emit(event) });
  const deliveryStreams = new DeliveryStreams({
    now,
    put: (bucket, key, body) => buckets.put(bucket, key, body),
  });
  const logStreams = new LogStreams(join(dataDir, 'log-streams.ndjson'), now);
  const mailbox = new Mailbox(join(dataDir, 'mail.ndjson'), { region, now, bus });
  for (const identity of options.mailIdentities ?? []) mailbox.verify(identity);
  const closeFiles = () => {
    for (const file of [bus, logStreams, mailbox]) file.close();
  };
  const database = options.tablesInMemory
    ? memoryDatabase(region)
    : await openDatabase(join(dataDir, 'dynamodb'), region).catch((error) => {
        closeFiles();
        throw error;
      });
  const streams = await Streams.open(database, region, now);
  const vagaries = options.vagaries && new Vagaries(options.vagaries);
  const dynamodb = new DynamoDb(database, streams, now, {
    vagaries,
    onManagementCall: (eventName, requestParameters) =>
      bus.emit(apiCall('dynamodb', { eventName, requestParameters }, { region, now })),
  });
  await dynamodb.restore();
  const eventSources: { close(): Promise<void> }[] = [];

  const { functions = new FunctionCallers(), elsewhere = () => undefined } = options;
  const signer: Signer = { credentials, functions, region };
  const listener = awsListener(
    {
      DynamoDB_20120810: dynamodb,
      secretsmanager: secrets,
      AWSEvents: bus,
      AmazonSQS: sqs,
      TrentService: kms,
      Logs_20140328: logStreams,
    },
    { apigateway: apiKeys, lambda: lambdaEvents, s3: buckets, ses: mailbox },
    { signer, elsewhere, log },
  );
  const http = loopbackServer({}, listener);
  await once(http.listen(port, '127.0.0.1'), 'listening').catch(async (error) => {
    await database.close();
    closeFiles();
    throw portFailure(port, error);
  });

  const sweep = () =>
    Promise.all([dynamodb.expireItems(), streams.trim()]).catch((error) => log(`time-to-live: ${error}`));
  const sweeper = setInterval(sweep, SWEEP_SECONDS * 1000).unref();

  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    listener,
    ...{ dynamodb, secrets, kms, streams },
    credentials,
    functions: signer.functions,
    askDynamoDb: (target, text) => answerDirectly(dynamodb, { target, text }, log),
    judgeBy: (judge) => {
      signer.judge = judge;
    },
    createTable: (properties) => dynamodb.createTable(properties),
    createSecret: (properties) => secrets.create(properties),
    textOfSecret: (secretId) => secrets.textOf(secretId),
    createEventBus: ({ Name }) => bus.create(Name),
    createQueue: (properties) => sqs.create(properties),
    createKey: (id, properties) => kms.create(id, properties),
    createLogGroup: (name) => logStreams.createGroup(name),
    createConfigurationSet: (name) => mailbox.createConfigurationSet(name),
    tellBusOfMail: (set, kinds) => mailbox.tellBus(set, kinds),
    mails: () => mailbox.mails(),
    createUsagePlan: (id, properties) => apiKeys.createUsagePlan(id, properties),
    apiKey: (value) => apiKeys.find(value),
    deployFunction: (target) => lambdaEvents.deploy(target),
    queueDepth: (queueName) => sqs.depth(queueName),
    async createEventSourceMapping(properties, target) {
      if (properties.EventSourceArn.startsWith('arn:aws:sqs:')) {
        eventSources.push(startQueueSource(properties, { target, sqs, region, log }));
        return;
      }
      eventSources.push(await startEventSource(properties, { target, streams, sqs, region, now, log }));
    },
    rotateSecretWith: (secretId, target) => secrets.rotateWith(secretId, target),
    sendMessage: (queueArn, body) => sqs.send(queueArn, body),
    createDeliveryStream: (name, properties) => deliveryStreams.create(name, properties),
    putRecord: (streamArn, record) => deliveryStreams.put(streamArn, record),
    onEvent: bus.onEvent,
    expireItems: () => dynamodb.expireItems(),
    settle: (tables = []) => vagaries?.settle(tables),
    async close() {
      clearInterval(sweeper);
      deliveryStreams.close();
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await Promise.all([closed, ...eventSources.map((source) => source.close())]);
      closeFiles();
      await database.close();
    },
  };
}

/** A call of a service as CloudTrail tells the default bus of it; the names of parameters begin small there. */
function apiCall(
  service: string,
  {
    eventName,
    requestParameters,
  }: { eventName: string; requestParameters: Readonly<Record<string, unknown>> },
  { region, now }: { region: string; now: () => Date },
) {
  const parameters = Object.entries(requestParameters).map(([name, value]) => [
    `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
    value,
  ]);
  return {
    source: `aws.${service}`,
    'detail-type': 'AWS API Call via CloudTrail',
    detail: {
      eventSource: `${service}.amazonaws.com`,
      eventName,
      eventTime: now().toISOString(),
      eventID: randomUUID(),
      awsRegion: region,
      sourceIPAddress: '127.0.0.1',
      userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::000000000000:user/local' },
      requestParameters: Object.fromEntries(parameters),
    },
  };
}

function portFailure(port: number, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error;
  return new StartError(`Port ${port} is in use. Stop the program that has it, or choose another with PORT.`);
}
