import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KeywrightError } from '../../client/keywright-client.ts';
import { RouteTable } from '../../core/domain/products/route-table.ts';
import { problemsIn, readDocumentText } from '../../portal/src/admin/catalogue/document-text.ts';
import { draftOf, routesMissing, routesOf } from '../../portal/src/admin/catalogue/route-draft.ts';
import { accessibilityProblems } from './support/accessibility.ts';
import { AdminsDoor } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { LOOKS } from './support/looks.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

const DOCUMENT = `openapi: 3.1.1
info:
  title: Parcels
  version: "1"
paths:
  /v1/parcels:
    get:
      operationId: listParcels
      responses:
        200: { description: All of them }
    post:
      operationId: listParcels
      responses:
        "201": { description: It is sent }
`;
const MENDED = DOCUMENT.replace(
  'post:\n      operationId: listParcels',
  'post:\n      operationId: sendParcel',
);

describe('a document that somebody wrote', () => {
  const lineOf = (text: string, pointer: string) => readDocumentText(text).lineOf(pointer);

  test('has the lines of its places, in YAML and in JSON; of what is not there that of what is around it', () => {
    const places = {
      '': 1,
      '/info/version': 4,
      '/paths/~1v1~1parcels/get/responses/200': 10,
      '/paths/~1v1~1parcels/post/operationId': 12,
      '/paths/~1v1~1parcels/put/operationId': 6,
      '/components': 1,
    };
    const json = JSON.stringify(readDocumentText(DOCUMENT).body, null, 2);
    for (const [pointer, line] of Object.entries(places))
      expect([pointer, lineOf(DOCUMENT, pointer)]).toEqual([pointer, line]);
    for (const pointer of Object.keys(places).slice(1, 4)) {
      const name = pointer.split('/').at(-1) ?? '';
      expect(json.split('\n')[(lineOf(json, pointer) ?? 0) - 1]).toContain(`"${name}"`);
    }
    expect(lineOf('tags: [{ name: a },\n  { name: 1 }]', '/tags/1/name')).toBe(2);
  });

  test.each([
    ['openapi: 3.1.1\ninfo:\n  title: a\n version: 1', 4],
    ['openapi: 3.1.1\ninfo: { title: a', 2],
    ['{"openapi": "3.1.1"\n "info": {}}', 2],
    ['openapi: 3.1.1\nopenapi: 3.1.1', 2],
    ['[]', 1],
    ['just words', 1],
    [
      `a: &a [x, x]\n${[...'bcdefghij'].map((name, i) => `${name}: &${name} [*${'abcdefghi'[i]}, *${'abcdefghi'[i]}, *${'abcdefghi'[i]}]`).join('\n')}`,
      1,
    ],
  ])('that can’t be read is told of by line, and never sent: %j', (text, line) => {
    const { body, problems } = readDocumentText(text);
    expect(body).toBeUndefined();
    expect(problems[0]?.line).toBe(line);
  });

  test('is told what the API finds wrong by line; another failure is none of the document', () => {
    const read = readDocumentText(DOCUMENT);
    const error = (code: string, details: { param?: string; message: string }[]) =>
      new KeywrightError(400, { code, message: 'No', details } as never);
    const param = '/paths/~1v1~1parcels/post/operationId';
    expect(problemsIn(read, error('invalid_request', [{ param, message: `${param}: twice` }]))).toEqual([
      { line: 12, message: 'paths › /v1/parcels › post › operationId: twice' },
    ]);
    expect(problemsIn(read, error('invalid_request', [{ param: 'info', message: 'info: no' }]))).toEqual([
      { line: 2, message: 'info: no' },
    ]);
    expect(problemsIn(read, error('forbidden', []))).toEqual([]);
    expect(problemsIn(read, null)).toEqual([]);
  });

  test('gives a route to each operation that has none', () => {
    const { body } = readDocumentText(MENDED);
    const draft = draftOf([
      { method: 'GET', path: '/v1/parcels', permission: 'a:read', public: true },
    ] as never);
    expect(routesMissing(draft, body)).toEqual([
      { method: 'POST', path: '/v1/parcels', permission: '', scopes: '', isPublic: false },
    ]);
    expect(routesMissing([], undefined)).toEqual([]);
  });

  test('and gives none that would let anybody call more or less than before', () => {
    const segment = fc.constantFrom('v1', 'orders', 'export', '{a}', '{b}');
    const path = fc
      .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '/{rest+}'))
      .map(([segments, rest]) => `/${segments.join('/')}${rest}`);
    const method = fc.constantFrom('GET', 'HEAD', 'POST', 'ANY');
    const route = fc.record({
      method,
      path,
      permission: fc.constantFrom('a:read', undefined),
      public: fc.boolean(),
    });
    const same = ({ method, path }: { method: string; path: string }) =>
      `${method} ${path.replaceAll(/\{\w+(\+?)\}/g, '{$1}')}`;
    const calls = ['GET', 'HEAD', 'POST'].flatMap((verb) =>
      [
        '/v1',
        '/orders',
        '/v1/orders',
        '/v1/orders/export',
        '/v1/7/export',
        '/orders/7',
        '/v1/orders/7',
        '/7/8/9/10',
      ].map((called) => [verb, called] as const),
    );
    let added = 0;
    fc.assert(
      fc.property(
        fc.uniqueArray(route, { selector: same, maxLength: 5 }),
        fc.uniqueArray(path, { maxLength: 4 }),
        (routes, paths) => {
          const document = {
            paths: Object.fromEntries(paths.map((each) => [each, { get: {}, head: {}, post: {} }])),
          };
          const draft = draftOf(routes as never);
          const more = routesMissing(draft, document);
          added += more.length;
          const [before, after] = [draft, [...draft, ...more]].map((table) =>
            RouteTable.of(routesOf(table) as never),
          );
          for (const [verb, called] of calls)
            expect(after?.requirement(verb, called)).toEqual(before?.requirement(verb, called));
        },
      ),
      { numRuns: 500 },
    );
    expect(added).toBeGreaterThan(100);
  });
});

