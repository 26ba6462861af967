import type { AwsCall } from '../../core/aws/aws-call.ts';
import { type ApiKey, liveSecrets } from '../../core/domain/keys/api-key.ts';
import { quietSecretOf, type Silence } from '../../core/domain/keys/quiet-overlap.ts';
import { lastUsersOf } from '../../core/domain/usage/overlap-use.ts';
import { hourOf } from '../../core/domain/usage/usage-tally.ts';
import type { LastUseStore } from '../../core/store/last-use-store.ts';
import type { TenantStore } from '../../core/store/tenant-store.ts';
import type { UsageStore } from '../../core/store/usage-store.ts';

/** What finding out whether an old secret is quiet needs. */
export interface SilenceDependencies {
  readonly lastUses: Pick<LastUseStore, 'lastUseOf' | 'heardUntil'>;
  readonly usage: Pick<UsageStore, 'count'>;
  readonly tenants: Pick<TenantStore, 'get'>;
  /** Whether log lines lie in a dead-letter queue of usage, in whichever Region, as far as that is known. */
  readonly hasLostLines: () => Promise<boolean>;
}

/** What is known of the use of a key's old secret. */
export async function silenceOf(
  key: ApiKey,
  now: Date,
  { lastUses, usage, tenants, hasLostLines }: SilenceDependencies,
): Promise<Silence> {
  // How far lines are counted comes first: what is counted meanwhile is then no silence.
  const before = await lastUses.lastUseOf(key.keyId);
  const oldId = quietSecretOf(key)?.id ?? '';
  const newId = liveSecrets(key, now)[0]?.id ?? '';
  const log = before?.logs?.[before.bySecret[oldId] === undefined ? newId : oldId];
  const heardUntil = log === undefined ? undefined : await lastUses.heardUntil(log);
  const [lastUse, tenant, isLost] = await Promise.all([
    lastUses.lastUseOf(key.keyId),
    tenants.get(key.tenantId),
    hasLostLines(),
  ]);
  const lastOld = lastUse?.bySecret[oldId];
  const hour = lastOld === undefined ? undefined : hourOf(Date.parse(lastOld));
  const count = hour && (await usage.count({ kind: 'credential', keyId: key.keyId }, hour));
  return {
    lastUse,
    heardUntil,
    hasLostLines: isLost,
    isAdmitted: tenant?.status === 'active',
    lastUsers: count ? lastUsersOf(oldId, count) : { networks: [], routes: [] },
  };
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

/** A queue of log lines that could not be counted, and SQS of its Region. */
export interface DeadLetters {
  readonly sqs: AwsCall;
  readonly queueUrl: string;
}

/**
 * Whether log lines are known to be lost in any Region, or can't be known not to be: another Region's queue that does
 * not answer may hold some.
 * @throws when the queue of this Region can't be asked
 */
export async function hasLostLines(here: DeadLetters, elsewhere: readonly DeadLetters[]): Promise<boolean> {
  const answers = elsewhere.map((queue) => hasMessages(queue).catch(() => true));
  const found = await Promise.all([hasMessages(here), ...answers]);
  return found.includes(true);
}

/** Whether there are messages in a queue, whoever is looking at them. */
async function hasMessages({ sqs, queueUrl }: DeadLetters): Promise<boolean> {
  const answer = await sqs('GetQueueAttributes', { QueueUrl: queueUrl, AttributeNames: COUNTS });
  const { Attributes = {} } = answer as { Attributes?: Record<string, string> };
  return COUNTS.some((name) => Attributes[name] !== '0');
}
