import { randomUUID } from 'node:crypto';
import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  dynamodb,
  isLetIn,
  management,
  note,
  pass,
  Stored,
  secretIds,
  secrets,
  startRotations,
} from '../support/stored-key.ts';

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const HOUR_MILLISECONDS = 3_600_000;

let close: () => Promise<void>;
beforeAll(async () => {
  close = await startRotations();
});
afterAll(() => close());

describe.each(['apiKey', 'subscription'] as const)('a stored key (%s)', (kind) => {
  test('works wherever a turn is cut off, and the turn goes on from there', async () => {
    const stored = await Stored.make(kind);
    for (const when of ['before', 'after'] as const) {
      for (let at = 1, isCut = true; isCut; at++) {
        pass(30 * 3600);
        isCut = false;
        stored.calls = 0;
        stored.cut = (number, moment) => {
          if (number !== at || moment !== when) return;
          isCut = true;
          throw new Error('cut off');
        };
        const before = await stored.current();
        await stored.turn().catch(() => undefined);
        stored.cut = () => undefined;
        await stored.check();
        // Longer than any overlap: what consumers are handed does not end by itself.
        pass(30 * 86_400);
        await stored.check();
        if (isCut) await stored.turn();
        await stored.check();
        expect([when, at, (await stored.current()) === before]).toEqual([when, at, false]);
      }
      expect(stored.calls).toBeGreaterThan(8);
    }
  });

  test('works whichever steps of whichever turns come when, and again', async () => {
    const stored = await Stored.make(kind);
    const step = fc.tuple(fc.nat(2), fc.constantFrom(...STEPS), fc.constantFrom(0, 1, 30));
    const tokens: string[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        // Begins a turn, or goes on with the one that was begun: then every step is anybody's.
        stored.cut = () => {
          throw new Error('not yet');
        };
        const token = randomUUID();
        await secrets
          .send(new RotateSecretCommand({ SecretId: stored.name, ClientRequestToken: token }))
          .catch(() => undefined);
        stored.cut = () => undefined;
        tokens.unshift(token);
        for (const [which, Step, hours] of steps) {
          pass(hours * 3600);
          const event = { Step, SecretId: stored.name, ClientRequestToken: tokens[which] ?? token };
          await stored.step(event).catch(() => undefined);
          await stored.check();
        }
      }),
      { numRuns: 60 },
    );
  });
});

test('fifty turns pass without a refusal for who caches the key for an hour', async () => {
  const stored = await Stored.make('apiKey');
  let cached = { key: await stored.current(), since: management.clock.getTime() };
  const seen = new Set<string>();
  const refused: string[] = [];
  const consume = async () => {
    if (management.clock.getTime() - cached.since >= HOUR_MILLISECONDS)
      cached = { key: await stored.current(), since: management.clock.getTime() };
    // Fifty a second, so that most are decided by what is remembered.
    if (!(await isLetIn(cached.key, 0.02))) refused.push(management.clock.toISOString());
    seen.add(cached.key);
    const [newest = '', older] = await secretIds(stored.id);
    await note(stored.id, older !== undefined && cached.key !== (await stored.current()) ? older : newest);
  };
  for (let turns = 0; turns < 50; turns++) {
    let isOver = false;
    const turn = stored.turn().finally(() => {
      isOver = true;
    });
    const calls = async () => {
      while (!isOver) await consume();
    };
    await Promise.all([turn, calls(), calls()]);
    for (let minutes = 0; minutes < 180; minutes += 45) {
      await consume();
      pass(45 * 60);
    }
    expect(await stored.live()).toBeLessThanOrEqual(2);
  }
  expect(refused).toEqual([]);
  expect(seen.size).toBeGreaterThan(45);
  const table = await dynamodb.main.client.send(new ScanCommand({ TableName: dynamodb.main.name }));
  const elsewhere = JSON.stringify(table.Items) + management.logged.join('\n');
  expect([...seen].filter((key) => elsewhere.includes(key))).toEqual([]);
});
