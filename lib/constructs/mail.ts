import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailSendingEvent,
  EventDestination,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV, EVENT_SOURCE, RESOURCE } from '../../core/contract/deployment.ts';
import { MAILED_EVENTS } from '../../core/contract/mail.ts';
import type { KeywrightConfig } from '../config.ts';
import type { MailConfig } from '../config-parts.ts';
import { KeywrightFunction } from './function.ts';
import { allowMail } from './mail-permissions.ts';
import type { Store } from './store.ts';

interface MailProps {
  readonly config: Pick<KeywrightConfig, 'logRetentionDays'>;
  readonly mail: MailConfig;
  /** Of the portal. */
  readonly portalUrl: string;
  readonly store: Store;
  /** Of Keywright's events. */
  readonly bus: EventBus;
}

const TIMEOUT_SECONDS = 120;
/** Lambda's own advice: six times what the function may take («Configuring a queue to use with Lambda»). */
const VISIBILITY_SECONDS = 6 * TIMEOUT_SECONDS;
const MOST_RECEIVES = 5;

/**
 * Tells people by mail of what concerns them: bus → queue → function → SES, and once a day a digest. What can't be
 * sent five times lies among the dead letters for 14 days. Mails that come back, and complaints, are told by SES to
 * the default bus, by a rule to the same queue, and from there on such an address is mailed no more.
 */
export class Mail extends Construct {
  readonly function: KeywrightFunction;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { config, mail, portalUrl, store, bus }: MailProps) {
    super(scope, id);
    this.function = new KeywrightFunction(this, 'Function', {
      name: 'mail',
      description: 'Keywright: tells people by mail of what concerns them',
      memoryMiB: 512,
      timeoutSeconds: TIMEOUT_SECONDS,
      logRetentionDays: config.logRetentionDays,
      tracing: true,
    });
    const from = addressIn(mail.from);
    const identityArn =
      mail.identityArn ??
      Stack.of(this).formatArn({
        service: 'ses',
        resource: 'identity',
        resourceName: from.slice(from.indexOf('@') + 1),
      });
    const configurationSetArn = this.#configurationSet();
    allowMail(this.function, store, { from, identityArn, configurationSetArn });
    this.function.addEnvironment(ENV.mailFrom, mail.from);
    this.function.addEnvironment(ENV.portalUrl, portalUrl.replace(/\/$/, ''));
    const settings = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    // They hold events: names, addresses and public ids, no key and no token.
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...settings,
      queueName: RESOURCE.mailDeadLetters,
      retentionPeriod: Duration.days(14),
    });
    const queue = new Queue(this, 'Queue', {
      ...settings,
      queueName: RESOURCE.mailQueue,
      visibilityTimeout: Duration.seconds(VISIBILITY_SECONDS),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MOST_RECEIVES },
    });
    this.function.addEventSource(new SqsEventSource(queue, { batchSize: 1, reportBatchItemFailures: true }));
    this.#rules(bus, queue);
    new CfnOutput(this, 'QueueUrl', { value: queue.queueUrl });
  }

  /** SES keeps addresses that bounced or complained itself too, for all that the account sends. */
  #configurationSet(): string {
    const configurationSet = new ConfigurationSet(this, 'ConfigurationSet', {
      configurationSetName: RESOURCE.mailConfigurationSet,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
    });
    configurationSet.addEventDestination('CameBack', {
      // SES takes the default bus and no other.
      destination: EventDestination.eventBus(EventBus.fromEventBusName(this, 'DefaultBus', 'default')),
      events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
    });
    return Stack.of(this).formatArn({
      service: 'ses',
      resource: 'configuration-set',
      resourceName: configurationSet.configurationSetName,
    });
  }

  #rules(bus: EventBus, queue: Queue): void {
    new Rule(this, 'Events', {
      description: 'Keywright: events that people are told of to the queue of mails',
      eventBus: bus,
      eventPattern: { source: [EVENT_SOURCE], detailType: [...MAILED_EVENTS] },
      targets: [new SqsQueue(queue)],
    });
    new Rule(this, 'CameBack', {
      description: 'Keywright: mails that came back to the queue of mails',
      eventPattern: {
        source: ['aws.ses'],
        detail: { mail: { tags: { 'ses:configuration-set': [RESOURCE.mailConfigurationSet] } } },
      },
      targets: [new SqsQueue(queue)],
    });
    new Rule(this, 'Digest', {
      description: 'Keywright: the daily digest, which a later hour makes up for',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaTarget(this.function, { retryAttempts: 0 })],
    });
  }
}

function addressIn(from: string): string {
  return /<([^>]+)>$/.exec(from)?.[1] ?? from;
}
