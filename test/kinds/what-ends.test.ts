import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ENDING_KEYS, TTL_ATTRIBUTE } from '../../core/contract/deployment.ts';
import { isAlive } from '../../core/domain/people/session.ts';
import { AlertStore } from '../../core/store/alert-store.ts';
import { DocumentStore } from '../../core/store/document-store.ts';
import { type DuePlace, DueStore } from '../../core/store/due-store.ts';
import { endPartitions } from '../../core/store/ending.ts';
import { MailStore } from '../../core/store/mail-store.ts';
import { MemberStore } from '../../core/store/member-store.ts';
import { SessionStore } from '../../core/store/session-store.ts';
import { SignUpStore } from '../../core/store/sign-up-store.ts';
import { endItems } from '../../functions/sweep/end-items.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { alertOf, findingOf } from '../support/finding.ts';
import { Interruption } from '../support/interruption.ts';
import { eventFor } from '../support/publisher.ts';
import { signIn } from '../support/sessions.ts';

/**
 * A table that is strongly consistent in several Regions has no time-to-live: what is written with an end that no
 * sweep finds stays for ever there, and what a reader takes for good until it is deleted is good for too long.
 */

const NOON = new Date('2026-11-22T12:00:00.000Z');
const SECOND = 1000;
const DAY = 86_400 * SECOND;
const EMAIL = 'ada@example.com';
const at = (milliseconds: number) => new Date(NOON.getTime() + milliseconds);

let dynamodb: TestDynamoDb;
const interruption = new Interruption();
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  dynamodb.main.client.middlewareStack.add(interruption.middleware, { step: 'initialize' });
});
afterAll(() => dynamodb.close());

/** Writes an item at noon that ends after `life`; `isThere` reads it as its readers do. */
interface Kind {
  readonly life: number;
  readonly write: () => Promise<(now: Date) => Promise<boolean>>;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'SESSION#*': {
    life: DAY / 2,
    write: async () => {
      const sessions = new SessionStore(dynamodb.main);
      const { session } = await signIn(sessions, { sub: 'ada', 'custom:role': 'admin' }, NOON);
      return async (now) => {
        const read = await sessions.get(session.sessionId);
        // Used until its end: only that it is over can keep anybody out.
        return (
          read !== undefined && isAlive({ ...read, lastSeenAt: at(DAY / 2 - SECOND).toISOString() }, now)
        );
      };
    },
  },
  'ALERT#*': {
    life: 400 * DAY,
    write: async () => {
      const alerts = new AlertStore(dynamodb.main);
      const change = alertOf(findingOf(), NOON);
      await alerts.create(change);
      const { alertId } = change.state;
      const options = { limit: 10, state: undefined, matches: () => true };
      return async (now) => {
        dynamodb.settle();
        const lists = await Promise.all(
          (['*', ['tenant_acme']] as const).map((whose) => alerts.list(whose, {}, { ...options, now })),
        );
        const found = [
          (await alerts.get(alertId, now)) !== undefined,
          ...lists.map(({ items }) => items.length > 0),
        ];
        expect(new Set(found).size).toBe(1);
        return found.includes(true);
      };
    },
  },
  'DOCUMENT#*': {
    life: DAY,
    write: async () => {
      const documents = new DocumentStore(dynamodb.main, randomBytes);
      const ref = await documents.add('api_0123456789AB', 'text');
      await documents.release('api_0123456789AB', ref, NOON);
      // Nothing refers to it any more: nobody can read it, at whatever time.
      return async (now) => now < at(DAY);
    },
  },
  'MAIL#*': {
    life: 7 * DAY,
    write: async () => {
      const mails = new MailStore(dynamodb.main);
      await mails.claim('event-1', EMAIL, NOON);
      await mails.noteSent('event-1', EMAIL, NOON);
      return async (now) => {
        const claim = await mails.claim('event-1', EMAIL, now);
        if (claim === 'claimed') expect(await mails.claim('event-1', EMAIL, now)).toBe('busy');
        return claim === 'sent';
      };
    },
  },
  'DIGEST#*': {
    life: 4 * DAY,
    write: async () => {
      const mails = new MailStore(dynamodb.main);
      await mails.addToDigest({ ...eventFor('tenant_acme'), time: NOON.toISOString() }, '203.0.113.0/24');
      // A digest is of the day before.
      return async (now) => {
        const day = new Date(now.getTime() - DAY).toISOString().slice(0, 10);
        for await (const _ of mails.digest(day)) return true;
        return now < at(DAY);
      };
    },
  },
  'SUPPRESSED#*': {
    life: 730 * DAY,
    write: async () => {
      const mails = new MailStore(dynamodb.main);
      await mails.suppress(EMAIL, 'bounce', NOON);
      return async (now) => (await mails.suppression(EMAIL, now)) !== undefined;
    },
  },
  'TOKENS#*': {
    life: 8 * DAY,
    write: async () => {
      const members = new MemberStore(dynamodb.main);
      await new MailStore(dynamodb.main).addToken('inv_0123456789AB', 'hash', at(7 * DAY));
      return async (now) => (await members.mailedTokens('inv_0123456789AB', now)).length > 0;
    },
  },
  'SIGNUP#2*': {
    life: 2 * DAY,
    write: async () => {
      const signUps = new SignUpStore(dynamodb.main);
      await signUps.count(NOON, (day) => [...day, 'somebody'] as typeof day);
      return async (now) => {
        let counted = 0;
        await signUps.count(now, (day) => {
          counted = day.length;
          return day;
        });
        return counted > 0 || now < at(DAY / 2);
      };
    },
  },
};

