import { setImmediate as immediately, setTimeout as sleep } from 'node:timers/promises';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROUTES } from '../../core/contract/routes.ts';
import type { Waiting } from '../../core/store/conflict.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { BrakeWorld } from '../support/brake-world.ts';
import { BRAKES } from '../support/brakes.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { SECOND_ADMIN, TestManagement } from '../support/management.ts';
import { overtaken } from '../support/race.ts';

const EDITORS = 4;
/** A machine that is busy elsewhere is not an editor: time passes ten times slower. `bench/brakes` measures it. */
const PATIENT: Waiting = { elapsed: () => performance.now() / 10, pause: sleep, random: Math.random };
/** Where one waits for another who can't go on meanwhile, the time passes at once. */
let simulated = 0;
const SIMULATED: Waiting = {
  elapsed: () => simulated,
  pause: async (milliseconds) => {
    simulated += milliseconds;
    await immediately();
  },
  // The longest pauses: chance is for those who are late together.
  random: () => 0.99,
};
let dynamodb: TestDynamoDb;
let world: BrakeWorld;
let patient: BrakeWorld;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  world = new BrakeWorld(new TestManagement(dynamodb, { waiting: SIMULATED }), dynamodb.main);
  patient = new BrakeWorld(new TestManagement(dynamodb, { waiting: PATIENT }), dynamodb.main);
});
afterAll(() => dynamodb.close());

const names = Object.keys(BRAKES);
const brakeOf = (name: string, where = world) => {
  const make = BRAKES[name];
  if (make === undefined) throw new Error(`there is no brake ${name}`);
  return make(where);
};

test('every route that is a brake is among those that are tried', () => {
  const routes = ROUTES.filter((route) => 'brake' in route).map(({ operation }) => operation);
  // A team is decided on again whoever was first: test/functions/members has those.
  const ofTeams = ['removeMember', 'deleteInvitation', 'leaveTenant'];
  // Nobody edits a session or a sign-up.
  const ofPeople = ['endMySession', 'endMemberSession', 'rejectSignUp'];
  expect([...names, ...ofTeams, ...ofPeople]).toEqual(expect.arrayContaining(routes));
});

describe.each(names)('%s', (name) => {
  test('is done, however often edits of the same thing come first', async () => {
    const { edits } = await brakeOf(name);
    // Two of the edits for each brake, so that all are tried and none with everything.
    const turn = names.indexOf(name);
    for (const index of new Set([turn % edits.length, (turn + 1) % edits.length])) {
      const brake = await anew(name, index);
      expect(await overtaken(dynamodb.main, 5, brake.edit, brake.pull)).toBe(200);
      expect(await brake.holds()).toBe(true);
    }
  });

  test('is done beside people who never stop editing', async () => {
    const { edits, pull, holds } = await brakeOf(name, patient);
    let isOver = false;
    const editing = Array.from({ length: EDITORS }, async (_, i) => {
      for (let n = i; !isOver; n++) {
        await edits[n % edits.length]?.();
        // Where all is in one process nothing else would have a turn, timers included.
        await immediately();
      }
    });
    const status = await pull();
    isOver = true;
    await Promise.all(editing);
    expect([status, await holds()]).toEqual([200, true]);
  });

  test('is done though a transaction, or another Region, is writing the item', async () => {
    const { pull, holds } = await brakeOf(name);
    for (const error of ['TransactionConflictException', 'ReplicatedWriteConflictException']) {
      let left = 2;
      const fail = async () => {
        if (left-- > 0) throw Object.assign(new Error('at this moment'), { name: error });
      };
      if (error.startsWith('T')) expect(await overtaken(dynamodb.main, 2, fail, pull)).toBe(200);
      else {
        const other = await brakeOf(name);
        expect(await overtaken(dynamodb.main, 2, fail, other.pull)).toBe(200);
        expect(await other.holds()).toBe(true);
      }
    }
    expect(await holds()).toBe(true);
  });
});

async function anew(name: string, index: number) {
  const brake = await brakeOf(name);
  const edit = brake.edits[index];
  if (edit === undefined) throw new Error('there are fewer edits now');
  return { ...brake, edit };
}

test('each change that was acknowledged has one event, in order, and no write has another’s', async () => {
  for (const name of ['disableKey', 'suspendSubscription', 'a key is reported as leaked']) {
    const { edits, pull, item } = await brakeOf(name);
    const seen: number[] = [];
    const edit = async () => {
      await edits[0]?.();
      seen.push(Number((await dynamodb.item(item))?.revision));
    };
    await overtaken(dynamodb.main, 3, edit, pull);
    const id = item.pk.slice('CRED#'.length);
    const events = (await dynamodb.emitted()).filter(({ subject }) => subject.id.endsWith(id));
    // The revision counts the writes, and each has left an event of its own.
    expect(events).toHaveLength(Number((await dynamodb.item(item))?.revision));
    expect(events.at(-1)?.id).toBe((await dynamodb.lastEvent(item)).id);
    expect(seen).toHaveLength(3);
  }
});

