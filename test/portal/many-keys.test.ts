import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AdminsDoor, TENANT } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { tell, tellInteractions, watchInteractions } from './support/speed.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;
const KEYS = 10_000;

inBrowser('a tenant of ten thousand keys', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
    const rowOf = (number: number) => ({
      name: `Fleet ${number}`,
      ...{ type: 'secret', environment: 'sandbox', role: 'reader' },
      sha256: createHash('sha256').update(`Fleet ${number}`).digest('hex'),
    });
    for (let first = 0; first < KEYS; first += 500) {
      const rows = Array.from({ length: 500 }, (_, index) => rowOf(first + index));
      for (;;) {
        const { status, body } = await door.manage('POST', '/v1/tenants/tenant_acme/keys/import', { rows });
        expect([status, body.counts?.invalid]).toEqual([200, 0]);
        if (body.counts.pending === 0) break;
      }
    }
  }, 600_000);
  afterAll(() => door?.close());

  test('has a first page and a filter that answer like any other; how soon is printed', async () => {
    const visit = await door.visit();
    const { page } = visit;
    const tellSince = (what: string, from: number, budget: number) =>
      tell(`${what}: ${Date.now() - from} ms; budget ${budget}`);
    await watchInteractions(page);
    const fleet = page.getByRole('link', { name: /^Fleet \d+$/ });
    await door.goTo(visit, `${TENANT}/keys`);
    let from = Date.now();
    await page.goto(`${TENANT}/keys`);
    await fleet.first().waitFor();
    tellSince('First page of 10,000 keys', from, 1000);
    for (const [typed, found] of [
      ['Fleet 1234', 1],
      ['Order', 0],
    ] as const) {
      await page.keyboard.press('/');
      await page.locator('[data-filter] input:focus').fill(typed);
      from = Date.now();
      await page.keyboard.press('Enter');
      while ((await fleet.count()) !== found) await sleep(10);
      await page.getByRole('link', { name: found === 1 ? typed : 'Order report', exact: true }).waitFor();
      tellSince(`Filter “${typed}”`, from, 300);
      await page.getByRole('button', { name: 'Clear filters' }).first().click();
      while ((await fleet.count()) < 2) await sleep(10);
    }
    for (let i = 0; i < 10; i += 1) {
      await page
        .getByRole('checkbox', { name: /^Select Fleet/ })
        .nth(i)
        .check({ force: true });
      await page.getByRole('button', { name: 'Rows and columns' }).click();
      await page.keyboard.press('Escape');
    }
    await tellInteractions(page, 'with 10,000 keys');
    await visit.end();
  }, 200_000);
});
