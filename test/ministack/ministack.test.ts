import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../core/contract/events.ts';
import { managementOf } from '../../smoke/management.ts';
import { runSmoke } from '../../smoke/run.ts';
import { demoAddresses } from '../../smoke/setup.ts';
import { machineToken } from '../support/machine-token.ts';
import { headersFor, keysOf, testOutcomes } from '../support/outcomes.ts';
import { tellSubscribersStory } from '../support/subscriber-story.ts';
import { listenToBus, logLines, mailTo, readPepper, rotatePepper } from './account.ts';
import { deployToMiniStack, type EmulatedDeployment } from './deployment.ts';
import { UNOBSERVABLE } from './deviations.ts';

let deployment: EmulatedDeployment;
beforeAll(async () => {
  deployment = await deployToMiniStack();
});
afterAll(() => deployment?.close());

const keys = keysOf(() => deployment);

testOutcomes(() => deployment, UNOBSERVABLE);

describe('management API', () => {
  test('takes no one without a valid token', async () => {
    const forged = { authorization: 'Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln' };
    const { status, text } = await deployment.manage('GET', '/tenants', undefined, { headers: forged });
    // MiniStack answers 500 to the Unauthorized of an HTTP API's authorizer; AWS and the local servers answer 401.
    expect(status).toBe(500);
    expect(text).not.toContain('tenant_');
  });

  test('answers people by their roles', async () => {
    const as = 'auditor@keywright.test';
    const tenant = { tenantId: 'tenant_by_auditor', name: 'Never' };
    expect((await deployment.manage('GET', '/tenants', undefined, { as })).status).toBe(200);
    expect((await deployment.manage('POST', '/tenants', tenant, { as })).status).toBe(403);
  });
});

describe('a developer who was invited', () => {
  test('by mail accepts, subscribes, is told of the approval, sees the keys and the client key, and calls payments', async () => {
    const { manage, call, folder, issuer } = deployment;
    await tellSubscribersStory({
      ...{
        manage,
        call,
        portalUrl: 'http://localhost:4100',
        mailTo: (email, subject) => mailTo(deployment.aws, email, subject),
      },
      machineToken: () => machineToken(folder, issuer),
    });
  });
});

test('every change is an audit record, and the same event on the bus', async () => {
  const bus = await listenToBus(deployment.aws);
  const key = await keys.create();
  await keys.change(key, 'rotate', { overlapSeconds: 60 });
  await keys.change(key, 'revoke', { reason: 'test' });
  const types = ['apiKey.created', 'apiKey.rotated', 'apiKey.revoked'];

  const events = await bus.about(key.keyId, types.length);
  expect(events.map(({ type }) => type).toSorted()).toEqual(types.toSorted());
  const audit = await deployment.manage('GET', `/audit?subject=${key.keyId}`);
  const { items } = audit.json<{ items: AuditEvent[] }>();
  expect(items.toSorted(byId)).toEqual(events.toSorted(byId));
});

test('the pepper gets a version; keys made under the old one stay good', async () => {
  const old = await keys.create();
  const before = await readPepper(deployment.aws);
  await rotatePepper(deployment.aws);
  const after = await readPepper(deployment.aws);
  expect(after).toEqual({ ...before, current: 'v2', v2: expect.any(String) });
  for (const { secret } of [old, await keys.create()]) {
    expect((await deployment.call('orders', 'sandbox', { headers: headersFor(secret) })).status).toBe(200);
  }
});

test('no function was denied what it did, and no log holds a secret', async () => {
  const lines = await logLines(deployment.aws);
  expect(lines.some((line) => line.includes('request refused'))).toBe(true);
  expect(lines.filter((line) => line.includes('AccessDenied'))).toEqual([]);
  const secrets = deployment.answers.flatMap(({ text }) => text.match(/(?<="secret":")[^"]{40,}/g) ?? []);
  expect(secrets.length).toBeGreaterThan(10);
  const parts = secrets.map((secret) => secret.slice(20, 52));
  expect(lines.filter((line) => parts.some((part) => line.includes(part)))).toEqual([]);
});

test('the smoke test finds what holds here, and what to set for an HTTP API that answers 500', async () => {
  const token = await deployment.tokenOf('admin@keywright.test');
  const { managementUrl: url } = deployment;
  const stop = new AbortController();
  const outcome = await runSmoke({
    ...{ url, token, signal: stop.signal, isLocal: false },
    management: managementOf(url, token, stop.signal),
    cleaner: managementOf(url, token),
    ...{ aws: undefined, signing: undefined, alarmTopic: undefined, brakeUrl: undefined },
    ...{ oauthToken: undefined, firstToken: undefined },
    addresses: demoAddresses((name, environment) =>
      environment === 'sandbox' && name !== 'payments' ? deployment.stageUrl(name, environment) : undefined,
    ),
    // MiniStack delivers no access logs, so counts would be waited for in vain.
    progress: (what) => void (what === 'usage' && stop.abort()),
  });
  const broken = outcome.findings.filter(({ verdict }) => verdict === 'broken' || verdict === 'unclear');
  const catalog = 'catalog (HTTP API), sandbox';
  expect(broken).toEqual([
    expect.objectContaining({
      subject: catalog,
      seen: '500',
      advice: expect.stringMatching(/^Set HTTP_API_UNAUTH/),
    }),
    expect.objectContaining({ subject: catalog, seen: '500 no key, 500 no such key, 500 no tenant' }),
    // Its IAM doesn't know the policy of a table by the table's name.
    expect.objectContaining({ promise: expect.stringContaining('own policy'), verdict: 'unclear' }),
  ]);
  expect(outcome.leftBehind).toEqual([]);
}, 120_000);

function byId(a: AuditEvent, b: AuditEvent): number {
  return a.id.localeCompare(b.id);
}
