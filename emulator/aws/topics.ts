import * as z from 'zod';
import type { TemplateResource } from '../template/resources.ts';
import { letsService, type ResourcePolicy } from './resource-policy.ts';

const LAST_MESSAGES = 200;

/** A message that reached a topic: what its subscribers are mailed. */
export interface TopicMessage {
  readonly topic: string;
  /** ISO 8601 UTC. */
  readonly time: string;
  readonly subject: string;
  readonly message: string;
}

/** What a service wants to say on a topic, and in whose name. */
export interface Publication {
  readonly topicArn: string;
  /** Who publishes: `cloudwatch.amazonaws.com` for an alarm, `events.amazonaws.com` for a rule. */
  readonly service: string;
  /** The alarm's or the rule's. */
  readonly sourceArn: string;
  readonly subject: string;
  readonly message: string;
}

interface Topic {
  readonly policy: ResourcePolicy;
  /** Of the key that it is encrypted with; undefined where it is not. */
  readonly keyPolicy: ResourcePolicy | undefined;
}

const topicProperties = z.object({ KmsMasterKeyId: z.string().optional() });
const topicPolicyProperties = z.object({ Topics: z.array(z.string()), PolicyDocument: z.unknown() });

/**
 * The SNS topics of the stacks. Who publishes is a service of AWS, so the topic's policy decides, and on an
 * encrypted topic the key's policy too: what AWS would drop without a word is dropped here, and said in the log.
 */
export class Topics {
  readonly #topics: ReadonlyMap<string, Topic>;
  readonly #now: () => Date;
  readonly #log: (line: string) => void;
  readonly #messages: TopicMessage[] = [];

  constructor(
    resources: readonly TemplateResource[],
    { now, log }: { readonly now: () => Date; readonly log: (line: string) => void },
  ) {
    this.#topics = topicsOf(resources);
    this.#now = now;
    this.#log = log;
  }

  publish({ topicArn, service, sourceArn, subject, message }: Publication): void {
    const topic = this.#topics.get(topicArn);
    if (topic === undefined) throw new Error(`The stacks declare no topic ${topicArn}`);
    const refusal = refusalOf(topic, { topicArn, service, sourceArn });
    if (refusal !== undefined) {
      this.#log(`sns: ${refusal}, so ${sourceArn} could not publish to ${topicArn}: ${subject}`);
      return;
    }
    this.#messages.push({ topic: topicArn, time: this.#now().toISOString(), subject, message });
    if (this.#messages.length > LAST_MESSAGES) this.#messages.shift();
  }

  /** The last ones, newest first. */
  messages(): readonly TopicMessage[] {
    return this.#messages.toReversed();
  }
}

/** What AWS would refuse of it, in words; undefined for nothing. */
function refusalOf(
  { policy, keyPolicy }: Topic,
  { topicArn, service, sourceArn }: Omit<Publication, 'subject' | 'message'>,
): string | undefined {
  const account = sourceArn.split(':')[4] ?? '';
  const source = { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': account };
  const context = { ...source, 'aws:SecureTransport': 'true', ...sentOldWay(service, account) };
  if (!letsService(policy, { service, action: 'sns:Publish', resource: topicArn, context }))
    return `the topic's policy does not let ${service} publish`;
  // EventBridge does not say to KMS whom it works for (SNS developer guide, «Key management»).
  const toKms = service === 'events.amazonaws.com' ? {} : source;
  for (const action of ['kms:GenerateDataKey', 'kms:Decrypt'])
    if (keyPolicy && !letsService(keyPolicy, { service, action, resource: '*', context: toKms }))
      return `the policy of the topic's key does not let ${service} ${action}`;
  return undefined;
}

/** What the policy goes by that SNS gives a topic without one; EventBridge does not send it. */
function sentOldWay(service: string, account: string): Record<string, string> {
  return service === 'cloudwatch.amazonaws.com' ? { 'aws:SourceOwner': account } : {};
}

function topicsOf(resources: readonly TemplateResource[]): ReadonlyMap<string, Topic> {
  const policies = resources
    .filter(({ Type }) => Type === 'AWS::SNS::TopicPolicy')
    .map(({ Properties }) => topicPolicyProperties.parse(Properties));
  const keys = resources.filter(({ Type }) => Type === 'AWS::KMS::Key');
  const topics = resources.filter(({ Type }) => Type === 'AWS::SNS::Topic');
  return new Map(
    topics.map(({ PhysicalId, Properties }) => {
      const arn = String(PhysicalId);
      const { KmsMasterKeyId: keyArn } = topicProperties.parse(Properties);
      const key = keys.find((candidate) => keyArn?.endsWith(`/${candidate.PhysicalId}`));
      const own = policies.find(({ Topics: named }) => named.includes(arn));
      return [
        arn,
        {
          policy: (own?.PolicyDocument as ResourcePolicy | undefined) ?? defaultPolicy(arn),
          keyPolicy: key?.Properties.KeyPolicy as ResourcePolicy | undefined,
        },
      ];
    }),
  );
}

/** The one that SNS gives a topic; any policy in a template takes its place. */
function defaultPolicy(topicArn: string): ResourcePolicy {
  const owner = topicArn.split(':')[4] ?? '';
  return {
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'sns:Publish',
        Resource: topicArn,
        Condition: { StringEquals: { 'aws:SourceOwner': owner } },
      },
    ],
  };
}
