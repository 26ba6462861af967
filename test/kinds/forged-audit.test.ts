import { randomInt } from 'node:crypto';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { attacks, honestHistories } from '../../bench/audit-adversary.ts';
import { ATTACKS, attack, isEffective } from '../../bench/audit-attack.ts';
import { AuditWorld, TENANT } from '../../bench/audit-world.ts';
import { Randomness } from '../../bench/randomness.ts';
import type { Head, Tampering } from '../../core/domain/audit/audit-chain.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';

/** Printed with a failure: what is drawn follows from it. */
const SEED = randomInt(1_000_000_000);

describe('an adversary who may write the audit table at will', () => {
  test('is named every time by who knows the chain’s head, whatever is combined', async () => {
    expect(await attacks(400, SEED)).toEqual({ runs: 400, missed: [] });
  });

  test.each(Object.keys(ATTACKS))('is named every time for this alone: %s', async (name) => {
    expect(await attacks(25, SEED, name)).toEqual({ runs: 25, missed: [] });
  });
});

test('an honest history is never accused, whichever of its heads it is held against', async () => {
  expect(await honestHistories(300, SEED)).toEqual({ runs: 300, missed: [] });
});

/** DynamoDB takes texts alone as keys, and refuses an attack that would write another. */
function isStorable({ items }: AuditWorld): boolean {
  return [...items.values()].every(({ pk, sk, day = '' }) =>
    [pk, sk, day].every((key) => typeof key === 'string'),
  );
}

describe('the same on the table itself', () => {
  let dynamodb: TestDynamoDb;
  let management: TestManagement;
  beforeAll(async () => {
    dynamodb = await startDynamoDb();
    management = new TestManagement(dynamodb);
  });
  afterAll(() => dynamodb.close());

  /** The world's items in the table, and nothing else. */
  async function put(world: AuditWorld): Promise<void> {
    const { client, name } = dynamodb.audit;
    const write = async (requests: readonly object[]) => {
      for (let start = 0; start < requests.length; start += 25) {
        let left: Record<string, never> = { [name]: requests.slice(start, start + 25) as never };
        while (Object.keys(left).length > 0) {
          const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: left }));
          left = (UnprocessedItems ?? {}) as Record<string, never>;
        }
      }
    };
    const old = await dynamodb.everything();
    await write(old.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })));
    await write([...world.items.values()].map((Item) => ({ PutRequest: { Item } })));
    management.clock = world.now;
  }

  async function verify({ seq, hash }: Head): Promise<{ tampering: Tampering[]; unproven: number }> {
    const tampering: Tampering[] = [];
    let unproven = 0;
    let cursor: string | null = null;
    do {
      const query = { tenantId: TENANT, head: `${seq}:${hash}`, ...(cursor !== null && { cursor }) };
      const { body } = await management.call('GET /v1/audit/verify', { query });
      tampering.push(...body.tampering);
      unproven += body.unproven ?? 0;
      cursor = body.nextCursor;
    } while (cursor !== null);
    return { tampering, unproven };
  }

  test('honest histories are sound, and attacks on them are named', async () => {
    let attacked = 0;
    for (let seed = SEED; attacked < 12; seed += 1) {
      const random = new Randomness(seed);
      const world = new AuditWorld(random).live(1 + random.below(8));
      const head = world.heads.at(-1);
      if (head === undefined) continue;
      await put(world);
      expect([seed, await verify(head)]).toEqual([seed, { tampering: [], unproven: 0 }]);
      const names = attack(world, random);
      if (!isEffective(world) || !isStorable(world)) continue;
      attacked += 1;
      await put(world);
      const { tampering, unproven } = await verify(head);
      expect([seed, names, tampering.length + unproven]).not.toEqual([seed, names, 0]);
    }
  });
});