describe('what was changed meanwhile decides', () => {
  const statusOf = async (answer: Promise<{ status: number; body: { error?: { code: string } } }>) => {
    const { status, body } = await answer;
    return [status, body.error?.code];
  };

  test.each([
    ['disable', 'disable', [409, 'invalid_state'], 'disabled'],
    ['disable', 'revoke', [409, 'invalid_state'], 'revoked'],
    ['revoke', 'revoke', [409, 'invalid_state'], 'revoked'],
    ['revoke', 'disable', [200, undefined], 'revoked'],
  ])('to %s a key that somebody comes to %s first', async (own, other, expected, status) => {
    const { path, stored } = await world.key();
    const act = (verb: string) => world.call(`POST ${path}/${verb}`);
    expect(
      await statusOf(
        overtaken(
          dynamodb.main,
          1,
          () => act(other),
          () => act(own),
        ),
      ),
    ).toEqual(expected);
    expect((await stored()).status).toBe(status);
  });

  test.each([
    ['suspend', 'cancel', [409, 'invalid_state'], 'cancelled'],
    ['cancel', 'suspend', [200, undefined], 'cancelled'],
    ['suspend', 'suspend', [409, 'invalid_state'], 'suspended'],
  ])('to %s a subscription that somebody comes to %s first', async (own, other, expected, state) => {
    const { path, stored } = await world.subscription();
    const act = (verb: string) => world.call(`POST ${path}/${verb}`, {});
    expect(
      await statusOf(
        overtaken(
          dynamodb.main,
          1,
          () => act(other),
          () => act(own),
        ),
      ),
    ).toEqual(expected);
    expect((await stored()).state).toBe(state);
  });

  test('a tenant that somebody suspended first is suspended already', async () => {
    const path = `/v1/tenants/${await world.tenant()}`;
    const suspend = () => world.call(`PATCH ${path}`, { status: 'suspended' });
    expect(await statusOf(overtaken(dynamodb.main, 1, suspend, suspend))).toEqual([409, 'invalid_state']);
  });

  test('an approval that somebody approved first is not rejected', async () => {
    const { tenantId, path, stored } = await world.key();
    await world.guard(tenantId);
    const approvalId = await world.ask(`POST ${path}/revoke`);
    const reject = () => world.call(`POST /v1/approvals/${approvalId}/reject`, undefined, SECOND_ADMIN);
    const answer = overtaken(dynamodb.main, 1, () => world.approve(approvalId), reject);
    expect(await statusOf(answer)).toEqual([409, 'invalid_state']);
    expect((await stored()).status).toBe('revoked');
  });

  test('of two people who change the same, one wins and the other is told', async () => {
    const { path, stored } = await world.key();
    const rename = (name: string) => () => world.call(`PATCH ${path}`, { name });
    const answer = overtaken(dynamodb.main, 1, rename('First'), rename('Second'));
    expect(await statusOf(answer)).toEqual([409, 'conflict']);
    expect((await stored()).name).toBe('First');
    const metadata = (owner: string) => () => world.call(`PATCH ${path}`, { metadata: { [owner]: 'x' } });
    expect(await statusOf(overtaken(dynamodb.main, 1, metadata('a'), metadata('b')))).toEqual([
      409,
      'conflict',
    ]);
    expect((await stored()).metadata).toEqual({ a: 'x' });
  });

  test('people who change different things have both done so', async () => {
    const { path, stored } = await world.key();
    const change = (body: object) => () => world.call(`PATCH ${path}`, body);
    const answer = overtaken(dynamodb.main, 1, change({ name: 'New' }), change({ role: 'reader' }));
    expect(await statusOf(answer)).toEqual([200, undefined]);
    expect(await stored()).toMatchObject({ name: 'New', role: 'reader', revision: 3 });
  });

  test.each(['enable', 'resume'])(
    'what lets go of a brake never does so beside an edit: %s',
    async (verb) => {
      const isKey = verb === 'enable';
      const { path, edits, item } = isKey ? await world.key() : await world.subscription();
      await world.call(`POST ${path}/${isKey ? 'disable' : 'suspend'}`, {});
      const [edit = async () => undefined] = edits;
      const answer = overtaken(dynamodb.main, 1, edit, () => world.call(`POST ${path}/${verb}`));
      expect(await statusOf(answer)).toEqual([409, 'conflict']);
      const { status, state } = (await dynamodb.item(item)) ?? {};
      expect(status ?? state).toBe(isKey ? 'disabled' : 'suspended');
    },
  );

  test('a tenant that asks for a second admin from then on is asked', async () => {
    const tenantId = await world.tenant();
    const path = `/v1/tenants/${tenantId}`;
    const remove = () => world.call(`DELETE ${path}/roles/writer`);
    const answer = await overtaken(dynamodb.main, 1, () => world.guard(tenantId), remove);
    expect(answer.status).toBe(202);
    expect((await world.management.tenants.get(tenantId))?.roles.writer).toBeDefined();
  });

  test('keys that are shown beside a replacement are those that are good then', async () => {
    const { path } = await world.subscription();
    const replace = () => world.call(`POST ${path}/keys/primary/regenerate`);
    let key = '';
    const first = async () => {
      key = (await replace()).body.key;
    };
    const shown = await overtaken(dynamodb.main, 1, first, () => world.call(`POST ${path}/keys/reveal`));
    expect(shown.body.primaryKey).toBe(key);
  });
});