inBrowser('an API’s OpenAPI document', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  test('is uploaded with its faults by line, read by callers, and gives the routes', async () => {
    for (const [look, options] of LOOKS) {
      const made = { name: `Parcels ${look}`, environment: 'sandbox', scheme: 'tenant' };
      const { apiId } = (await door.manage('POST', '/v1/apis', made)).body;
      const visit = await door.visit({ ...options, ...door.admin });
      const { page } = visit;
      await door.goTo(visit, `/admin/all/apis/${apiId}`);
      await page.getByRole('link', { name: 'Upload' }).click();
      await page.getByRole('textbox', { name: 'Text' }).fill('openapi: 3.1.1\ninfo: {');
      await page.getByText('Line 2:').first().waitFor();
      expect(await page.getByRole('button', { name: 'Upload' }).isEnabled()).toBe(false);
      await page.locator('input[type=file]').setInputFiles({
        ...{ name: 'parcels.yaml', mimeType: 'application/yaml', buffer: Buffer.from(DOCUMENT) },
      });
      await page.getByText('Line 2:').first().waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'Upload' }).click();
      await page.getByText('Line 12:').waitFor();
      await page.getByText('another operation has this name').waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
      await visit.screenshot(`admin-document-wrong-${look}`);
      await page.getByRole('textbox', { name: 'Text' }).fill(MENDED);
      await page.getByRole('button', { name: 'Upload' }).click();
      await page.getByText('is described by Parcels').waitFor();
      await page.getByRole('link', { name: 'Replace' }).waitFor();
      await visit.settle();
      expect(await accessibilityProblems(page)).toEqual([]);
      await visit.screenshot(`admin-api-described-${look}`);
      await page.getByRole('link', { name: 'Edit routes' }).click();
      await page.getByRole('button', { name: 'Add 2 from the document' }).click();
      await page.getByText('POST /v1/parcels: by the default rule').waitFor();
      expect(await page.getByRole('button', { name: 'Nothing to add from the document' }).isEnabled()).toBe(
        false,
      );
      expect(await accessibilityProblems(page)).toEqual([]);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('are saved').waitFor();
      expect((await door.manage('GET', `/v1/apis/${apiId}`)).body).toMatchObject({
        openapi: { title: 'Parcels', operations: 2 },
        routes: [{ method: 'GET' }, { method: 'POST' }],
      });
      expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
      await visit.end();
    }
  }, 240_000);
});
