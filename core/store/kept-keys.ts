import {
  DeleteSecretCommand,
  GetSecretValueCommand,
  InvalidRequestException,
  ListSecretsCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Table } from '../aws/document-client.ts';
import type { KeyPlace, ShowableKeys } from '../aws/showable-keys.ts';
import type { Digest, Pepper } from '../domain/keys/pepper.ts';
import type { ProtectedApi } from '../domain/products/protected-api.ts';
import { isFinal, SEALED_IN, SLOTS, type Subscription } from '../domain/products/subscription.ts';
import { writeIf } from './conditional-write.ts';
import { readItem } from './item.ts';
import { credentialIdOf, type ItemKey, itemKey } from './item-keys.ts';

/** How the names of secrets begin that held such keys before their items did; the owner's id follows. */
const KEPT_BELOW = ['keywright/subscription/', 'keywright/client-key/'];
/** A write that makes a text valid can't be under way any more after this time. */
const SETTLED_MILLISECONDS = 3_600_000;
const MOST_ATTEMPTS = 5;
const AT_ONCE = 10;
const RECOVERY_DAYS = 30;

/** A secret's JSON: `{"keys":[{"text":"sub_live_…","addedAt":"2026-11-22T12:00:00.000Z"}]}`. */
const keptKeys = z.object({ keys: z.array(z.object({ text: z.string(), addedAt: z.iso.datetime() })) });

export interface Sealing {
  readonly secrets: SecretsManagerClient;
  readonly main: Table;
  readonly keys: ShowableKeys;
  readonly pepper: (versions: readonly string[]) => Promise<Pepper>;
  readonly now: () => Date;
}

