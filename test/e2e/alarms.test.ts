import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalDeployment, startDeployment } from '../support/deployment.ts';

interface Alarm {
  readonly name: string;
  readonly state: string;
}
interface PublishedEvent {
  readonly 'detail-type': string;
  readonly detail: { readonly subject: { readonly id: string } };
}

let deployment: LocalDeployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.close());

/** What the local server shows, as soon as it shows what is awaited. */
async function shown<Item>(
  what: 'alarms' | 'events' | 'mail',
  awaited: (items: Item[]) => boolean,
): Promise<Item[]> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const response = await fetch(`${deployment.managementUrl}/keywright-local/${what}`);
    const { items } = (await response.json()) as { items: Item[] };
    if (awaited(items)) return items;
    if (Date.now() > deadline) throw new Error(`${what} never showed it: ${JSON.stringify(items)}`);
    await sleep(50);
  }
}
interface Mail {
  readonly subject: string;
  readonly message: string;
}
const ringing = (name: string) => (alarms: Alarm[]) =>
  alarms.some((alarm) => alarm.name === name && alarm.state === 'ALARM');

test('revoking a key is seen on the bus, rings its alarm, and is told by name', async () => {
  const { items } = (await deployment.manage('GET', '/tenants/tenant_acme/keys?limit=1')).json<{
    items: { keyId: string }[];
  }>();
  const keyId = items[0]?.keyId ?? '';
  expect(await shown<Alarm>('alarms', (alarms) => alarms.length > 0)).toContainEqual(
    expect.objectContaining({ name: 'KeyRevoked', state: 'OK' }),
  );
  const revoked = await deployment.manage('POST', `/tenants/tenant_acme/keys/${keyId}/revoke`, {});
  expect(revoked.status).toBe(200);
  await shown<PublishedEvent>('events', (events) =>
    events.some((event) => event['detail-type'] === 'apiKey.revoked' && event.detail.subject.id === keyId),
  );
  await shown<Alarm>('alarms', ringing('KeyRevoked'));
  await shown<Mail>('mail', (mails) => mails.some(({ subject }) => subject === 'ALARM: "KeyRevoked"'));
  await shown<Mail>('mail', (mails) =>
    mails.some(({ message }) => message.includes('apiKey.revoked') && message.includes(keyId)),
  );
});

test('verification finds the audit table locked as it was deployed', async () => {
  const verified = await deployment.manage('GET', '/audit/verify?tenantId=tenant_acme');
  expect(verified.json()).toMatchObject({ lock: { state: 'intact', differences: [] }, tampering: [] });
});

test('an address below /keywright-local that nothing is at is no page of the portal', async () => {
  for (const path of ['replication', 'alarm', 'mail/none']) {
    const answer = await fetch(`${deployment.managementUrl}/keywright-local/${path}`);
    expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 404, 'text/plain']);
  }
});
