import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { authorizerFor, decide, issuedText, sha256Of } from '../support/imports.ts';
import { TestManagement } from '../support/management.ts';

const KEYS = 3000;
/** Twenty thousand calls of the local DynamoDB; half a minute on a quiet machine. */
const LONGEST_MILLISECONDS = 1_200_000;
/** Requests that are under way at once. */
const CALLERS = 50;
const API = 'api_ImportTest00';
const TENANT = 'tenant_import';
const IMPORT = `/v1/tenants/${TENANT}/keys/import`;
const ROW = { name: 'Partner', type: 'secret', environment: 'sandbox', role: 'writer' };

let dynamodb: TestDynamoDb;
let management: TestManagement;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  // Imports have so much time for a call, so it has to pass.
  Object.defineProperty(management, 'clock', { get: () => new Date() });
  await management.call('POST /v1/tenants', { body: { tenantId: TENANT, name: 'Import' } });
  const api = { apiId: API, name: 'orders', environment: 'sandbox', scheme: 'tenant', routes: [] };
  await management.call('POST /v1/apis', { body: api });
});
afterAll(() => dynamodb.close());

test(
  'some thousand imported keys verify; nothing that an unkeyed digest could be found in is ever stored',
  async () => {
    const texts = Array.from({ length: KEYS }, issuedText);
    const rows = texts.map((key, row) => ({ ...ROW, ...(row % 2 ? { sha256: sha256Of(key) } : { key }) }));
    const importing = stopwatch();
    const ids = await importAll(rows);
    importing.print(`rows imported in ${ids.calls} calls`);
    expect(await report()).toEqual({ imported: KEYS, used: 0, unused: KEYS, ended: 0 });
    expect(unkeyed(texts, await dynamodb.everything())).toEqual([]);

    const warnings: string[] = [];
    const authorizer = authorizerFor(dynamodb, management, API, (message) => warnings.push(message));
    const using = stopwatch();
    const callers = await eachOf(texts, (text) => decide(authorizer, { 'x-api-key': text, 'x-tn': TENANT }));
    using.print('keys used for the first time');
    expect(callers).toEqual(ids.byRow);
    expect(warnings).toEqual([]);
    expect(await report()).toEqual({ imported: KEYS, used: KEYS, unused: 0, ended: 0 });

    const items = await dynamodb.everything();
    expect(items.length).toBeGreaterThan(2 * KEYS);
    expect(unkeyed(texts, items)).toEqual([]);
  },
  LONGEST_MILLISECONDS,
);

test('a text or its digest would have been found, however it is written and wherever it stands', () => {
  const text = issuedText();
  const digest = Buffer.from(sha256Of(text), 'hex');
  const hidden = [
    text,
    digest.toString('hex'),
    digest.toString('hex').toUpperCase(),
    digest.toString('base64'),
    digest.toString('base64url'),
    digest,
  ];
  for (const value of hidden) {
    const places = [{ deep: [{ value }] }, { [`ALIAS#v1#${value}#`]: 1 }, { value: `x${value}y` }];
    const found = places.slice(0, typeof value === 'string' ? 3 : 1);
    expect(found.map((place) => unkeyed([text], [place]).length)).toEqual(found.map(() => 1));
  }
  expect(unkeyed([text], [{ value: issuedText() }, { value: sha256Of(issuedText()) }])).toEqual([]);
});

/** Sends the rows that are pending until none is, and gives the public id of each. */
async function importAll(rows: readonly object[]): Promise<{ byRow: string[]; calls: number }> {
  const byRow: string[] = [];
  let left = rows.map((row, index) => ({ row, index }));
  let calls = 0;
  while (left.length > 0) {
    const { status, body } = await management.call(`POST ${IMPORT}`, {
      body: { rows: left.map(({ row }) => row) },
    });
    expect([status, body.counts?.invalid]).toEqual([200, 0]);
    // Every call gets on with it.
    expect(body.counts.pending).toBeLessThan(left.length);
    for (const { row, id } of body.results) if (id) byRow[left[row]?.index ?? -1] = id;
    left = left.filter((_, at) => body.results[at].result === 'pending');
    calls += 1;
  }
  return { byRow, calls };
}

async function report(): Promise<unknown> {
  return (await management.call(`GET ${IMPORT}`)).body;
}

/** What `work` makes of all inputs, in their order. */
async function eachOf<Input, Output>(
  inputs: readonly Input[],
  work: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const outputs: Output[] = [];
  const waiting = inputs.entries();
  const caller = async () => {
    for (const [index, input] of waiting) outputs[index] = await work(input);
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return outputs;
}

/** The places of items in which one of the texts stands, or SHA-256 of one in any usual spelling. */
function unkeyed(texts: readonly string[], items: readonly unknown[]): string[] {
  const sought = new Set(texts.flatMap(spellingsOf));
  const lengths = [...new Set([...sought].map((spelling) => spelling.length))];
  const shortest = Math.min(...lengths);
  // All spellings are made of these, so none of them goes beyond such a run.
  const runs = new RegExp(`[\\w.+/-]{${shortest},}`, 'g');
  const holds = (run: string) =>
    lengths.some((length) =>
      Array.from({ length: Math.max(0, run.length - length + 1) }, (_, at) =>
        run.slice(at, at + length),
      ).some((part) => sought.has(part) || sought.has(part.toLowerCase())),
    );
  return stringsIn(items).filter((text) => (text.match(runs) ?? []).some(holds));
}

function spellingsOf(text: string): string[] {
  const digest = Buffer.from(sha256Of(text), 'hex');
  // Without the padding base64 may have.
  return [
    text,
    digest.toString('hex'),
    digest.toString('base64').replace('=', ''),
    digest.toString('base64url'),
  ];
}

/** All strings of a value, names of fields and bytes included. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('hex')];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...stringsIn(inner)]);
}

function stopwatch(): { print(what: string): void } {
  const start = performance.now();
  return {
    print(what) {
      const seconds = (performance.now() - start) / 1000;
      const rate = Math.round(KEYS / seconds);
      process.stdout.write(
        `${KEYS.toLocaleString('en')} ${what}: ${seconds.toFixed(1)} s, ${rate} a second\n`,
      );
    },
  };
}
