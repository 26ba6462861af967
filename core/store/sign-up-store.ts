import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import { DomainError } from '../domain/ground/domain-error.ts';
import type { DayOfTenants } from '../domain/people/own-tenant.ts';
import type { SignUp } from '../domain/people/sign-up.ts';
import { writeIf } from './conditional-write.ts';
import { Conflict } from './conflict.ts';
import { endingAt, secondsOf } from './ending.ts';
import { insertItem, readItem, stateOf, updateItem } from './item.ts';
import { itemKey, listPartition } from './item-keys.ts';
import { listItems } from './item-lists.ts';
import { type Page, takePage } from './listing.ts';

const MOST_EXAMINED = 1000;
/** Whoever counts beside it makes a write one too late. */
const MOST_ATTEMPTS = 20;
const DAY_SECONDS = 86_400;

/** Sign-ups in the main table: one item for each person. */
export class SignUpStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(signUpId: string): Promise<SignUp | undefined> {
    const item = await readItem(this.#table, itemKey.signUp(signUpId));
    return item && stateOf<SignUp>(item);
  }

  /** @throws Conflict when it is no longer as `before` */
  async write(before: SignUp | undefined, change: Change<SignUp>): Promise<void> {
    const { signUpId } = change.state;
    const key = itemKey.signUp(signUpId);
    if (before !== undefined) return updateItem(this.#table, key, before, change);
    const place = { ...key, listPk: listPartition.signUps, listSk: positionOf(change.state) };
    try {
      await insertItem(this.#table, place, change, undefined);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'already_exists') throw error;
      throw new Conflict(await this.get(signUpId), 'atOnce');
    }
  }

  /** Notes that who was let in is a member. It is no change of the sign-up, so there is no event. */
  async noteJoined({ signUpId }: SignUp, now: Date): Promise<void> {
    await this.#table.client.send(
      new UpdateCommand({
        TableName: this.#table.name,
        Key: itemKey.signUp(signUpId),
        UpdateExpression: 'SET joinedAt = if_not_exists(joinedAt, :now)',
        ConditionExpression: 'attribute_exists(joinedTenantId)',
        ExpressionAttributeValues: { ':now': now.toISOString() },
      }),
    );
  }

  /**
   * Counts somebody among those who get a tenant of their own today. It is no change of a sign-up, so there is no event.
   * @param decide throws where there is no more room
   * @throws DomainError `conflict` when too many ask at once
   */
  async count(now: Date, decide: (day: DayOfTenants) => DayOfTenants): Promise<void> {
    const key = itemKey.newcomers(now.toISOString().slice(0, 10));
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const item = await readItem(this.#table, key);
      const before = (item?.newcomers ?? []) as DayOfTenants;
      const newcomers = decide(before);
      if (newcomers === before) return;
      const put = new PutCommand({
        TableName: this.#table.name,
        Item: { ...key, newcomers, ...endingAt(key, secondsOf(now) + 2 * DAY_SECONDS) },
        ConditionExpression: 'attribute_not_exists(pk) OR size(newcomers) = :before',
        ExpressionAttributeValues: { ':before': before.length },
      });
      if (await writeIf(this.#table, put)) return;
    }
    throw new Conflict();
  }

  /** Newest first, by when each person asked first; `before` is an earlier page's `next`. */
  list(options: {
    limit: number;
    before: string | undefined;
    matches: (signUp: SignUp) => boolean;
  }): Promise<Page<SignUp>> {
    const { limit, before, matches } = options;
    return takePage(listItems<SignUp>(this.#table, listPartition.signUps, before), {
      limit,
      positionOf,
      shownOf: (signUp) => signUp,
      matches,
      mostExamined: MOST_EXAMINED,
    });
  }
}

function positionOf({ createdAt, signUpId }: SignUp): string {
  return `${createdAt}#${signUpId}`;
}
