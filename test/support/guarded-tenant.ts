import { expect } from '@jest/globals';
import { keyPattern } from '../../core/domain/keys/key-search.ts';
import type { Subscription } from '../../core/domain/products/subscription.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import type { TestDynamoDb } from './dynamodb.ts';
import { FourEyes, NEW_KEY } from './four-eyes.ts';
import { issuedText } from './imports.ts';
import { ADMIN, SECOND_ADMIN, type TestAnswer, type TestClaims } from './management.ts';

type Item = Record<string, unknown>;

/** What a state of a subscription may have become when one admin, who asked for none but their own, was alone. */
const MAY_BECOME: Readonly<Record<string, readonly string[]>> = {
  active: ['active', 'suspended'],
  suspended: ['suspended'],
  cancelled: ['cancelled'],
  rejected: ['rejected'],
};

/** A tenant with live credentials of every kind and in every state, that asks for a second admin. */
export class GuardedTenant {
  static readonly NEW_KEY = NEW_KEY;
  readonly eyes: FourEyes;
  readonly ids: Readonly<Record<Id, string>>;
  readonly #dynamodb: TestDynamoDb;
  readonly #known: string[];

  private constructor(dynamodb: TestDynamoDb, eyes: FourEyes, ids: Readonly<Record<Id, string>>) {
    this.#dynamodb = dynamodb;
    this.eyes = eyes;
    this.ids = ids;
    this.#known = Object.values(ids);
  }

  static async start(dynamodb: TestDynamoDb): Promise<GuardedTenant> {
    const eyes = await FourEyes.start(dynamodb);
    const keys = await keysOf(eyes);
    const subscriptions = await subscriptionsOf(eyes);
    const people = await peopleOf(eyes);
    await eyes.requireApproval();
    const ownApproval = await eyes.request('POST', `/keys/${keys.activeKey}/rotate`, {});
    const ids = { ...keys, ...subscriptions, ...people, ownApproval, noAlert: 'alert_000000000000' };
    return new GuardedTenant(dynamodb, eyes, { ...ids, tenantId: eyes.tenantId });
  }

  /** Calls an operation as the one admin, on an id in place of the last parameter that names something. */
  call(key: string, id: string, body?: object, claims: TestClaims = ADMIN): Promise<TestAnswer> {
    const target = key
      .replace('{tenantId}', this.ids.tenantId)
      .replace('{role}', 'writer')
      .replace('{slot}', 'primary')
      .replace(/\{\w+\}/, id || 'none');
    return this.eyes.management.call(target, { claims, ...(body && { body }) });
  }

  /** One of the ids that fit a route, among all that were made so far. */
  any(key: string, choice: number): string {
    const prefix = { keyId: 'key_', subscriptionId: 'sub_', approvalId: 'apr_', apiId: 'api_' };
    const [, name = ''] = /\{(keyId|subscriptionId|approvalId|apiId)\}/.exec(key) ?? [];
    const fitting = this.#known.filter((id) => id.startsWith(prefix[name as keyof typeof prefix] ?? 'none'));
    return fitting[choice % fitting.length] ?? 'none';
  }

  /** Remembers what an answer made, or asked for. */
  learn({ body, status }: TestAnswer): void {
    if (status === 202) this.#known.push(body.approval.approvalId, body.approval.subject.id);
    if (status === 201) this.#known.push(...[body.subscriptionId, body.key?.keyId].filter((id) => id));
  }

  /** The tenant's live credentials and what governs them, as they are stored. */
  async live(): Promise<{ credentials: readonly Item[]; governing: Item; admins: readonly string[] }> {
    const items = await this.#dynamodb.ofTenant(this.eyes.tenantId);
    const credentials = items
      .filter(({ pk, environment }) => String(pk).startsWith('CRED#') && environment === 'live')
      .sort((a, b) => (String(a.pk) < String(b.pk) ? -1 : 1));
    const { roles, settings } = (await this.eyes.tenant()) ?? {};
    const team = await this.#dynamodb.item(itemKey.team(this.eyes.tenantId));
    return { credentials, governing: { roles, settings }, admins: adminsOf(team) };
  }

