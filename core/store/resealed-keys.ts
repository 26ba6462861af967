import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import type { Purpose, SealedTexts } from '../aws/sealed-text.ts';
import { TABLE_INDEX } from '../contract/deployment.ts';
import type { ProtectedApi } from '../domain/products/protected-api.ts';
import { SEALED_IN, SLOTS, type Subscription } from '../domain/products/subscription.ts';
import { writeIf } from './conditional-write.ts';
import { readItem } from './item.ts';
import { credentialIdOf, type ItemKey, itemKey, listPartition } from './item-keys.ts';
import { inOrder } from './listing.ts';

const MOST_ATTEMPTS = 5;
const AT_ONCE = 10;

type Item = Readonly<Record<string, unknown>>;

export interface Resealing {
  readonly main: Table;
  /** By the key that seals from now on, and by it alone. */
  readonly now: Pick<SealedTexts, 'seal' | 'open'>;
  /** By the key before. */
  readonly before: Pick<SealedTexts, 'open'>;
}

export interface ResealingReport {
  /** Texts that the key of now opens and did not. */
  readonly sealed: number;
  /** Whose texts neither key opens, or others kept changing. */
  readonly left: readonly string[];
}

/** A sealed text of an item, as it was read. */
interface Sealed {
  readonly attribute: string;
  readonly text: string;
  readonly purpose: Purpose;
}

/**
 * Seals the texts of all keys that can be shown with another KMS key. It may be cut off anywhere, be run again, and run
 * beside itself and beside all that changes keys: a text takes the place of the one that it was made of and of no other.
 */
export async function sealAnew(resealing: Resealing): Promise<ResealingReport> {
  const report = { sealed: 0, left: [] as string[] };
  const owners = ownersIn(resealing.main);
  const work = async () => {
    for (let next = await owners.next(); !next.done; next = await owners.next()) {
      const { sealed, isDone } = await sealOwner(next.value, resealing);
      report.sealed += sealed;
      if (!isDone) report.left.push(next.value);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return report;
}

/** Ids of all subscriptions and APIs. */
async function* ownersIn(main: Table): AsyncGenerator<string> {
  for await (const { apiId } of listed(main, listPartition.apis)) yield String(apiId);
  for await (const { tenantId } of listed(main, listPartition.tenants)) {
    const subscriptions = listed(main, listPartition.subscriptionsOf(String(tenantId)));
    for await (const { subscriptionId } of subscriptions) yield String(subscriptionId);
  }
}

function listed(table: Table, value: string): AsyncGenerator<Item> {
  const hash = { name: 'listPk', value };
  return inOrder({ table, index: TABLE_INDEX.list, hash, range: 'listSk' }, {});
}

async function sealOwner(
  owner: string,
  { main, now, before }: Resealing,
): Promise<{ sealed: number; isDone: boolean }> {
  const key = owner.startsWith('api_') ? itemKey.api(owner) : itemKey.credential(credentialIdOf(owner));
  let sealed = 0;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    let isChanged = false;
    for (const { attribute, text, purpose } of sealedIn(owner, await readItem(main, key))) {
      if ((await now.open(text, purpose)) !== undefined) continue;
      const opened = await before.open(text, purpose);
      const anew = opened === undefined ? undefined : await now.seal(opened, purpose);
      if (anew === undefined) return { sealed, isDone: false };
      const isWritten = await replace(main, key, { attribute, text, anew });
      if (isWritten) sealed += 1;
      else isChanged = true;
    }
    if (!isChanged) return { sealed, isDone: true };
  }
  return { sealed, isDone: false };
}

function sealedIn(owner: string, item: unknown): readonly Sealed[] {
  if (item === undefined) return [];
  if (!owner.startsWith('api_')) {
    const subscription = item as Subscription;
    return SLOTS.flatMap((slot) => {
      const attribute = SEALED_IN[slot];
      const text = subscription[attribute];
      return text === undefined ? [] : [{ attribute, text, purpose: { owner, slot } }];
    });
  }
  const { clientKey, sealedClientKey, publicClientKey } = item as ProtectedApi;
  const createdAt = clientKey?.createdAt ?? '';
  const texts = [
    { attribute: 'sealedClientKey', text: sealedClientKey, purpose: { owner, slot: 'clientKey' } },
    {
      attribute: 'publicClientKey',
      text: publicClientKey,
      purpose: { owner, slot: 'publicClientKey', createdAt },
    },
  ];
  return texts.flatMap(({ text, ...place }) => (text === undefined ? [] : [{ ...place, text }]));
}

/** False where the text has been changed. What the item says of the key stays, so there is no event and no revision. */
function replace(
  main: Table,
  { pk, sk }: ItemKey,
  { attribute, text, anew }: { readonly attribute: string; readonly text: string; readonly anew: string },
): Promise<boolean> {
  const update = new UpdateCommand({
    TableName: main.name,
    Key: { pk, sk },
    UpdateExpression: 'SET #sealed = :anew',
    ConditionExpression: '#sealed = :text',
    ExpressionAttributeNames: { '#sealed': attribute },
    ExpressionAttributeValues: { ':anew': anew, ':text': text },
  });
  return writeIf(main, update);
}