const isOf = (pattern: string, pk: unknown) => String(pk).startsWith(pattern.replace('*', ''));

/** What of a kind is in the main table. */
async function stored(pattern: string): Promise<readonly Record<string, unknown>[]> {
  return (await dynamodb.everything()).filter(({ pk }) => isOf(pattern, pk));
}

function run(now: Date) {
  dynamodb.settle();
  const failures: unknown[] = [];
  const onFailure = (_: string, cause: unknown) => void failures.push(cause);
  const due = new DueStore(dynamodb.main);
  return endItems({ due, now: () => now }, { hasTime: () => true, onFailure });
}

async function placesAt(now: Date): Promise<readonly DuePlace[]> {
  dynamodb.settle();
  const found: DuePlace[] = [];
  for (const partition of endPartitions)
    for await (const page of new DueStore(dynamodb.main).places(partition, now)) found.push(...page);
  return found;
}

test('every kind that may be deleted has its row here', () => {
  expect(Object.keys(KINDS).sort()).toEqual([...ENDING_KEYS].sort());
});

test('whoever gives an item of the main table an end gives it a place where a sweep finds it', () => {
  const folder = new URL('../../core/store/', import.meta.url);
  const elsewhere = {
    'item.ts': 'takes it out of what is read',
    'due-store.ts': 'deletes by it',
    'ending.ts': 'gives both',
    'mail-store.ts': 'compares it',
    'access-store.ts': 'regional table',
    'limit-store.ts': 'regional table',
    'regional-move.ts': 'regional table',
    'sighting-store.ts': 'regional table',
    'audit-item.ts': 'audit table',
    'fresh-store.ts': 'usage table',
    'profile-store.ts': 'usage table',
    'receipt-store.ts': 'usage table',
    'refusal-store.ts': 'usage table',
    'summary-store.ts': 'usage table',
    'usage-count.ts': 'usage table',
    'usage-store.ts': 'usage table',
  };
  const naming = readdirSync(folder).filter((file) =>
    readFileSync(new URL(file, folder), 'utf8').includes('TTL_ATTRIBUTE'),
  );
  expect(naming.sort()).toEqual(Object.keys(elsewhere).sort());
});

describe.each(Object.entries(KINDS))('%s', (pattern, { life, write }) => {
  test('is there until its end, gone from then on, and deleted by a sweep and not before', async () => {
    const isThere = await write();
    const items = await stored(pattern);
    expect(items).toHaveLength(1);
    const seconds = (NOON.getTime() + life) / SECOND;
    expect(items[0]).toMatchObject({ [TTL_ATTRIBUTE]: seconds, dueAt: at(life).toISOString() });
    expect(endPartitions).toContain(items[0]?.duePk);
    if (pattern !== 'DIGEST#*' && pattern !== 'SIGNUP#2*')
      expect(await isThere(at(life - SECOND))).toBe(true);
    expect(await run(at(life - SECOND))).toEqual({ ended: 0, failed: 0, lagSeconds: 0 });
    expect(await stored(pattern)).toHaveLength(1);
    expect(await isThere(at(life))).toBe(false);
    // Reading may have begun it anew, as with the right to mail.
    const [{ dueAt } = { dueAt: '' }] = await stored(pattern);
    const report = await run(new Date(Date.parse(String(dueAt)) + 60 * SECOND));
    expect(report).toEqual({ ended: 1, failed: 0, lagSeconds: 60 });
    expect(await stored(pattern)).toEqual([]);
  });
});

