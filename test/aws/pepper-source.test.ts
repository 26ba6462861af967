import { expect, test } from '@jest/globals';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import { pepperSource } from '../../core/aws/pepper-source.ts';

const MINUTE = 60_000;

/** A source on a Secrets Manager that is up or down, and a clock, both in the test's hand. */
function sourceOf() {
  const world = { up: true, clock: 0, readings: 0 };
  const secretsManager: AwsCall = async (operation, input) => {
    expect([operation, input]).toEqual(['GetSecretValue', { SecretId: 'keywright/pepper' }]);
    world.readings += 1;
    if (!world.up) throw new Error('connect ECONNREFUSED');
    return { SecretString: JSON.stringify({ current: 'v1', v1: 'p'.repeat(64) }) };
  };
  return Object.assign(world, {
    source: pepperSource(secretsManager, 'keywright/pepper', () => world.clock),
  });
}

test('the pepper is read once for many, and again in passing after five minutes', async () => {
  const world = sourceOf();
  const [first, second] = await Promise.all([world.source.current(), world.source.current()]);
  expect(first).toBe(second);
  world.clock += 4 * MINUTE;
  expect(await world.source.current()).toBe(first);
  expect(world.readings).toBe(1);
  world.clock += 2 * MINUTE;
  await world.source.current();
  expect(world.readings).toBe(2);
});

test('while it can’t be read anew the last one serves, for as long as that takes', async () => {
  const world = sourceOf();
  const pepper = await world.source.current();
  world.up = false;
  for (let hours = 0; hours < 48; hours++) {
    world.clock += 60 * MINUTE;
    expect(await world.source.current()).toBe(pepper);
  }
  expect(world.readings).toBeGreaterThan(40);
});

test('a pepper that was never read is an error, and is asked for again the next time', async () => {
  const world = sourceOf();
  world.up = false;
  await expect(world.source.current()).rejects.toThrow('ECONNREFUSED');
  world.up = true;
  expect((await world.source.current()).knows('v1')).toBe(true);
});

test('an unknown pepper version makes one reading a second, however often it is asked for', async () => {
  const world = sourceOf();
  await world.source.current();
  for (let i = 0; i < 5; i++) await world.source.knowing('v9');
  expect(world.readings).toBe(1);
  world.clock += 1000;
  for (let i = 0; i < 5; i++) await world.source.knowing('v9');
  expect(world.readings).toBe(2);
});
