import { expect, test } from '@jest/globals';
import type { Table } from '../../core/aws/document-client.ts';
import { lapse, requestApproval } from '../../core/domain/approvals/approval.ts';
import type { Change } from '../../core/domain/audit/audit-event.ts';
import type { ApiKey } from '../../core/domain/keys/api-key.ts';
import { createKey, disableKey, endOverlap, rotateKey } from '../../core/domain/keys/api-key-lifecycle.ts';
import { noticeOf } from '../../core/domain/keys/key-reminders.ts';
import type { Notice } from '../../core/domain/keys/notice.ts';
import { overlapNotice } from '../../core/domain/keys/quiet-overlap.ts';
import type { Product } from '../../core/domain/products/product.ts';
import type { Subscription } from '../../core/domain/products/subscription.ts';
import {
  createSubscription,
  regenerateKey,
  suspendSubscription,
} from '../../core/domain/products/subscription-lifecycle.ts';
import { leakOfApiKey, leakOfSubscription } from '../../core/domain/security/leak.ts';
import { createTenant } from '../../core/domain/tenants/tenant.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { SubscriptionStore } from '../../core/store/subscription-store.ts';
import { UpkeepStore } from '../../core/store/upkeep-store.ts';
import type { Input } from '../../emulator/aws/protocol.ts';
import { dynamodbRequests } from '../../emulator/iam/dynamodb-requests.ts';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import { context, later } from '../domain/context.ts';
import { ACCOUNT_ID, REGION, synthesize, WHOLE } from './synthesized-stacks.ts';

// The roles of functions that change what they have not made name the attributes that they may write. A state that gains
// an attribute and a role that does not is a refusal by IAM, of a brake that somebody pulls, or of a sweep at night.

const stacks = synthesize(WHOLE);
const policies = new IamPolicies(stacks.resources);
const arnOf = (table: string) => `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/${table}`;

function roleOf(name: string): string {
  const isIt = ({ Environment }: Record<string, unknown>) =>
    (Environment as { Variables: Record<string, string> } | undefined)?.Variables.POWERTOOLS_SERVICE_NAME ===
    name;
  return String(stacks.one('AWS::Lambda::Function', isIt).Properties.Role);
}

type Write = (table: Table) => Promise<void>;

/** What IAM is asked for what a store sends. */
async function askedBy(write: Write) {
  const sent: Input[] = [];
  const client = { send: async ({ input }: { input: Input }) => void sent.push(input) };
  await write({ name: 'keywright', client } as unknown as Table);
  return sent.flatMap((input) => {
    const { pk, sk } = input.Key as { pk: string; sk: string };
    const keys = { partitionKeyOf: () => 'pk', arnOf };
    return dynamodbRequests('UpdateItem', { ...input, Key: { pk: { S: pk }, sk: { S: sk } } }, keys);
  });
}

const by = context();
const tenant = createTenant({ tenantId: 'tenant_acme', name: 'Acme' }, by).state;
const secret = (id: string) => ({ id, hint: id.slice(0, 4), digest: { pepper: 'v1', hmac: id } });
const input = { keyId: 'key_0123456789AB', name: 'A', type: 'secret', environment: 'live' } as const;
const single = createKey(tenant, { ...input, role: 'reader' }, secret('first'), by).state;
const rotated = rotateKey(single, tenant, { overlapSeconds: 60, secret: secret('second') }, by).state;
const product = { productId: 'prod_1', environment: 'live', requiresApproval: false } as Product;
const slotKey = (id: string) => ({ ...secret(id), text: id, sealed: id });
const keys = { primary: slotKey('aaaa'), secondary: slotKey('bbbb') };
const subscription = createSubscription(
  tenant,
  product,
  { subscriptionId: 'sub_000000000001', name: 'S' },
  keys,
  by,
).state;
const HOUR = 3_600_000;
const ends = { ...input, role: 'reader', expiresAt: later(240 * HOUR).toISOString() };
const ending = createKey(tenant, ends, secret('first'), by).state;
const untilQuiet = { overlapSeconds: 86_400, untilQuietSeconds: 3600, secret: secret('second') };
const quiet = rotateKey(single, tenant, untilQuiet, by).state;
const OPERATION = { operation: 'revokeKey', input: {} } as never;
const approval = requestApproval('apr_000000000001', OPERATION, disableKey(single, 'Odd', by), by).state;
const event = endOverlap(rotated, by).event;
const [from, to] = [secret('first').digest, secret('renewed').digest];
const SOURCE = { by: 'report' } as const;
const [REVOKE, NOTIFY] = [{ leakResponse: 'revoke' }, { leakResponse: 'notify' }] as const;

const ofKey =
  (before: ApiKey, change: Change<ApiKey> | undefined): Write =>
  (table) =>
    new KeyStore(table).update(before, given(change));
