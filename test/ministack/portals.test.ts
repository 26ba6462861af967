import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findBrowser } from '../portal/support/chromium.ts';
import {
  approveSubscription,
  askForSubscription,
  seeKeys,
  tellKeysStory,
} from '../portal/support/stories.ts';
import { type Portals, Visit } from '../portal/support/visit.ts';
import { machineToken } from '../support/machine-token.ts';
import { headersFor } from '../support/outcomes.ts';
import { deployToMiniStack, type EmulatedDeployment } from './deployment.ts';
import { hasMiniStack } from './ministack.ts';
import { openWay, type Way } from './way-to-cloudfront.ts';

const browser = await findBrowser();
const inBrowser = browser === undefined || !hasMiniStack() ? describe.skip : describe;

inBrowser('the portals, from the emulator’s CloudFront', () => {
  let deployment: EmulatedDeployment;
  let way: Way;
  let portals: Portals;
  beforeAll(async () => {
    deployment = await deployToMiniStack({ portals: true });
    const { aws, portalUrl, issuer, folder } = deployment;
    way = await openWay(aws, new URL(portalUrl).hostname);
    portals = { managementUrl: portalUrl, origins: [portalUrl, issuer], dataDir: folder };
  });
  afterAll(async () => {
    await browser?.close();
    await way?.close();
    await deployment?.close();
  });

  /** Somebody who signs in by the issuer's pages, second factor included. */
  async function visitOf(email: string, path: string): Promise<Visit> {
    if (browser === undefined) throw new Error('there is no browser');
    const visit = await Visit.begin(browser, portals, { proxy: way.proxy, ignoreHTTPSErrors: true });
    await visit.signIn(email, path);
    return visit;
  }

  test('a key is made, shown once and nowhere after, rotated and revoked by its name; the API takes what it should', async () => {
    const visit = await visitOf('admin@keywright.test', '/admin/tenants/tenant_acme/keys');
    const call = async (secret: string) =>
      (await deployment.call('orders', 'sandbox', { headers: headersFor(secret) })).status;
    await tellKeysStory(visit, { call }, 'From the edge');
    expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
    await visit.end();
  });

  test('a developer subscribes, an admin approves, and the keys that are shown then call', async () => {
    const developer = await visitOf('developer@keywright.test', '/');
    const admin = await visitOf('second-admin@keywright.test', '/admin/tenants/tenant_acme/queue');
    await askForSubscription(developer, 'Till');
    await approveSubscription(admin, 'Till');
    const { primaryKey, clientKey } = await seeKeys(developer);
    const { folder, issuer } = deployment;
    const headers = {
      'ocp-apim-subscription-key': primaryKey,
      'client-key': clientKey,
      authorization: `Bearer ${await machineToken(folder, issuer)}`,
    };
    const call = { path: '/v1/payments', headers };
    expect((await deployment.call('payments', 'sandbox', call)).status).toBe(200);
    for (const visit of [developer, admin]) {
      expect(visit.seen).toEqual({ foreign: [], cspReports: [], errors: [] });
      await visit.end();
    }
  });
});
