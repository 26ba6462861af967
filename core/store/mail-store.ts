import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import type { AuditEvent } from '../contract/events.ts';
import { addressHash } from '../domain/mail/addressee.ts';
import { writeIf } from './conditional-write.ts';
import { endingAt, SET_END, secondsOf, settingEnd, unended } from './ending.ts';
import { readItem } from './item.ts';
import { type ItemKey, itemKey } from './item-keys.ts';

const DAY_SECONDS = 86_400;
/** Longer than an event is mailed for, so that a repeat always finds it. */
const SENT_DAYS = 7;
/** A digest that could not be sent is tried for as long. */
const DIGEST_DAYS = 3;
/** Longer than the function may run: who holds a claim is gone by then. */
const CLAIM_SECONDS = 180;
/** A suppression is forgotten when an address may well be somebody else's. */
const SUPPRESSED_DAYS = 730;
/** Of the networks of one key in one day; more are only said to be. */
export const MOST_NETWORKS = 10;

/** What became of the right to mail somebody of something. */
export type Claim = 'claimed' | 'sent' | 'busy';

/** An event in a digest. */
export interface DigestEntry {
  readonly event: AuditEvent;
  /** That the key was used from; empty for what is no use. */
  readonly networks: readonly string[];
}

/** What was mailed, what is to be, and whom mails don't reach, in the main table. Every item of it ends. */
export class MailStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Takes the right to mail an address of something. Of several at once one has it; it lapses, so that what was cut
   * off is done by another: who was cut off after sending has then sent twice.
   */
  async claim(about: string, email: string, now: Date): Promise<Claim> {
    const seconds = secondsOf(now);
    const key = itemKey.sentMail(about, addressHash(email));
    try {
      await this.#set(
        key,
        { claimedUntil: seconds + CLAIM_SECONDS, ...endingAt(key, seconds + SENT_DAYS * DAY_SECONDS) },
        {
          remove: ['sentAt'],
          condition: `#ttl <= :now OR (attribute_not_exists(sentAt) AND (attribute_not_exists(claimedUntil) OR claimedUntil < :now))`,
          now: seconds,
        },
      );
      return 'claimed';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return (await readItem(this.#table, key))?.sentAt === undefined ? 'busy' : 'sent';
    }
  }

  async noteSent(about: string, email: string, now: Date): Promise<void> {
    await this.#set(itemKey.sentMail(about, addressHash(email)), { sentAt: now.toISOString() });
  }

  /** Lets another try at once what could not be sent. */
  async release(about: string, email: string): Promise<void> {
    await this.#set(itemKey.sentMail(about, addressHash(email)), { claimedUntil: 0 });
  }

  /** @param reason `bounce` or `complaint` */
  async suppress(email: string, reason: string, now: Date): Promise<void> {
    const key = itemKey.suppressedMail(addressHash(email));
    const end = endingAt(key, secondsOf(now) + SUPPRESSED_DAYS * DAY_SECONDS);
    await this.#set(key, { reason, at: now.toISOString(), ...end });
  }

  /** Why and when mails to an address stopped; undefined where they didn't. */
  async suppression(
    email: string,
    now: Date,
  ): Promise<{ readonly reason: string; readonly at: string } | undefined> {
    const item = unended(await readItem(this.#table, itemKey.suppressedMail(addressHash(email))), now);
    return item && { reason: String(item.reason), at: String(item.at) };
  }

  /** Keeps the hash of a token that is about to be mailed; those that were mailed before stay good. */
  async addToken(invitationId: string, tokenHash: string, expiresAt: Date): Promise<void> {
    const { pk, sk } = itemKey.mailedTokens(invitationId);
    const end = settingEnd({ pk }, secondsOf(expiresAt) + DAY_SECONDS);
    await this.#table.client.send(
      new UpdateCommand({
        TableName: this.#table.name,
        Key: { pk, sk },
        UpdateExpression: `ADD hashes :added ${SET_END}`,
        ExpressionAttributeNames: end.names,
        ExpressionAttributeValues: { ':added': new Set([tokenHash]), ...end.values },
      }),
    );
  }

  /** Keeps an event for the digest of its day; of one subject one entry a day, however often it is told. */
  async addToDigest(event: AuditEvent, network: string | undefined): Promise<void> {
    const { pk, sk } = itemKey.digestEntry(event.time.slice(0, 10), event.type, event.subject.id);
    const end = settingEnd({ pk }, secondsOf(new Date(event.time)) + (DIGEST_DAYS + 1) * DAY_SECONDS);
    await this.#table.client.send(
      new UpdateCommand({
        TableName: this.#table.name,
        Key: { pk, sk },
        UpdateExpression: `${SET_END}, #event = if_not_exists(#event, :event)`,
        ExpressionAttributeNames: { '#event': 'event', ...end.names },
        ExpressionAttributeValues: { ':event': event, ...end.values },
      }),
    );
    if (network !== undefined) await this.#addNetwork({ pk, sk }, network);
  }

  /** What the digest of a day tells. @param day `2026-11-22` */
  async *digest(day: string): AsyncGenerator<DigestEntry> {
    let start: Record<string, unknown> | undefined;
    do {
      const { Items, LastEvaluatedKey } = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': itemKey.digestEntry(day, '', '').pk },
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const { event, networks } of Items ?? [])
        yield { event: event as AuditEvent, networks: [...((networks as Set<string> | undefined) ?? [])] };
      start = LastEvaluatedKey;
    } while (start !== undefined);
  }

  async #addNetwork(key: ItemKey, network: string): Promise<void> {
    const { pk, sk } = key;
    const update = new UpdateCommand({
      TableName: this.#table.name,
      Key: { pk, sk },
      UpdateExpression: 'ADD networks :added',
      ConditionExpression: 'attribute_not_exists(networks) OR size(networks) < :most',
      ExpressionAttributeValues: { ':added': new Set([network]), ':most': MOST_NETWORKS },
    });
    await writeIf(this.#table, update);
  }

  async #set(
    { pk, sk }: ItemKey,
    attributes: Readonly<Record<string, unknown>>,
    change?: { readonly remove: readonly string[]; readonly condition: string; readonly now: number },
  ): Promise<void> {
    const entries = Object.entries(attributes);
    const removal = change && ` REMOVE ${change.remove.join(', ')}`;
    await this.#table.client.send(
      new UpdateCommand({
        TableName: this.#table.name,
        Key: { pk, sk },
        UpdateExpression: `SET ${entries.map((_, i) => `#n${i} = :v${i}`).join(', ')}${removal ?? ''}`,
        ...(change && { ConditionExpression: change.condition }),
        ExpressionAttributeNames: {
          ...Object.fromEntries(entries.map(([name], i) => [`#n${i}`, name])),
          ...(change && { '#ttl': TTL_ATTRIBUTE }),
        },
        ExpressionAttributeValues: {
          ...Object.fromEntries(entries.map(([, value], i) => [`:v${i}`, value])),
          ...(change && { ':now': change.now }),
        },
      }),
    );
  }
}
