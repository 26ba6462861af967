import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV, RESOURCE, USAGE_FILES } from '../../core/contract/deployment.ts';
import type { KeywrightConfig } from '../config.ts';
import { COUNTRY_FILES } from './country-database.ts';
import { KeywrightFunction } from './function.ts';
import { grant } from './grant.ts';
import { EXPORTS, type Store } from './store.ts';
import { suppress } from './suppression.ts';
import { usageFileNames } from './usage-files.ts';
import { allowUsageConsumer } from './watch-permissions.ts';

const FOR_DELIVERIES = { memoryMiB: 512, timeoutSeconds: 60 };
/** A file may hold some 170,000 lines, of as many keys. How far a log is counted goes by it (log-file.ts). */
const FOR_FILES = { memoryMiB: 2048, timeoutSeconds: 600 };

interface UsageConsumerProps {
  readonly config: KeywrightConfig;
  /** Where counts go. */
  readonly store: Store;
  /** The main Region, where this is another. */
  readonly home?: string;
}

/**
 * Counts the requests that log groups tell of; `UsageSubscription` subscribes an API's. CloudWatch Logs
 * calls it asynchronously: a batch that fails is tried twice more, for six hours at most, and then lies in
 * the queue, from where docs/use/usage.md says how to bring it back. What was counted of it stays counted once. With
 * `usageFiles` EventBridge calls it likewise, with each file of `UsageFiles`.
 */
export class UsageConsumer extends Construct {
  readonly function: KeywrightFunction;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { config, store, home }: UsageConsumerProps) {
    super(scope, id);
    this.function = new KeywrightFunction(this, 'Function', {
      name: 'usage-consumer',
      description: 'Keywright: counts the requests of access logs',
      ...(config.usageFiles === null ? FOR_DELIVERIES : FOR_FILES),
      logRetentionDays: config.logRetentionDays,
      tracing: true,
      files: COUNTRY_FILES,
      reservedConcurrency: config.reservedConcurrency.usage,
    });
    allowUsageConsumer(this.function, store);
    if (home !== undefined) this.function.addEnvironment(ENV.mainRegion, home);
    this.function.addEnvironment(ENV.usageHourDays, String(config.usageHourDays));
    this.function.addEnvironment(ENV.usageDayDays, String(config.usageDayDays));
    // One permission for all log groups of the account and Region: a function's policy has no room for many.
    const stack = Stack.of(this);
    this.function.addPermission('Logs', {
      principal: new ServicePrincipal('logs.amazonaws.com'),
      sourceArn: stack.formatArn({ service: 'logs', resource: '*' }),
      sourceAccount: stack.account,
    });
    // It holds log lines: addresses and public ids, no key.
    this.deadLetters = new Queue(this, 'DeadLetters', {
      queueName: RESOURCE.usageDeadLetters,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.function.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(this.deadLetters),
    });
    if (config.usageFiles !== null) this.#countFiles();
    suppress(this.deadLetters, {
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue: of asynchronous calls, which the rule does not see.',
    });
    new CfnOutput(this, 'Arn', { value: this.function.functionArn, exportName: EXPORTS.usageConsumerArn });
  }

  #countFiles(): void {
    const { bucketName, bucketArn } = usageFileNames(this);
    this.function.addEnvironment(ENV.usageFiles, 'true');
    const prefixes = Object.values(USAGE_FILES);
    grant(
      this.function,
      ['s3:GetObject'],
      prefixes.map((prefix) => `${bucketArn}/${prefix}*`),
    );
    new Rule(this, 'Files', {
      description: 'Keywright: every file of log lines, to be counted',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [bucketName] }, object: { key: prefixes.map((prefix) => ({ prefix })) } },
      },
      targets: [new LambdaFunction(this.function)],
    });
  }
}