const ofSubscription =
  (change: Change<Subscription> | undefined): Write =>
  (table) =>
    new SubscriptionStore(table).update(subscription, given(change));
const change = (id: string, key: ApiKey) =>
  rotateKey(key, tenant, { overlapSeconds: 60, secret: secret(id) }, by);

/** What the clock brings, so many hours later. */
const ofClock =
  (key: ApiKey, hours: number): Write =>
  (table) =>
    noted(key, noticeOf(key, undefined, context({ now: later(hours * HOUR) })), table);
/** What it brings where the old secret was last used at once, and the new one since. */
const ofSilence =
  (hours: number): Write =>
  (table) => {
    const now = later(hours * HOUR);
    const bySecret = { first: later(0).toISOString(), second: later(HOUR).toISOString() };
    const lastUse = { at: bySecret.second, bySecret } as never;
    const known = { hasLostLines: false, isAdmitted: true, lastUsers: { networks: [], routes: [] } };
    const silence = { ...known, lastUse, heardUntil: now.toISOString() };
    return noted(quiet, overlapNotice(quiet, silence, context({ now })), table);
  };
async function noted(key: ApiKey, notice: Notice | undefined, table: Table): Promise<void> {
  if (notice === undefined) throw new Error('nothing is due');
  if ('remind' in notice) await new KeyStore(table).remind(key, notice.remind);
  else await new KeyStore(table).update(key, notice.change);
}
function given<State>(change: Change<State> | undefined): Change<State> {
  if (change === undefined) throw new Error('nothing was decided');
  return change;
}

test.each<[name: string, what: string, write: Write]>([
  ['brake', 'disables a key', ofKey(rotated, disableKey(rotated, 'Odd', by))],
  ['brake', 'suspends a subscription', ofSubscription(suspendSubscription(subscription, 'Odd', by))],
  ['leaks', 'revokes a key', ofKey(rotated, leakOfApiKey(rotated, 'second', REVOKE, SOURCE, by).change)],
  ['leaks', 'ends an old secret', ofKey(rotated, leakOfApiKey(rotated, 'first', REVOKE, SOURCE, by).change)],
  ['leaks', 'marks a secret', ofKey(rotated, leakOfApiKey(rotated, 'first', NOTIFY, SOURCE, by).change)],
  [
    'leaks',
    'ends a slot’s key',
    ofSubscription(leakOfSubscription(subscription, 'primary', REVOKE, SOURCE, by).change),
  ],
  [
    'leaks',
    'marks a slot’s key',
    ofSubscription(leakOfSubscription(subscription, 'primary', NOTIFY, SOURCE, by).change),
  ],
  ['sweep', 'ends an overlap that is quiet', ofSilence(6)],
  ['sweep', 'ends an overlap whose time is over', ofSilence(25)],
  ['sweep', 'looks at an overlap again', ofSilence(0)],
  ['sweep', 'notes that an overlap is over', ofClock(rotated, 1)],
  ['sweep', 'tells that a key will expire', ofClock(ending, 120)],
  ['sweep', 'tells that a key has expired', ofClock(ending, 241)],
  ['sweep', 'tells that a key is idle', ofClock(single, 24 * 91)],
  [
    'sweep',
    'has an approval lapse',
    (table) => new ApprovalStore(table).update(approval, lapse(approval, by)),
  ],
  ['rotation', 'registers a key’s secret', ofKey(single, change('second', single))],
  ['rotation', 'registers a third one', ofKey(rotated, change('third', rotated))],
  [
    'rotation',
    'fills a slot',
    ofSubscription(regenerateKey(subscription, tenant, { slot: 'secondary', key: slotKey('cccc') }, by)),
  ],
  [
    'key-upkeep',
    'renews a digest',
    (table) =>
      new UpkeepStore(table).renewDigest({
        credentialId: '0123456789AB',
        secretId: 'first',
        from,
        to,
        event,
      }),
  ],
  [
    'key-upkeep',
    'notes a first use',
    (table) =>
      new UpkeepStore(table).noteFirstUse({ credentialId: '0123456789AB', secretId: 'first', time: '' }),
  ],
])(
  'IAM lets the role of %s write what it writes as it %s, and no name or permission with it',
  async (name, _, write) => {
    const role = roleOf(name);
    const [asked, ...others] = await askedBy(write);
    if (asked === undefined) throw new Error('nothing was written');
    expect(others).toEqual([]);
    expect([asked, policies.decide(role, asked)]).toEqual([asked, 'allowed']);
    for (const foreign of ['name', 'permissions', 'expiresAt', 'allowedCidrs']) {
      const attributes = [...((asked.context?.['dynamodb:Attributes'] ?? []) as string[]), foreign];
      const more = { ...asked, context: { ...asked.context, 'dynamodb:Attributes': attributes } };
      expect([foreign, policies.allows(role, more)]).toEqual([foreign, false]);
    }
  },
);
