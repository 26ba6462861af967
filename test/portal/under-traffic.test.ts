import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { machineToken } from '../support/machine-token.ts';
import { demoSubscriptions } from '../support/payments.ts';
import { AdminsDoor } from './support/admins-door.ts';
import { findBrowser } from './support/chromium.ts';
import { endOverlap, makeKey, rotateKey } from './support/stories.ts';
import { Traffic } from './support/traffic.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined ? describe.skip : describe;
const ORDERS = '/orders/sandbox/v1/orders';
const DEVELOPER = 'developer@keywright.test';
/** The shortest silence that is called quiet, if somebody asks for it. */
const QUIET_SECONDS = 60;

inBrowser('while programs call', () => {
  let door: AdminsDoor;
  beforeAll(async () => {
    door = await AdminsDoor.open(browser);
  }, 300_000);
  afterAll(() => door?.close());

  test('a key is rotated: the view says who uses the old secret, then that it is quiet, and no call is refused', async () => {
    const visit = await door.visit();
    const { page } = visit;
    // As the page asks, but for a silence that a test can wait for.
    await page.route(/\/overlap$/, (route) =>
      route.continue({ url: `${route.request().url()}?quietAfterSeconds=${QUIET_SECONDS}` }),
    );
    const calling = (secret: string) => async () => (await door.call(secret, ORDERS)).status;
    const first = await makeKey(visit, 'Under traffic');
    const traffic = new Traffic(5, calling(first));
    await traffic.more(5);
    const second = await rotateKey(visit);
    await page.getByText(/ still sends the old secret; /).waitFor({ timeout: 60_000 });
    await visit.screenshot('admin-rotation-in-use');
    traffic.switchTo(calling(second));
    await page.getByText('Quiet: the old secret can end').first().waitFor({ timeout: 180_000 });
    await visit.screenshot('admin-rotation-quiet');
    await endOverlap(visit, 'Under traffic');
    while ((await door.call(first, ORDERS)).status !== 401) await sleep(100);
    await traffic.more(10);
    expect(await traffic.end()).toEqual([]);
    await visit.end();
  }, 400_000);

  test('a developer regenerates the secondary key, and no call with the primary one is refused', async () => {
    const { subscriptions, clientKeys } = demoSubscriptions(door.server);
    const { subscriptionId, primaryKey, secondaryKey } = subscriptions.activeSandbox;
    const { dataDir, port } = door.server;
    const token = await machineToken(dataDir, `http://localhost:${port + 1}`);
    const paying = (key: string) => async () => {
      const headers = {
        'ocp-apim-subscription-key': key,
        'client-key': clientKeys.sandbox,
        authorization: `Bearer ${token}`,
      };
      return (await fetch(`http://localhost:${port + 2}/payments/sandbox/v1/payments`, { headers })).status;
    };
    const visit = await door.visit({});
    await visit.signIn(DEVELOPER, `/subscriptions/${subscriptionId}/roll`);
    const { page } = visit;
    const traffic = new Traffic(20, paying(primaryKey));
    await traffic.more(20);
    await page.getByRole('button', { name: 'Regenerate the secondary key' }).click();
    await page.getByRole('button', { name: 'Regenerate', exact: true }).click();
    const shown = (await page.getByText(/^sub_dev_\w{50}$/).textContent()) ?? '';
    while ((await paying(secondaryKey)()) !== 401) await sleep(100);
    expect(await paying(shown)()).toBe(200);
    await traffic.more(20);
    expect(await traffic.end()).toEqual([]);
    await visit.end();
  }, 200_000);
});
