import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as z from 'zod';
import { freePorts } from '../../emulator/listen.ts';
import { iamFindings } from '../support/independent-judge.ts';
import { LocalServer, PROJECT } from '../support/local-server.ts';
import { ACCEPTED_FAILURES } from './accepted-failures.ts';

const RUN_SECONDS = 75;

const content = z.object({ $base64: z.string() }).nullish();
const scenario = z.object({
  recorder: z.object({
    label: z.string(),
    // Of a scenario that was skipped there is nothing but its label.
    checks: z.record(z.string(), z.array(z.object({ name: z.string(), status: z.string() }))).default({}),
    interactions: z
      .record(
        z.string(),
        z.object({
          request: z.object({
            method: z.string(),
            uri: z.string(),
            headers: z.record(z.string(), z.unknown()),
          }),
          response: z.object({ status_code: z.number(), content }).nullish(),
        }),
      )
      .default({}),
  }),
});

let dataDir: string;
let server: LocalServer;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'keywright-openapi-'));
  server = await LocalServer.ready(dataDir, await freePorts());
}, 120_000);
afterAll(async () => {
  await server.end('SIGKILL');
  rmSync(dataDir, { recursive: true });
});

interface Failure {
  readonly check: string;
  readonly request: string;
  readonly answer: string;
}

/** What every check of a run found, and how many were made. */
function readReport(path: string): { checks: number; failures: readonly Failure[] } {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"ScenarioFinished"'));
  const cases = lines.flatMap((line) => {
    const { recorder } = scenario.parse(JSON.parse(line).ScenarioFinished);
    return Object.entries(recorder.checks).flatMap(([id, checks]) =>
      checks.map(({ name, status }) => {
        const { request, response } = recorder.interactions[id] ?? {};
        const body = Buffer.from(response?.content?.$base64 ?? '', 'base64').toString();
        const headers = Object.entries(request?.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
        const asked = `${request?.method} ${request?.uri} ${headers.join(', ')}`;
        return { check: name, status, request: asked, answer: `${response?.status_code} ${body}` };
      }),
    );
  });
  return { checks: cases.length, failures: cases.filter(({ status }) => status === 'failure') };
}

const isAccepted = (failure: Failure) =>
  ACCEPTED_FAILURES.some(
    ({ check, answer, request }) =>
      check === failure.check && answer.test(failure.answer) && (request?.test(failure.request) ?? true),
  );

test('the management API is what its own document says, by every check of schemathesis', async () => {
  const report = join(dataDir, 'schemathesis.ndjson');
  const token = await server.token('admin@keywright.test');
  const args = [
    ...['--config-file', join(PROJECT, 'test/judges/schemathesis.toml')],
    ...['run', `${server.managementUrl}/openapi.json`, '--checks', 'all'],
    ...['--phases', 'examples,coverage,fuzzing,stateful', '--max-time', `${RUN_SECONDS}`],
    ...['--continue-on-failure', '--seed', process.env.SCHEMATHESIS_SEED ?? '1'],
    ...['--report', 'ndjson', '--report-ndjson-path', report],
  ];
  const env = { ...process.env, KEYWRIGHT_TOKEN: token };
  const options = { cwd: dataDir, env, maxBuffer: 64 * 1024 * 1024 };
  await promisify(execFile)('schemathesis', args, options).catch((error) => {
    // 1 says that there were failures, which are read below.
    if (error.code !== 1) throw new Error(`schemathesis ended with ${error.code}: ${error.stderr}`);
  });
  const { checks, failures } = readReport(report);
  expect(checks).toBeGreaterThan(5_000);
  expect(failures.filter((failure) => !isAccepted(failure)).slice(0, 10)).toEqual([]);
  expect(await iamFindings(dataDir)).toEqual([]);
});