test('where others are first all the time it is given up within a second, with nothing done', async () => {
  let elapsed = 0;
  const pauses: number[] = [];
  const waiting: Waiting = {
    elapsed: () => elapsed,
    pause: async (milliseconds) => void pauses.push(milliseconds),
    random: () => 0.5,
  };
  const slow = new BrakeWorld(new TestManagement(dynamodb, { waiting }), dynamodb.main);
  const { path, stored, item } = await slow.key();
  const edit = async () => {
    elapsed += 20;
    await dynamodb.main.client.send(
      new UpdateCommand({
        TableName: dynamodb.main.name,
        Key: item,
        UpdateExpression: 'SET revision = revision + :one',
        ExpressionAttributeValues: { ':one': 1 },
      }),
    );
  };
  const answer = await overtaken(dynamodb.main, 1000, edit, () => slow.call(`POST ${path}/disable`));
  expect([answer.status, answer.body.error.code]).toEqual([503, 'dependency_unavailable']);
  expect((await stored()).status).toBe('active');
  expect(elapsed).toBeLessThan(1000);
  // The first are for nothing; none is long.
  expect(pauses.length).toBeGreaterThan(10);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(16);
  expect((await dynamodb.lastEvent(itemKey.credential(item.pk.slice('CRED#'.length)))).type).toBe(
    'apiKey.created',
  );
});

describe('a turn', () => {
  const take = (item: { pk: string; sk: string }, until: Date) =>
    dynamodb.main.client.send(
      new UpdateCommand({
        TableName: dynamodb.main.name,
        Key: item,
        UpdateExpression: 'SET turn = :turn',
        ExpressionAttributeValues: { ':turn': { of: 'somebody’s request', until: until.toISOString() } },
      }),
    );
  const inMilliseconds = (milliseconds: number) => new Date(world.management.clock.getTime() + milliseconds);

  test('is let others have, but for brakes and what two people stand for, and ends with the change', async () => {
    const { path, stored, item, tenantId } = await world.key();
    await take(item, inMilliseconds(1000));
    expect((await world.call(`PATCH ${path}`, { name: 'New' })).status).toBe(409);
    expect((await world.call(`POST ${path}/disable`)).status).toBe(200);
    expect(await stored()).not.toHaveProperty('turn');
    expect((await dynamodb.item(item))?.turn).toBeUndefined();
    expect((await world.call(`PATCH ${path}`, { name: 'New' })).status).toBe(200);
    await world.guard(tenantId);
    const approvalId = await world.ask(`POST ${path}/enable`);
    await take(item, inMilliseconds(1000));
    expect(await world.approve(approvalId)).toBe(200);
    expect((await stored()).status).toBe('active');
  });

  test('of who is gone is over after a second', async () => {
    const { path, item } = await world.key();
    await take(item, inMilliseconds(-1));
    expect((await world.call(`PATCH ${path}`, { name: 'New' })).status).toBe(200);
  });

  test('is given back by who finds nothing left to do', async () => {
    const { path, edits, item } = await world.key();
    let n = 0;
    const edit = () => (++n === 2 ? world.call(`POST ${path}/disable`) : edits[0]?.());
    const answer = await overtaken(
      dynamodb.main,
      2,
      async () => edit(),
      () => world.call(`POST ${path}/disable`),
    );
    expect(answer.status).toBe(409);
    expect((await dynamodb.item(item))?.turn).toBeUndefined();
  });

  test('brings about no event', async () => {
    const { item } = await world.key();
    const before = (await dynamodb.emitted()).length;
    await take(item, inMilliseconds(1000));
    expect(await dynamodb.emitted()).toHaveLength(before);
  });
});