export interface SealingReport {
  /** Keys whose text their item has now and had not. */
  readonly sealed: number;
  /** Names of secrets that hold nothing which an item has not. */
  readonly done: readonly string[];
  /** Names of those that may, and why. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

/**
 * Brings the texts of keys that can be shown from secrets into their items, sealed. It may be cut off anywhere, be run
 * again, and run beside itself and beside all that changes keys: a text is written only where the item still has the
 * digest that it was compared with.
 * @param deletes whether secrets go of which an item, read anew, has all; Secrets Manager brings them back for 30 days
 */
export async function sealKeptKeys(sealing: Sealing, deletes: boolean): Promise<SealingReport> {
  const report = { sealed: 0, done: [] as string[], left: [] as { name: string; why: string }[] };
  const waiting = (await namesOf(sealing.secrets)).values();
  const work = async () => {
    for (const name of waiting) {
      const { sealed, why } = await sealOne(name, sealing);
      report.sealed += sealed;
      if (why !== undefined) {
        report.left.push({ name, why });
        continue;
      }
      const deletion = new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays: RECOVERY_DAYS });
      if (deletes) await sealing.secrets.send(deletion).catch(unlessGone);
      report.done.push(name);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return report;
}

async function namesOf(secrets: SecretsManagerClient): Promise<string[]> {
  const names: string[] = [];
  for (const prefix of KEPT_BELOW) {
    let NextToken: string | undefined;
    do {
      const Filters = [{ Key: 'name' as const, Values: [prefix] }];
      const page = await secrets.send(new ListSecretsCommand({ Filters, NextToken }));
      names.push(...(page.SecretList ?? []).map(({ Name = '' }) => Name));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }
  return names.filter((name) => KEPT_BELOW.some((prefix) => name.startsWith(prefix)));
}

/** How many texts it brought, and why the secret has to stay, if it has. */
async function sealOne(
  name: string,
  { secrets, main, keys, pepper: pepperKnowing, now }: Sealing,
): Promise<{ sealed: number; why?: string }> {
  const owner = name.slice(name.lastIndexOf('/') + 1);
  const secret = await secrets.send(new GetSecretValueCommand({ SecretId: name })).catch(unlessGone);
  const kept = keptIn(secret?.SecretString ?? '{"keys":[]}');
  let sealed = 0;
  if (kept === undefined) return { sealed, why: 'it does not hold what a secret of keys holds' };
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const places = await placesOf(owner, main);
    const pepper = await pepperKnowing(places.map(({ digest }) => digest.pepper));
    if (!places.every(({ digest }) => pepper.knows(digest.pepper))) {
      return { sealed, why: 'its keys are under a version that the pepper does not have' };
    }
    const missing = [];
    for (const place of places) {
      const text = kept.find((each) => pepper.verifies(each.text, place.digest))?.text;
      if (text === undefined || (await keys.open(place, place, pepper)) !== undefined) continue;
      missing.push({ place, text });
    }
    if (missing.length === 0) {
      const isUsed = (text: string) => places.some(({ digest }) => pepper.verifies(text, digest));
      const isFresh = (addedAt: string) => now().getTime() - Date.parse(addedAt) < SETTLED_MILLISECONDS;
      return kept.some(({ text, addedAt }) => isFresh(addedAt) && !isUsed(text))
        ? { sealed, why: 'a key was added to it within the last hour, and may be about to be used' }
        : { sealed };
    }
    for (const { place, text } of missing) {
      if (await write(main, place, await keys.seal(place, text))) sealed += 1;
    }
  }
  return { sealed, why: 'others keep changing its keys' };
}

/** Undefined for anything else. What could not be read is not told: an error of JSON's own quotes the text. */
function keptIn(secret: string): z.output<typeof keptKeys>['keys'] | undefined {
  try {
    return keptKeys.safeParse(JSON.parse(secret)).data?.keys;
  } catch {
    return undefined;
  }
}

/** Another run at the same time has deleted it. */
function unlessGone(error: unknown): undefined {
  if (error instanceof ResourceNotFoundException || error instanceof InvalidRequestException)
    return undefined;
  throw error;
}

/** Where a text belongs, as it was read. */
interface Place extends KeyPlace {
  readonly key: ItemKey;
  readonly attribute: string;
  readonly sealed: string | undefined;
  readonly digest: Digest;
  readonly digestIn: readonly [string, string];
}

/** None for an owner that there is not, has no such key, or shows none any more. */
async function placesOf(owner: string, main: Table): Promise<readonly Place[]> {
  if (owner.startsWith('api_')) {
    const key = itemKey.api(owner);
    const api = (await readItem(main, key)) as ProtectedApi | undefined;
    if (api?.clientKey === undefined) return [];
    const place = { owner, slot: 'clientKey', key, attribute: 'sealedClientKey' } as const;
    const { digest } = api.clientKey;
    return [{ ...place, sealed: api.sealedClientKey, digest, digestIn: ['clientKey', 'digest'] }];
  }
  const key = itemKey.credential(credentialIdOf(owner));
  const subscription = (await readItem(main, key)) as Subscription | undefined;
  if (subscription?.subscriptionId !== owner || isFinal(subscription)) return [];
  return SLOTS.map((slot) => {
    const attribute = SEALED_IN[slot];
    const digest = subscription.digests[slot];
    return {
      owner,
      slot,
      key,
      attribute,
      sealed: subscription[attribute],
      digest,
      digestIn: ['digests', slot],
    };
  });
}

/**
 * False where the key has been changed. What the item says of the key stays as it is, so there is no event and no
 * revision; a change that is under way writes other attributes, or this one after it.
 */
async function write(main: Table, place: Place, sealed: string): Promise<boolean> {
  const update = new UpdateCommand({
    TableName: main.name,
    Key: { pk: place.key.pk, sk: place.key.sk },
    UpdateExpression: 'SET #sealed = :sealed',
    ConditionExpression: `#in.#digest.#hmac = :hmac AND ${place.sealed === undefined ? 'attribute_not_exists(#sealed)' : '#sealed = :read'}`,
    ExpressionAttributeNames: {
      '#sealed': place.attribute,
      '#in': place.digestIn[0],
      '#digest': place.digestIn[1],
      '#hmac': 'hmac',
    },
    ExpressionAttributeValues: { ':sealed': sealed, ':hmac': place.digest.hmac, ':read': place.sealed },
  });
  return writeIf(main, update);
}