describe('a sweep', () => {
  const mails = () => new MailStore(dynamodb.main);
  const suppressSome = async (count: number) => {
    for (let i = 0; i < count; i += 1) await mails().suppress(`${i}@example.com`, 'bounce', NOON);
  };

  test('leaves what was given another end since it looked', async () => {
    await mails().suppress(EMAIL, 'bounce', NOON);
    const [place] = await placesAt(at(730 * DAY));
    if (place === undefined) throw new Error('nothing is due');
    await mails().suppress(EMAIL, 'complaint', at(700 * DAY));
    expect(await new DueStore(dynamodb.main).end(place, at(730 * DAY))).toBe(false);
    expect(await run(at(730 * DAY))).toMatchObject({ ended: 0, failed: 0 });
    expect(await mails().suppression(EMAIL, at(730 * DAY))).toMatchObject({ reason: 'complaint' });
    expect(await run(at(1430 * DAY))).toMatchObject({ ended: 1 });
  });

  test('leaves what has no end, whatever the index says', async () => {
    const { main } = dynamodb;
    const { PutCommand } = await import('@aws-sdk/lib-dynamodb');
    const Item = { pk: 'CRED#0123456789AB', sk: 'CRED', duePk: endPartitions[0], dueAt: NOON.toISOString() };
    await main.client.send(new PutCommand({ TableName: main.name, Item }));
    expect(await run(at(DAY))).toMatchObject({ ended: 0, failed: 0 });
    expect(await stored('CRED#*')).toHaveLength(1);
  });

  test('one alone asks for the end of each item once, three at a time', async () => {
    const asked: string[] = [];
    let [underWay, most] = [0, 0];
    const page = Array.from({ length: 8 }, (_, i) => ({
      pk: `MAIL#${i}`,
      sk: 'MAIL',
      dueAt: NOON.toISOString(),
    }));
    const due = {
      async *places(partition: string) {
        if (partition === endPartitions[0]) yield page;
      },
      async end({ pk }: DuePlace) {
        asked.push(pk);
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise(setImmediate);
        underWay -= 1;
        return true;
      },
    };
    const run = { hasTime: () => true, onFailure: () => undefined };
    const report = await endItems({ due: due as unknown as DueStore, now: () => at(DAY) }, run);
    expect(asked).toEqual(page.map(({ pk }) => pk));
    expect({ ended: report.ended, most }).toEqual({ ended: 8, most: 3 });
  });

  test('two at once delete each item once, and none fails', async () => {
    await suppressSome(40);
    const reports = await Promise.all([run(at(731 * DAY)), run(at(731 * DAY))]);
    expect(reports.map(({ failed }) => failed)).toEqual([0, 0]);
    // The one that came second finds nothing to delete.
    expect(reports.reduce((sum, { ended }) => sum + ended, 0)).toBe(40);
    expect(await stored('SUPPRESSED#*')).toEqual([]);
  });

  test.each([
    ['before', false],
    ['after', true],
  ])('stopped %s any call to AWS, it leaves the rest to the next one', async (_, happens) => {
    for (let stopAt = 0; ; stopAt += 3) {
      await suppressSome(5);
      const { answer, calls } = await interruption.during(stopAt, happens, () => run(at(731 * DAY)));
      const left = (await stored('SUPPRESSED#*')).length;
      expect(answer.ended).toBeLessThanOrEqual(5 - left);
      expect(await run(at(731 * DAY))).toMatchObject({ ended: left, failed: 0 });
      expect(await stored('SUPPRESSED#*')).toEqual([]);
      if (calls.length < stopAt) return;
    }
  });
});
