import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RESOURCE } from '../../core/contract/deployment.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import type { Mail } from '../support/subscriber-story.ts';
import { callAws } from './aws-call.ts';
import type { MiniStack } from './ministack.ts';

/** What an operator finds in the account, and does to it. */

/** Every line in CloudWatch Logs. */
export async function logLines(aws: MiniStack): Promise<string[]> {
  const logs = <T>(operation: string, input: object) =>
    callAws<T>(aws, { service: 'logs', target: `Logs_20140328.${operation}`, input });
  const lines: string[] = [];
  const { logGroups } = await logs<{ logGroups: { logGroupName: string }[] }>('DescribeLogGroups', {});
  for (const { logGroupName } of logGroups) {
    let nextToken: string | undefined;
    do {
      const page = await logs<{ events: { message: string }[]; nextToken?: string }>('FilterLogEvents', {
        logGroupName,
        ...(nextToken !== undefined && { nextToken }),
      });
      lines.push(...page.events.map(({ message }) => message));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }
  return lines;
}

/** The pepper's JSON. */
export async function readPepper(aws: MiniStack): Promise<Record<string, string>> {
  const target = 'secretsmanager.GetSecretValue';
  const input = { SecretId: RESOURCE.pepperSecret };
  const { SecretString } = await callAws<{ SecretString: string }>(aws, {
    service: 'secretsmanager',
    target,
    input,
  });
  return JSON.parse(SecretString);
}

/** Has the pepper's rotation function do the four steps that Secrets Manager asks of it on AWS. */
export async function rotatePepper(aws: MiniStack): Promise<void> {
  const path = '/2015-03-31/functions/';
  const { Functions } = await callAws<{ Functions: { FunctionName: string }[] }>(aws, {
    service: 'lambda',
    method: 'GET',
    path,
  });
  const rotation = Functions.find(({ FunctionName }) => FunctionName.includes('PepperRotation'));
  const ClientRequestToken = randomUUID();
  for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
    const result = await callAws<{ errorMessage: string } | null>(aws, {
      service: 'lambda',
      path: `${path}${rotation?.FunctionName}/invocations`,
      input: { Step, SecretId: RESOURCE.pepperSecret, ClientRequestToken },
    });
    if (result !== null) throw new Error(`${Step} failed: ${result.errorMessage}`);
  }
}

/** What the bus carries from now on. */
export interface BusListener {
  /** The first `count` events about a subject, in the order of their arrival; throws after 20 seconds. */
  about(subjectId: string, count: number): Promise<AuditEvent[]>;
}

/** Sends the bus's events to a queue, as a consumer would. */
export async function listenToBus(aws: MiniStack): Promise<BusListener> {
  const sqs = <T>(operation: string, input: object) =>
    callAws<T>(aws, { service: 'sqs', target: `AmazonSQS.${operation}`, input });
  const events = (operation: string, input: object) =>
    callAws(aws, { service: 'events', target: `AWSEvents.${operation}`, input });
  const Arn = `arn:aws:sqs:${aws.region}:${aws.accountId}:audit`;
  const Principal = { Service: 'events.amazonaws.com' };
  const Statement = { Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: Arn };
  const { QueueUrl } = await sqs<{ QueueUrl: string }>('CreateQueue', {
    QueueName: 'audit',
    Attributes: { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) },
  });
  const EventPattern = JSON.stringify({ source: ['keywright'] });
  await events('PutRule', { Name: 'audit', EventBusName: RESOURCE.bus, EventPattern });
  const Targets = [{ Id: 'queue', Arn }];
  await events('PutTargets', { Rule: 'audit', EventBusName: RESOURCE.bus, Targets });
  const received: AuditEvent[] = [];
  return {
    async about(subjectId, count) {
      const deadline = Date.now() + 20_000;
      for (;;) {
        const found = received.filter(({ subject }) => subject.id === subjectId);
        if (found.length >= count) return found;
        if (Date.now() > deadline) throw new Error(`${found.length} of ${count} events after 20 seconds`);
        const input = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
        const { Messages = [] } = await sqs<{ Messages?: { Body: string }[] }>('ReceiveMessage', input);
        received.push(...Messages.map(({ Body }) => JSON.parse(Body).detail));
      }
    },
  };
}

/** A mail as MiniStack shows what SES was given. */
interface SentMail {
  readonly MessageId: string;
  readonly To: readonly string[];
  readonly Subject: string;
  readonly BodyText: string;
  readonly BodyHtml: string;
}

/** The mail to somebody with this in its subject, as soon as SES has it; throws after 20 seconds. */
export async function mailTo(aws: MiniStack, email: string, subject: string): Promise<Mail> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await fetch(`${aws.url}/_ministack/ses/messages`);
    const { messages } = (await answer.json()) as { messages: Record<string, SentMail[]> };
    const sent = (messages[aws.accountId] ?? []).filter(({ To }) => To.includes(email));
    const mail = sent.find(({ Subject }) => Subject.includes(subject));
    if (mail !== undefined) {
      const { MessageId: id, To: to, BodyText: text, BodyHtml: html } = mail;
      return { id, to, subject: mail.Subject, text, html };
    }
    if (Date.now() > deadline) {
      throw new Error(`${email} got ${JSON.stringify(sent.map(({ Subject }) => Subject))}`);
    }
    await sleep(100);
  }
}
