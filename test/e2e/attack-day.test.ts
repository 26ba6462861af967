import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AttackDay, attackDay } from '../../bench/attack-day.ts';
import { MemoryDynamoDb } from '../../bench/memory-dynamodb.ts';
import { RESOURCE } from '../../core/contract/deployment.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';

const SMALL = { keys: 40, requests: 4000, deliveryMinutes: 60 };

let dynamodb: TestDynamoDb;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());

const inMemory = (memory: MemoryDynamoDb) => ({
  main: memory.table(RESOURCE.table),
  usage: memory.table(RESOURCE.usageTable),
});

function byKey(one: Record<string, unknown>, other: Record<string, unknown>): number {
  return `${one.pk} ${one.sk}` < `${other.pk} ${other.sk}` ? -1 : 1;
}

function expectTheAttacks({ alerts, attacks }: AttackDay): void {
  const found = alerts.map(({ kind, subject }) => ({ kind, subject: subject.id }));
  expect(attacks).toHaveLength(3);
  expect(found).toHaveLength(3);
  expect(new Set(found)).toEqual(new Set(attacks));
}

test('a day with three attacks gives exactly their findings, and the same counts on tables in memory', async () => {
  const memory = new MemoryDynamoDb();
  const options = { ...SMALL, seed: 1, attacks: true };
  expectTheAttacks(await attackDay(options, dynamodb));
  expectTheAttacks(await attackDay(options, inMemory(memory)));
  const items = memory.items(RESOURCE.usageTable);
  expect(items.length).toBeGreaterThan(1000);
  // The main table holds the alerts alone, whose ids of events are random.
  const counted = (await dynamodb.everything()).filter(({ alertId }) => alertId === undefined);
  expect(counted.sort(byKey)).toEqual(items);
});

test('a day without an attack gives none', async () => {
  const options = { ...SMALL, seed: 4, attacks: false };
  const day = await attackDay(options, inMemory(new MemoryDynamoDb()));
  expect(day.requests).toBeGreaterThan(3000);
  expect(day.alerts).toEqual([]);
});
