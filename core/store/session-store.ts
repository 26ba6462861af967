import { createHash } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import type { Claims } from '../domain/people/person.ts';
import { isAlive, type Session } from '../domain/people/session.ts';
import { writeIf } from './conditional-write.ts';
import { endingAt, secondsOf } from './ending.ts';
import { insertItem, readItem, stateOf, updateItem } from './item.ts';
import { itemKey, listPartition } from './item-keys.ts';
import { listItems } from './item-lists.ts';

/** Of a person's sessions, how many a list shows, and how many it looks at. */
const MOST_LISTED = 100;
const MOST_EXAMINED = 500;
/** Longer than the issuer is waited for. */
const LEASE_MILLISECONDS = 30_000;

/** What a cookie's value leads to. */
export function sessionIdOf(cookie: string): string {
  return `session_${createHash('sha256').update(cookie).digest('hex')}`;
}

/** Sessions in the main table, one item each, read consistently: one that has ended lets nobody in. */
export class SessionStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(sessionId: string): Promise<Session | undefined> {
    const item = await readItem(this.#table, itemKey.session(sessionId));
    return item && stateOf<Session>(item);
  }

  async create(change: Change<Session>): Promise<void> {
    const { sessionId, sub, startedAt, endsAt } = change.state;
    const place = {
      ...itemKey.session(sessionId),
      listPk: listPartition.sessionsOf(itemKey.person(sub)),
      listSk: `${startedAt}#${sessionId}`,
      ...endingAt(itemKey.session(sessionId), secondsOf(new Date(endsAt))),
    };
    await insertItem(this.#table, place, change, undefined);
  }

  /** @throws Conflict when the session is no longer as `before` */
  update(before: Session, change: Change<Session>): Promise<void> {
    return updateItem(this.#table, itemKey.session(before.sessionId), before, change);
  }

  /** A person's sessions that are not over, newest first, as the list has them. */
  async listAlive(sub: string, now: Date): Promise<readonly Session[]> {
    const alive: Session[] = [];
    let examined = 0;
    const partition = listPartition.sessionsOf(itemKey.person(sub));
    for await (const session of listItems<Session>(this.#table, partition, undefined)) {
      examined += 1;
      if (isAlive(session, now)) alive.push(session);
      if (alive.length === MOST_LISTED || examined === MOST_EXAMINED) break;
    }
    return alive;
  }

  /** Notes that a session is used. */
  async noteSeen({ sessionId }: Session, now: Date): Promise<void> {
    await this.#note(sessionId, 'SET lastSeenAt = :now', 'lastSeenAt < :now', { ':now': now.toISOString() });
  }

  /** Whether it is on the caller to ask the issuer: nobody else does for half a minute. */
  leaseRenewal({ sessionId, renewedAt }: Session, now: Date): Promise<boolean> {
    return this.#note(
      sessionId,
      'SET renewal = :until',
      'renewedAt = :renewedAt AND (attribute_not_exists(renewal) OR renewal < :now)',
      {
        ':until': new Date(now.getTime() + LEASE_MILLISECONDS).toISOString(),
        ':now': now.toISOString(),
        ':renewedAt': renewedAt,
      },
    );
  }

  /** Notes what the issuer says of the person now. */
  async noteRenewal(
    { sessionId }: Session,
    renewed: { readonly claims: Claims; readonly refreshToken: string; readonly now: Date },
  ): Promise<void> {
    const { claims, refreshToken, now } = renewed;
    await this.#note(
      sessionId,
      'SET claims = :claims, refreshToken = :token, renewedAt = :now REMOVE renewal',
      'attribute_exists(refreshToken)',
      { ':claims': claims, ':token': refreshToken, ':now': now.toISOString() },
    );
  }

  /** Nothing happens to what the session is, so there is no event. @returns false for one that has ended */
  async #note(
    sessionId: string,
    UpdateExpression: string,
    condition: string,
    values: Record<string, unknown>,
  ): Promise<boolean> {
    const update = new UpdateCommand({
      TableName: this.#table.name,
      Key: itemKey.session(sessionId),
      UpdateExpression,
      ConditionExpression: `attribute_exists(pk) AND attribute_not_exists(endedAt) AND ${condition}`,
      ExpressionAttributeValues: values,
    });
    return writeIf(this.#table, update);
  }
}
