import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type LambdaFunction, startFunction } from '../../emulator/lambda.ts';
import type { LambdaFunctionOptions } from '../../emulator/lambda-instance.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A function whose bundle has this body of an async `handler(event, context)`. */
function lambda(body: string, options: Partial<LambdaFunctionOptions> = {}): LambdaFunction {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-lambda-'));
  const bundle = join(folder, 'index.js');
  writeFileSync(
    bundle,
    `"use strict"; let calls = 0; exports.handler = async (event, context) => { ${body} };`,
  );
  // The bundle is CommonJS also below a package.json that says otherwise.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const fn = startFunction({
    name: 'tested',
    bundle,
    environment: {},
    timeoutSeconds: 5,
    instances: 1,
    log: () => undefined,
    ...options,
  });
  cleanups.push(
    () => rmSync(folder, { recursive: true }),
    () => fn.stop(),
  );
  return fn;
}

describe('an invocation', () => {
  test('passes event and result through JSON', async () => {
    const fn = lambda('return { event, date: new Date(0), nothing: undefined };');
    expect(await fn.invoke({ a: 1, left: undefined })).toEqual({
      event: { a: 1 },
      date: '1970-01-01T00:00:00.000Z',
    });
  });

  test('that returns nothing answers null', async () => {
    expect(await lambda('').invoke({})).toBeNull();
  });

  test('gets the context that Lambda gives', async () => {
    const fn = lambda(`return {
      ...context,
      remaining: context.getRemainingTimeInMillis(),
    };`);
    const context = (await fn.invoke({})) as Record<string, unknown>;
    expect(context).toMatchObject({
      functionName: 'tested',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:tested',
      memoryLimitInMB: '128',
      logGroupName: '/aws/lambda/tested',
    });
    expect(context.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(context.remaining).toBeGreaterThan(3000);
    expect(context.remaining).toBeLessThanOrEqual(5000);
  });

  test('sees only its own environment and what Lambda sets', async () => {
    process.env.OF_THIS_PROCESS = 'leaked';
    cleanups.push(() => delete process.env.OF_THIS_PROCESS);
    const fn = lambda('return process.env;', { environment: { MINE: 'yes', AWS_REGION: 'eu-west-1' } });
    const environment = (await fn.invoke({})) as Record<string, string>;
    expect(environment).toMatchObject({
      MINE: 'yes',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'tested',
    });
    expect(environment).not.toHaveProperty('OF_THIS_PROCESS');
    expect(environment).not.toHaveProperty('_X_AMZN_TRACE_ID');
  });

  test('writes to the log line by line', async () => {
    const seen = Promise.withResolvers<void>();
    const lines: string[] = [];
    const fn = lambda('console.log("one\\ntwo"); console.error("three");', {
      log: (line) => {
        if (lines.push(line) === 3) seen.resolve();
      },
    });
    await fn.invoke({});
    await seen.promise;
    expect(lines.sort()).toEqual(['one', 'three', 'two']);
  });
});

describe('a failed invocation', () => {
  test.each([
    ['an error', 'throw new Error("Unauthorized");', { errorType: 'Error', errorMessage: 'Unauthorized' }],
    ['a named error', 'throw new TypeError("no");', { errorType: 'TypeError', errorMessage: 'no' }],
    ['anything else', 'throw "plain";', { errorType: 'string', errorMessage: 'plain' }],
    [
      'an exit of the process',
      'process.exit(3);',
      { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: exit status 3' },
    ],
    [
      'an error nobody catches',
      'setTimeout(() => { throw new RangeError("late"); }); await new Promise(() => {});',
      { errorType: 'RangeError', errorMessage: 'late' },
    ],
    [
      'a result that is not JSON',
      'return 1n;',
      { errorType: 'TypeError', errorMessage: 'Do not know how to serialize a BigInt' },
    ],
  ])('reports %s by name and message, and the next call works', async (_, body, error) => {
    const fn = lambda(`if (event.well) return "well"; ${body}`);
    await expect(fn.invoke({})).rejects.toMatchObject(error);
    expect(await fn.invoke({ well: true })).toBe('well');
  });

  test('that takes too long is ended, even when it never yields', async () => {
    const lines: string[] = [];
    const fn = lambda('if (event.spin) for (;;); return "well";', {
      timeoutSeconds: 1,
      log: (line) => lines.push(line),
    });
    const message = /^RequestId: [0-9a-f-]{36} Error: Task timed out after 1.00 seconds$/;
    await expect(fn.invoke({ spin: true })).rejects.toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(message),
    });
    expect(lines).toEqual([expect.stringMatching(message)]);
    expect(await fn.invoke({})).toBe('well');
  });

  test('because the bundle has no handler says so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keywright-lambda-'));
    const bundle = join(folder, 'index.js');
    writeFileSync(bundle, 'exports.other = 1;');
    const fn = startFunction({
      name: 'empty',
      bundle,
      environment: {},
      timeoutSeconds: 5,
      instances: 1,
      log: () => undefined,
    });
    cleanups.push(
      () => rmSync(folder, { recursive: true }),
      () => fn.stop(),
    );
    await expect(fn.warm(1)).rejects.toMatchObject({ errorType: 'Runtime.HandlerNotFound' });
    await expect(fn.invoke({})).rejects.toMatchObject({ errorType: 'Runtime.HandlerNotFound' });
  });
});

describe('instances', () => {
  const whoAmI = 'calls += 1; return { instance: process.env.AWS_LAMBDA_LOG_STREAM_NAME, calls };';
  type Answer = { instance: string; calls: number };

  test('are reused while idle, and keep their memory', async () => {
    const fn = lambda(whoAmI, { instances: 3 });
    const first = (await fn.invoke({})) as Answer;
    expect(await fn.invoke({})).toEqual({ instance: first.instance, calls: 2 });
  });

  test('handle one invocation at a time; more wait their turn', async () => {
    const fn = lambda(
      `calls += 1; const mine = calls; await new Promise((done) => setTimeout(done, 5)); return mine === calls;`,
      { instances: 2 },
    );
    const answers = await Promise.all(Array.from({ length: 12 }, () => fn.invoke({})));
    expect(answers).toEqual(Array(12).fill(true));
  });

  test('can be had in a certain number, and share the calls', async () => {
    const fn = lambda(whoAmI, { instances: 4 });
    await fn.warm(3);
    const answers: Answer[] = [];
    for (let i = 0; i < 6; i += 1) answers.push((await fn.invoke({})) as Answer);
    expect(new Set(answers.map((answer) => answer.instance)).size).toBe(3);
    expect(answers.map((answer) => answer.calls)).toEqual([1, 1, 1, 2, 2, 2]);
  });

  test('end with the function; what they did and what waited fails', async () => {
    const fn = lambda('await new Promise(() => {});');
    await fn.warm(1);
    const calls = [fn.invoke({}), fn.invoke({})];
    const outcomes = Promise.allSettled(calls);
    await fn.stop();
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    await expect(fn.invoke({})).rejects.toMatchObject({ errorType: 'ResourceNotFoundException' });
  });
});