  /** That nothing works, and nothing may more, than before; brakes, names and requests are everybody's. */
  expectNoMore(
    before: Awaited<ReturnType<GuardedTenant['live']>>,
    after: Awaited<ReturnType<GuardedTenant['live']>>,
  ): void {
    expect(after.governing).toEqual(before.governing);
    for (const email of after.admins) expect(before.admins).toContain(email);
    const known = new Map(before.credentials.map((item) => [item.pk, item]));
    for (const item of after.credentials) {
      const was = known.get(item.pk);
      if (was === undefined) {
        expect(['pending', 'rejected', 'cancelled']).toContain(item.state);
        continue;
      }
      // One that has ended keeps no text of its keys.
      const kept = FINAL.has(item.state) ? withoutTexts(was) : was;
      expect(guardedPartOf(item)).toEqual(guardedPartOf(kept));
      if (was.status !== undefined) expect([was.status, 'disabled']).toContain(item.status);
      if (was.state !== undefined) expect(statesAfter(was)).toContain(item.state);
    }
    expect(after.credentials.length).toBeGreaterThanOrEqual(before.credentials.length);
  }

  /** The live keys of tenants that a text holds. */
  shownLive(text: string): string[] {
    const { keyFormat } = this.eyes.management;
    return (text.match(keyPattern(keyFormat)) ?? []).filter((each) => {
      const { kind, environment } = keyFormat.parse(each) ?? {};
      return environment === 'live' && kind !== 'ck';
    });
  }

  /** Stops the carrying out of an approval at a write, before or after it, and repeats the call. */
  async cutOffAndRepeat(what: 'reveal' | 'regenerate' | 'create' | 'resume', step: number): Promise<void> {
    const { ids, eyes } = this;
    const one = '/v1/subscriptions/{subscriptionId}';
    const asked = {
      reveal: () => this.call(`POST ${one}/keys/reveal`, ids.activeSubscription),
      regenerate: () => this.call(`POST ${one}/keys/{slot}/regenerate`, ids.activeSubscription),
      resume: () => this.call(`POST ${one}/resume`, ids.suspendedSubscription),
      create: () =>
        this.call('POST /v1/subscriptions', '', {
          tenantId: ids.tenantId,
          productId: ids.immediate,
          name: 'New',
        }),
    };
    const { approval } = (await asked[what]()).body;
    const shows = what === 'reveal' || what === 'regenerate';
    if (shows) await eyes.decide(approval.approvalId, 'approve');
    const act = () =>
      eyes.decide(approval.approvalId, shows ? 'claim' : 'approve', shows ? ADMIN : SECOND_ADMIN);
    const { management } = eyes;
    const revision = async () =>
      ((await management.subscriptions.get(approval.subject.id)) as Subscription | undefined)?.revision ?? 0;
    const before = await revision();
    const stop = stopAt(step, [management.approvals, management.subscriptions]);
    expect((await act()).status).toBe(500);
    stop.over();
    const done = step === 3;
    expect((await act()).status).toBe(done ? 409 : 200);
    const after = await revision();
    expect((await act()).status).toBe(409);
    expect(await revision()).toBe(after);
    expect(after).toBe(before + 1);
    // A brake, which waits for nobody: the next step has something to resume again.
    if (what === 'resume') await this.call(`POST ${one}/suspend`, ids.suspendedSubscription, {});
  }
}

type Id =
  | 'tenantId'
  | 'activeKey'
  | 'disabledKey'
  | 'overlappingKey'
  | 'importedText'
  | 'apiId'
  | 'sandboxApi'
  | 'approved'
  | 'immediate'
  | 'activeSubscription'
  | 'suspendedSubscription'
  | 'ownRequest'
  | 'othersRequest'
  | 'ownApproval'
  | 'noAlert'
  | 'adminMember'
  | 'developerMember'
  | 'invitation';

/** Two admins by membership, so that one may go, a developer, and somebody who was invited. */
async function peopleOf(eyes: FourEyes) {
  const { management } = eyes;
  const invite = async (name: string, role: string) => {
    const body = { email: `${name}@example.com`, role };
    return (await management.call(`POST ${eyes.path('/invitations')}`, { body })).body;
  };
  const join = async (name: string, role: string): Promise<string> => {
    const { token } = await invite(name, role);
    const claims = { sub: name, email: `${name}@example.com`, email_verified: 'true', amr: '[mfa]' };
    await management.call('POST /v1/invitations/accept', { claims, body: { token } });
    return name;
  };
  await join('other-admin', 'admin');
  return {
    adminMember: await join('admin', 'admin'),
    developerMember: await join('developer', 'developer'),
    invitation: (await invite('invited', 'admin')).invitation.invitationId as string,
  };
}

