import { expect, test } from '@jest/globals';
import { type AwsAttempt, AwsError } from '../../core/aws/aws-call.ts';
import { CircuitOpenError, resilientCall } from '../../core/aws/resilient-call.ts';

/** Calls of a dependency that is up or down as the test says, on the test's clock. */
function callOf() {
  const world = { up: false, clock: 0, attempts: 0, error: new Error('connect ECONNREFUSED') as Error };
  const attempt: AwsAttempt = async () => {
    world.attempts += 1;
    if (!world.up) throw world.error;
    return {};
  };
  const call = resilientCall(attempt, {
    attemptMilliseconds: 100,
    deadlineMilliseconds: 300,
    now: () => world.clock,
    random: () => 0,
  });
  const outcome = (operation = 'GetItem') =>
    call(operation, {}).then(
      () => 'answered',
      (error: unknown) => (error instanceof CircuitOpenError ? 'open' : 'failed'),
    );
  return Object.assign(world, { outcome });
}

test('after five failures in a row nothing is attempted, but for one call a second', async () => {
  const world = callOf();
  while ((await world.outcome()) !== 'open');
  expect(world.attempts).toBe(5);
  for (let i = 0; i < 100; i++) expect(await world.outcome()).toBe('open');
  expect(world.attempts).toBe(5);
  world.clock += 1000;
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => world.outcome()));
  expect(outcomes.filter((outcome) => outcome !== 'open')).toEqual(['failed']);
  expect(world.attempts).toBe(6);
});

test('one call that is answered closes the circuit', async () => {
  const world = callOf();
  while ((await world.outcome()) !== 'open');
  world.up = true;
  world.clock += 999;
  expect(await world.outcome()).toBe('open');
  world.clock += 1;
  expect(await world.outcome()).toBe('answered');
  expect(await Promise.all(Array.from({ length: 5 }, () => world.outcome()))).toEqual(
    Array(5).fill('answered'),
  );
});

test('who comes while one tries goes by what comes of it', async () => {
  const world = callOf();
  while ((await world.outcome()) !== 'open');
  world.clock += 1000;
  world.up = true;
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => world.outcome()));
  expect(outcomes).toEqual(Array(20).fill('answered'));
});

test('a refusal is an answer: it neither opens the circuit nor keeps it open', async () => {
  const world = callOf();
  world.error = new AwsError('ConditionalCheckFailedException', 400, '');
  for (let i = 0; i < 20; i++) expect(await world.outcome()).toBe('failed');
  expect(world.attempts).toBe(20);
});

test('one operation’s circuit leaves the others alone', async () => {
  const world = callOf();
  while ((await world.outcome('PutItem')) !== 'open');
  world.up = true;
  expect(await world.outcome('BatchGetItem')).toBe('answered');
  expect(await world.outcome('PutItem')).toBe('open');
});

test('when every second attempt fails, retries are a tenth of the calls, after what was saved up', async () => {
  const world = callOf();
  const attempt: AwsAttempt = async () => {
    world.attempts += 1;
    if (world.attempts % 2 === 1) throw world.error;
    return {};
  };
  const call = resilientCall(attempt, {
    attemptMilliseconds: 100,
    deadlineMilliseconds: 300,
    now: () => world.clock,
    random: () => 0,
  });
  const calls = 1000;
  for (let i = 0; i < calls; i++) await call('GetItem', {}).catch(() => undefined);
  const retries = world.attempts - calls;
  expect(retries).toBeGreaterThanOrEqual(calls / 10);
  expect(retries).toBeLessThanOrEqual(calls / 10 + 10);
});

test('pauses are random, longer after each attempt, and fit into the deadline', async () => {
  let clock = 0;
  const attemptedAt: number[] = [];
  const call = resilientCall(
    async () => {
      attemptedAt.push(clock);
      clock += 40;
      throw new Error('slow and then broken');
    },
    { attemptMilliseconds: 100, deadlineMilliseconds: 85, now: () => clock, random: () => 0.5 },
  );
  await expect(call('GetItem', {})).rejects.toThrow('slow and then broken');
  // A third attempt would begin after the deadline.
  expect(attemptedAt).toEqual([0, 40]);
});
