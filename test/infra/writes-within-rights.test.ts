import { expect, test } from '@jest/globals';
import type { Table } from '../../core/aws/document-client.ts';
import type { Change } from '../../core/domain/audit/audit-event.ts';
import type { ApiKey } from '../../core/domain/keys/api-key.ts';
import { createKey, disableKey, rotateKey } from '../../core/domain/keys/api-key-lifecycle.ts';
import type { Product } from '../../core/domain/products/product.ts';
import type { Subscription } from '../../core/domain/products/subscription.ts';
import {
  createSubscription,
  suspendSubscription,
} from '../../core/domain/products/subscription-lifecycle.ts';
import { leakOfApiKey, leakOfSubscription } from '../../core/domain/security/leak.ts';
import { createTenant } from '../../core/domain/tenants/tenant.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { SubscriptionStore } from '../../core/store/subscription-store.ts';
import type { Input } from '../../emulator/aws/protocol.ts';
import { dynamodbRequests } from '../../emulator/iam/dynamodb-requests.ts';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import { context } from '../domain/context.ts';
import { ACCOUNT_ID, REGION, synthesize, WHOLE } from './synthesized-stacks.ts';

// The roles of functions that stop what they have not made name the attributes that they may write. A state that gains
// an attribute and a role that does not is a refusal by IAM, of a brake that somebody pulls.

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