async function keysOf(eyes: FourEyes) {
  const [activeKey, disabledKey, overlappingKey] = [
    await eyes.create(),
    await eyes.create(),
    await eyes.create(),
  ];
  const { management } = eyes;
  await management.call(`POST ${eyes.path(`/keys/${disabledKey}/disable`)}`);
  await management.call(`POST ${eyes.path(`/keys/${overlappingKey}/rotate`)}`, { body: {} });
  const importedText = issuedText();
  const rows = [{ ...NEW_KEY, key: importedText }];
  await management.call(`POST ${eyes.path('/keys/import')}`, { body: { rows } });
  return { activeKey, disabledKey, overlappingKey, importedText };
}

async function subscriptionsOf(eyes: FourEyes) {
  const { management } = eyes;
  const api = { name: 'payments', environment: 'live', scheme: 'subscription' };
  const { apiId } = (await management.call('POST /v1/apis', { body: api })).body;
  const sandbox = { ...api, environment: 'sandbox' };
  const sandboxApi: string = (await management.call('POST /v1/apis', { body: sandbox })).body.apiId;
  const product = async (requiresApproval: boolean): Promise<string> => {
    const body = { name: 'Payments', apiIds: [apiId], requiresApproval };
    return (await management.call('POST /v1/products', { body })).body.productId;
  };
  const [approved, immediate] = [await product(true), await product(false)];
  const subscribe = async (productId: string, claims = ADMIN): Promise<string> => {
    const body = { tenantId: eyes.tenantId, productId, name: 'Shop' };
    return (await management.call('POST /v1/subscriptions', { body, claims })).body.subscriptionId;
  };
  const suspendedSubscription = await subscribe(immediate);
  await management.call(`POST /v1/subscriptions/${suspendedSubscription}/suspend`, { body: {} });
  return {
    apiId,
    sandboxApi,
    approved,
    immediate,
    activeSubscription: await subscribe(immediate),
    suspendedSubscription,
    ownRequest: await subscribe(approved),
    othersRequest: await subscribe(approved, SECOND_ADMIN),
  };
}

/** Who is an admin by membership, or would be by accepting. */
function adminsOf(team: Item = {}): string[] {
  const people = [team.members, team.invitations].flat() as { email: string; role: string }[];
  return people.filter(({ role }) => role === 'admin').map(({ email }) => email);
}

/** Without what names, brakes and the passing of time may change. */
const FINAL = new Set<unknown>(['cancelled', 'rejected']);

function withoutTexts({ sealedPrimary, sealedSecondary, ...rest }: Item): Item {
  return rest;
}

function guardedPartOf({
  name,
  metadata,
  status,
  state,
  subscriptionPk,
  decided,
  disabling,
  updatedAt,
  nameKey,
  reminders,
  duePk,
  dueAt,
  revision,
  lastEvent,
  ...rest
}: Item): Item {
  return rest;
}

function statesAfter({ state, createdBy }: Item): readonly string[] {
  if (state !== 'pending') return MAY_BECOME[String(state)] ?? [];
  const own = ['pending', 'rejected', 'cancelled'];
  return createdBy === ADMIN.sub ? own : ['pending', 'rejected', 'active', 'suspended'];
}

interface Writing {
  // biome-ignore lint/suspicious/noExplicitAny: the stores' own types, whichever they are
  update(...given: any[]): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  create(...given: any[]): Promise<any>;
}

/** Fails at a write: 0 before the first, 1 after it, 2 before the second, and so on. */
function stopAt(step: number, stores: readonly Writing[]): { over(): void } {
  const originals = stores.map((store) => ({ update: store.update, create: store.create }));
  let writes = 0;
  const stopping =
    <Given extends unknown[], Result>(write: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      const nth = writes++;
      if (step === 2 * nth) throw new Error('stopped before the write');
      const result = await write(...given);
      if (step === 2 * nth + 1) throw new Error('stopped after the write');
      return result;
    };
  for (const store of stores) {
    store.update = stopping(store.update.bind(store));
    store.create = stopping(store.create.bind(store));
  }
  const over = () => stores.forEach((store, i) => void Object.assign(store, originals[i]));
  return { over };
}
