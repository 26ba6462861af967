import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AccessRequest } from '../../core/access/authorizer.ts';
import { type ItemKey, itemKey } from '../../core/store/item-keys.ts';
import { httpEvent } from '../support/gateway-events.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

const API = 'api_OrdersSndbox';

describe('an item’s key', () => {
  const base62 = (length: number) => fc.stringMatching(new RegExp(`^[0-9A-Za-z]{${length}}$`));
  const id = base62(12);
  const tenantId = fc.stringMatching(/^tenant_[a-z0-9_]{3,6}$/);
  const network = fc.constantFrom('203.0.113.0/24', '2001:db8::/48', '-', 'other');
  const day = fc.constantFrom('2026-11-22', '2026-11-22T12', '2026-11-23', '2026-11-22T13');
  const time = fc.constantFrom('2026-11-22T12:00:00.000Z', '2026-11-22T12:00:00.001Z');
  const keyType = fc.constantFrom('publishable', 'secret', 'subscription');
  const environment = fc.constantFrom('sandbox', 'live');
  const keyId = fc.tuple(fc.constantFrom('key', 'sub'), id).map((parts) => parts.join('_'));
  const item = fc.oneof(keyId, tenantId);
  const subject = fc.oneof(
    fc.record({ kind: fc.constant('credential' as const), keyId }),
    fc.record({ kind: fc.constant('tenant' as const), tenantId, environment, keyType }),
    fc.record({ kind: fc.constant('network' as const), network }),
    fc.record({ kind: fc.constant('namedKey' as const), keyId }),
  );
  const hmac = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/);
  const pepper = fc.stringMatching(/^v[1-9][0-9]?$/);
  const region = fc.constantFrom('eu-central-1', 'eu-west-1');
  const batch = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/);
  const made: Record<keyof typeof itemKey, fc.Arbitrary<readonly [unknown[], ItemKey]>> = {
    credential: fc.tuple(id).map((parts) => [parts, itemKey.credential(...parts)]),
    tenant: fc.tuple(tenantId).map((parts) => [parts, itemKey.tenant(...parts)]),
    api: fc.tuple(id).map((parts) => [parts, itemKey.api(...parts)]),
    team: fc.tuple(tenantId).map((parts) => [parts, itemKey.team(...parts)]),
    person: fc.tuple(fc.string()).map((parts) => [parts, itemKey.person(...parts)]),
    session: fc.stringMatching(/^[0-9a-f]{64}$/).map((hash) => [[hash], itemKey.session(`session_${hash}`)]),
    signUp: fc.tuple(id).map((parts) => [parts, itemKey.signUp(...parts)]),
    newcomers: fc.tuple(day).map((parts) => [parts, itemKey.newcomers(...parts)]),
    addressee: fc.tuple(fc.string()).map((parts) => [parts, itemKey.addressee(...parts)]),
    mailedTokens: fc.tuple(id).map((parts) => [parts, itemKey.mailedTokens(...parts)]),
    sentMail: fc
      .tuple(fc.oneof(fc.uuid(), day), fc.stringMatching(/^[0-9a-f]{64}$/))
      .map((parts) => [parts, itemKey.sentMail(...parts)]),
    suppressedMail: fc
      .tuple(fc.stringMatching(/^[0-9a-f]{64}$/))
      .map((parts) => [parts, itemKey.suppressedMail(...parts)]),
    digestEntry: fc
      .tuple(day, fc.constantFrom('apiKey.expiring', 'apiKey.usedFromNewIp'), keyId)
      .map((parts) => [parts, itemKey.digestEntry(...parts)]),
    product: fc.tuple(id).map((parts) => [parts, itemKey.product(...parts)]),
    approval: fc.tuple(id).map((parts) => [parts, itemKey.approval(...parts)]),
    documentPart: fc
      .tuple(id, fc.stringMatching(/^[0-9a-f]{24}$/), fc.nat({ max: 6 }))
      .map((parts) => [parts, itemKey.documentPart(parts[0], { id: parts[1], part: parts[2] })]),
    alert: fc.tuple(id).map((parts) => [parts, itemKey.alert(...parts)]),
    profile: fc.tuple(keyId).map((parts) => [parts, itemKey.profile(...parts)]),
    summary: fc.tuple(tenantId).map((parts) => [parts, itemKey.summary(...parts)]),
    counted: fc.tuple(tenantId, keyId).map((parts) => [parts, itemKey.counted(...parts)]),
    lastUse: fc.tuple(id).map((parts) => [parts, itemKey.lastUse(...parts)]),
    receipt: fc.tuple(id).map((parts) => [parts, itemKey.receipt(...parts)]),
    ending: fc.tuple(time, keyId).map((parts) => [parts, itemKey.ending(...parts)]),
    heard: fc.tuple(fc.string()).map((parts) => [parts, itemKey.heard(...parts)]),
    refusal: fc
      .tuple(fc.stringMatching(/^[0-9A-Za-z=_-]{1,128}$/), fc.stringMatching(/^[0-9]{56}$/))
      .map((parts) => [parts, itemKey.refusal(...parts)]),
    refusalCount: fc
      .tuple(fc.option(tenantId, { nil: undefined }), fc.stringMatching(/^2026-11-[0-2][0-9]T[0-1][0-9]$/))
      .map((parts) => [parts, itemKey.refusalCount(...parts)]),
    openRequests: fc.tuple(tenantId, fc.string()).map((parts) => [parts, itemKey.openRequests(...parts)]),
    request: fc
      .tuple(
        fc.constantFrom('TENANT' as const, 'API' as const, 'PRODUCT' as const),
        fc.stringMatching(/^[0-9a-f]{64}$/),
      )
      .map((parts) => [parts, itemKey.request(...parts)]),
    alias: fc
      .tuple(pepper, hmac)
      .map((parts) => [parts, itemKey.alias({ pepper: parts[0], hmac: parts[1] })]),
    nothing: fc.tuple(id, fc.nat({ max: 9 })).map((parts) => [parts, itemKey.nothing(...parts)]),
    seenNetwork: fc.tuple(id, network).map((parts) => [parts, itemKey.seenNetwork(...parts)]),
    limits: fc.tuple(id, region).map((parts) => [parts, itemKey.limits(...parts)]),
    usage: fc.tuple(subject, day).map((parts) => [parts, itemKey.usage(...parts)]),
    usageBatch: fc.tuple(batch, fc.nat({ max: 120 })).map((parts) => [parts, itemKey.usageBatch(...parts)]),
    recentUses: fc.tuple(fc.nat({ max: 31 })).map((parts) => [parts, itemKey.recentUses(...parts)]),
    freshHead: fc.tuple(fc.nat({ max: 31 })).map((parts) => [parts, itemKey.freshHead(...parts)]),
    fresh: fc
      .tuple(fc.nat({ max: 31 }), fc.nat(), batch, fc.nat(), fc.nat({ max: 9 }))
      .map((parts) => [
        parts,
        itemKey.fresh(
          { shard: parts[0], set: parts[1] },
          { batchId: parts[2], part: parts[3], piece: parts[4] },
        ),
      ]),
    audit: fc
      .tuple(fc.option(tenantId), time, fc.uuid())
      .map((parts) => [parts, itemKey.audit({ tenantId: parts[0], time: parts[1], id: parts[2] })]),
    recorded: fc
      .tuple(item, fc.nat())
      .map((parts) => [parts, itemKey.recorded({ item: parts[0], revision: parts[1] })]),
    auditGap: fc
      .tuple(item, fc.nat())
      .map((parts) => [parts, itemKey.auditGap({ item: parts[0], revision: parts[1] })]),
    auditGapSearch: fc.constant([[], itemKey.auditGapSearch()]),
    auditLink: fc.tuple(fc.option(tenantId), fc.nat()).map((parts) => [parts, itemKey.auditLink(...parts)]),
  };
  const any = fc.oneof(
    ...Object.entries(made).map(([kind, arbitrary]) =>
      arbitrary.map(([parts, key]) => ({
        what: JSON.stringify([kind, parts]),
        key: JSON.stringify([key.pk, key.sk]),
      })),
    ),
  );

  test('is of one thing alone, of all kinds of things', () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(any, ({ what, key }) => {
        expect(seen.get(key) ?? what).toBe(what);
        seen.set(key, what);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('what an authorizer remembers', () => {
  let plane: RequestPlane;
  beforeAll(async () => {
    plane = await startRequestPlane();
    await plane.putApi(API, 'sandbox', [
      { method: 'GET', path: '/v1/products/{productId}', public: true },
      { method: 'GET', path: '/v1/products/export', permission: 'exports:read', public: false },
      { method: 'GET', path: '/v1/orders/{rest+}', permission: 'orders:read', public: false },
    ]);
  });
  afterAll(() => plane.close());

  const request = (
    key: string,
    change: Partial<AccessRequest> & { origin?: string | undefined },
  ): AccessRequest => ({
    headers: {
      'x-api-key': key,
      'x-tn': 'tenant_acme',
      ...(change.origin !== undefined && { origin: change.origin }),
    },
    method: 'GET',
    path: '/v1/products/7',
    sourceIp: '203.0.113.7',
    requestId: 'r',
    tenantHeaderVisible: true,
    ...change,
  });

  test('of a crafted request is not used for another one: the example that was found', async () => {
    const key = await plane.putKey({ type: 'publishable' });
    const handle = plane.handler(plane.authorizer());
    const headers = { 'x-api-key': key, 'x-tn': 'tenant_acme' };
    const crafted = httpEvent({ headers, path: '/v1/products/export 203.0.113.7 x' });
    const plain = httpEvent({
      headers: { ...headers, origin: 'x 203.0.113.7 undefined' },
      path: '/v1/products/export',
    });
    await handle(crafted);
    await expect(handle(plain)).resolves.toMatchObject({ isAuthorized: false });
  });

  test('is never another request’s outcome, whatever method, path, address and origin hold', async () => {
    const keys = [
      await plane.putKey({ role: 'orders-reader', allowedOrigins: ['https://shop.example'] }),
      await plane.putKey({ type: 'publishable' }),
      await plane.putKey({ role: 'reader', allowedCidrs: ['203.0.113.0/24'] }),
    ];
    const origins = fc.constantFrom(
      undefined,
      'undefined',
      'null',
      'https://shop.example',
      'x 203.0.113.7 undefined',
      ' ',
    );
    const paths = fc.constantFrom(
      ...[undefined, '', 'undefined', '/v1/products/7', '/v1/products/export', '/v1/orders/7'],
      ...[
        '/v1/products/export 203.0.113.7 x',
        '/v1/products/export undefined',
        '/v1/orders/7 x',
        '/v1/invoices',
      ],
    );
    const addresses = fc.constantFrom(undefined, '203.0.113.7', '198.51.100.7', 'undefined', '203.0.113.7 x');
    const methods = fc.constantFrom('GET', 'GET /v1/products/7', 'POST', '', 'HEAD');
    const asked = fc.record({
      key: fc.constantFrom(...keys),
      method: methods,
      path: paths,
      sourceIp: addresses,
      origin: origins,
    });
    // Two requests whose parts are one text once they are joined, the border between path and origin moved.
    const moved = fc
      .record({
        key: fc.constantFrom(...keys),
        path: fc.constantFrom('/v1/products/export', '/v1/orders/7'),
        by: fc.constantFrom(' ', '\n', '#'),
      })
      .map(({ key, path, by }) => {
        const sourceIp = '203.0.113.7';
        const about = { key, method: 'GET', sourceIp };
        return [
          { ...about, path: [path, sourceIp, 'x'].join(by), origin: undefined },
          { ...about, path, origin: ['x', sourceIp, 'undefined'].join(by) },
        ];
      });
    const sequences = fc.array(
      fc.oneof(
        asked.map((one) => [one]),
        moved,
      ),
      { minLength: 2, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(sequences, async (sequence) => {
        const remembering = plane.authorizer();
        for (const { key, ...change } of sequence.flat()) {
          const { decision } = await remembering.authorize(request(key, change));
          const { decision: anew } = await plane.authorizer().authorize(request(key, change));
          expect(decision).toEqual(anew);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('of one key, tenant and scheme is not another’s, whatever is sent beside it', async () => {
    const { primary } = await plane.putSubscription();
    const key = await plane.putKey();
    const apiIds = ['api_AsksForNone0', 'api_AsksForOne00'] as const;
    await plane.putSubscriptionApi(apiIds[0]);
    const clientKey = await plane.putSubscriptionApi(apiIds[1], { clientKeyRequired: true });
    await plane.putProduct('prod_Payments0000', apiIds);
    const tenants = fc.constantFrom(
      undefined,
      'tenant_acme',
      'tenant_other',
      '',
      'a, tenant_acme',
      'undefined',
      'x'.repeat(9000),
    );
    const clientKeys = fc.constantFrom(undefined, '', 'undefined', 'ck_dev_x', '\t', 'a,b', clientKey);
    const apiId = fc.constantFrom(API, ...apiIds);
    const sent = fc.record({
      carried: fc.constantFrom(
        { 'x-api-key': key },
        { 'ocp-apim-subscription-key': primary },
        { 'x-api-key': primary },
      ),
      tenant: tenants,
      client: clientKeys,
      tenantHeaderVisible: fc.boolean(),
      bindsSubscribers: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(apiId, fc.array(sent, { minLength: 2, maxLength: 12 }), async (apiId, sequence) => {
        const remembering = plane.authorizer({ apiId });
        for (const { carried, tenant, client, ...how } of sequence) {
          const headers = { ...carried, 'x-tn': tenant, 'client-key': client };
          const one = { ...request('', how), headers };
          const { decision } = await remembering.authorize(one);
          const { decision: anew } = await plane.authorizer({ apiId }).authorize(one);
          expect(decision).toEqual(anew);
        }
      }),
      { numRuns: 60 },
    );
  });
});
