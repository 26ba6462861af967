import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const PRELOADED = new URL('./worker-data.js', import.meta.url).href;

/** A worker that asks for what it needs once it has loaded, after `loadingMilliseconds`, and tells what it was given. */
const worker = (loadingMilliseconds: number) => `
  process.on('message', () => undefined);
  setTimeout(() => {
    process.on('message', ({ workerData }) => { process.send({ got: workerData }, () => process.disconnect()); });
    process.send('jest-light-runner-get-worker-data');
  }, ${loadingMilliseconds});`;

test.each([
  ['before it asks', 300],
  ['when it asks', 0],
])('a worker of the tests gets what it needs though it is given once, %s', async (_, loadingMilliseconds) => {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-worker-'));
  try {
    const file = join(folder, 'tinypool', 'worker.js');
    mkdirSync(join(folder, 'tinypool'));
    writeFileSync(file, worker(loadingMilliseconds));
    const child = fork(file, { execArgv: ['--import', PRELOADED], serialization: 'json' });
    const given = { type: 'jest-light-runner-worker-data', workerData: 'all it needs' };
    if (loadingMilliseconds > 0) child.send(given);
    else child.on('message', (message) => typeof message === 'string' && child.send(given));
    const got = new Promise((resolve) => {
      child.on('message', (message) => typeof message === 'object' && resolve(message));
    });
    expect(await got).toEqual({ got: 'all it needs' });
    await once(child, 'exit');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
