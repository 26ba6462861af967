import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import {
  beginOf,
  countedDay,
  periodIn,
  periodInWords,
  periodsOf,
} from '../../portal/src/shared/usage/usage-period.ts';
import { withEmpty } from '../../portal/src/shared/usage/usage-sums.ts';
import { accessibilityProblems } from './support/accessibility.ts';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { LOOKS } from './support/looks.ts';
import type { Visit } from './support/visit.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;

const counted = (group: string, requests: number) => ({
  ...{ group, requests, clientErrors: 1, serverErrors: 0, p99Milliseconds: 12 },
});
const NOON = Date.parse('2026-11-22T12:34:56.000Z');

test('hours and days in which nothing was called are counted with nothing, in their place', () => {
  const of = { from: '2026-11-22T09:00:00.000Z', to: '2026-11-22T13:00:00.000Z' };
  const some = [counted('2026-11-22T12:00:00.000Z', 7), counted('2026-11-22T10:00:00.000Z', 3)];
  const filled = withEmpty(some, 'hour', of);
  expect(filled.map(({ group, requests }) => [group.slice(11, 13), requests])).toEqual([
    ...[
      ['09', 0],
      ['10', 3],
      ['11', 0],
      ['12', 7],
    ],
  ]);
  expect(filled[0]).toMatchObject({ clientErrors: 0, serverErrors: 0, p99Milliseconds: null });
  const days = { from: '2026-11-20T00:00:00.000Z', to: '2026-11-23T00:00:00.000Z' };
  const byDay = withEmpty([counted('2026-11-21T00:00:00.000Z', 2)], 'day', days);
  expect(byDay.map(({ requests }) => requests)).toEqual([0, 2, 0]);
});

test('a period is one that is counted: of hours a week at most, and never a day alone by days', () => {
  expect(periodsOf('hour').map(({ value }) => value)).toEqual(['1', '7']);
  expect([periodIn('hour', '30'), periodIn('hour', '7'), periodIn('hour', null)]).toEqual(['1', '7', '1']);
  expect([periodIn('day', '1'), periodIn('day', null)]).toEqual(['30', '30']);
  expect([periodIn('route', '365'), periodIn('route', 'x'), periodIn('route', '')]).toEqual([
    '365',
    '1',
    '1',
  ]);
  // The same for an hour, so that what was read is found again.
  expect(beginOf('7', NOON)).toBe('2026-11-15T12:00:00.000Z');
  expect(beginOf('7', NOON + 1000)).toBe(beginOf('7', NOON));
});

test('a period is named: until now, or by whole days of UTC wherever the reader is', () => {
  const hours = {
    from: '2026-11-21T12:00:00.000Z',
    to: '2026-11-22T13:00:00.000Z',
    resolution: 'hour',
  } as const;
  expect(periodInWords(hours, NOON)).toMatch(/^2[01] Nov 2026, \d\d:\d\d until now$/);
  expect(periodInWords(hours, NOON + 86_400_000)).toMatch(/ until 2[23] Nov 2026, \d\d:\d\d$/);
  const days = {
    from: '2026-10-24T00:00:00.000Z',
    to: '2026-11-23T00:00:00.000Z',
    resolution: 'day',
  } as const;
  expect(periodInWords(days, NOON)).toBe('24 Oct 2026 to 22 Nov 2026, in days of UTC');
  expect(countedDay('2026-11-22T00:00:00.000Z')).toBe('22 Nov 2026');
});

inBrowser('usage in the admins’ door', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
    const counted = async () =>
      (await door.manage('GET', '/v1/usage?tenantId=tenant_acme&groupBy=hour')).body;
    while ((await counted()).total.requests === 0) await new Promise((resolve) => setTimeout(resolve, 200));
  }, 300_000);
  afterAll(() => door?.close());

  /** What of a page lies beyond its right edge, where nobody sees it. */
  const cutOff = ({ page }: Visit) =>
    page.evaluate(
      `[...document.querySelectorAll('main td, main th, main [class*=section-content]')].filter((cell) => {
        const { right, width } = cell.getBoundingClientRect();
        return width > 0 && right > innerWidth + 1;
      }).map((cell) => cell.textContent)`,
    );

  test.each(LOOKS)('names its period, and nothing of it is cut off: %s', async (look, options) => {
    const visit = await door.visit({ ...options, ...door.admin });
    const { page } = visit;
    for (const by of ['hour', 'route']) {
      await door.goTo(visit, `${TENANT}/usage?by=${by}`);
      await page.getByText(/^\d+ \w+ \d{4}, \d\d:\d\d until now$/).waitFor();
      await page
        .getByText(/GET \/v1\/orders|, \d\d:00/)
        .first()
        .waitFor();
      expect(await cutOff(visit)).toEqual([]);
      expect(await accessibilityProblems(page)).toEqual([]);
      await visit.screenshot(`admin-usage-by-${by}-${look}`);
    }
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  });

  test('shows the hours without requests, and numbers stand below their headings', async () => {
    const visit = await door.visit();
    const { page } = visit;
    await door.goTo(visit, `${TENANT}/usage?by=hour&days=7`);
    // A week ago nothing was called, and its hours are there all the same.
    const dayOf = (time: number) =>
      new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(time);
    await page
      .locator('svg', { hasText: dayOf(Date.now() - 3 * 86_400_000) })
      .first()
      .waitFor();
    const rightOf = async (what: Locator) => {
      const box = await what.boundingBox();
      return Math.round((box?.x ?? 0) + (box?.width ?? 0));
    };
    const heads = page.locator('th .number');
    const cells = page.locator('tbody tr').first().locator('td .number');
    expect(await cells.count()).toBe(4);
    for (let i = 0; i < 4; i += 1) expect(await rightOf(heads.nth(i))).toBe(await rightOf(cells.nth(i)));
    await page.getByRole('button', { name: /Period/ }).click();
    await page.getByRole('option', { name: 'Last 24 hours' }).click();
    await page.waitForURL(/days=1/);
    await visit.end();
  });

  test('who still sends an old secret can be read on a phone', async () => {
    const body = { name: 'Turning', type: 'secret', environment: 'sandbox', role: 'writer' };
    const keys = '/v1/tenants/tenant_acme/keys';
    const { key, secret } = (await door.manage('POST', keys, body)).body;
    await door.manage('POST', `${keys}/${key.keyId}/rotate`, { overlapSeconds: 3600 });
    for (let i = 0; i < 3; i += 1) await door.call(secret, '/orders/sandbox/v1/orders');
    const phone = LOOKS.find(([look]) => look === 'phone')?.[1];
    const visit = await door.visit({ ...phone, ...door.admin });
    await door.goTo(visit, `${TENANT}/keys/${key.keyId}/rotation`);
    await visit.page.getByText('GET /v1/orders').first().waitFor({ timeout: 60_000 });
    expect(await cutOff(visit)).toEqual([]);
    expect(await accessibilityProblems(visit.page)).toEqual([]);
    await visit.screenshot('admin-old-users-phone');
    await visit.end();
  }, 120_000);
});
