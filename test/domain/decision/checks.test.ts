import { describe, expect, test } from '@jest/globals';
import { permissionRefusal } from '../../../core/domain/decision/checks.ts';
import type { Caller } from '../../../core/domain/decision/decision.ts';
import { refusalOf, withToken } from '../../../core/domain/decision/identify.ts';
import { AllowedNetworks } from '../../../core/domain/keys/network.ts';
import { RouteTable } from '../../../core/domain/products/route-table.ts';
import { Permissions } from '../../../core/domain/tenants/permission.ts';

const caller: Caller = {
  ...{ keyId: 'key_yAlP9B8aUrgK', credentialId: 'yAlP9B8aUrgK', tenantId: 'tenant_acme' },
  ...{ environment: 'live', keyType: 'secret', role: 'reader', permissions: ['*:read'] },
  granted: new Permissions(['*:read']),
  networks: new AllowedNetworks(['203.0.113.0/24']),
  ...{ origins: ['https://shop.example'], secretId: 's1', subscription: undefined, limits: [] },
  ...{ oauthClientId: undefined, usageIdentifierKey: undefined, digest: { pepper: 'v1', hmac: 'x' } },
  endsAt: 1000,
};
const owner = { tenantId: 'tenant_acme', environment: 'live', keyType: 'secret' };
const refused = (code: string, cause = code) => ({ allowed: false, code, cause, keyId: caller.keyId, owner });

describe('a caller is refused', () => {
  const request = {
    sourceIp: '203.0.113.7',
    origin: 'https://shop.example',
    method: 'GET',
    path: '/v1/orders',
  };
  const ask = (changes: Partial<Parameters<typeof refusalOf>[1]>) =>
    refusalOf(caller, { ...request, ...changes }, new RouteTable([]));

  test('nothing where network, origin and permission hold', () => {
    expect(ask({})).toBeUndefined();
  });

  test('from another network first, then from another origin, then without the permission', () => {
    const wrong = { sourceIp: '198.51.100.1', origin: 'https://evil.example', method: 'POST' };
    expect(ask(wrong)).toEqual(refused('network_not_allowed'));
    expect(ask({ ...wrong, sourceIp: request.sourceIp })).toEqual(refused('origin_not_allowed'));
    expect(ask({ method: 'POST' })).toEqual(refused('insufficient_permissions', 'permission_missing'));
  });

  test('no permission where no route is asked about, but network and origin all the same', () => {
    expect(ask({ method: 'POST', path: undefined })).toBeUndefined();
    expect(ask({ sourceIp: undefined, path: undefined })).toEqual(refused('network_not_allowed'));
    expect(ask({ origin: undefined, path: undefined })).toEqual(refused('origin_not_allowed'));
  });
});

describe('a route', () => {
  const requirement = (open: boolean, ...actions: ('read' | 'write')[]) =>
    ({ open, needs: actions.map((action) => ({ resource: 'orders', action })) }) as Parameters<
      typeof permissionRefusal
    >[1];
  const grants = (keyType: Caller['keyType'], ...permissions: string[]) => ({
    keyType,
    granted: new Permissions(permissions),
  });

  test('that is open may be called by everybody', () => {
    expect(permissionRefusal(grants('publishable'), requirement(true, 'write'))).toBeUndefined();
    expect(permissionRefusal(grants('secret'), requirement(true, 'write'))).toBeUndefined();
  });

  test('that is not open is closed to publishable keys, whatever they are granted', () => {
    expect(permissionRefusal(grants('publishable', '*:*'), requirement(false))).toBe('route_not_public');
  });

  test('wants all of its scopes, whoever calls and however open it is', () => {
    const scoped = { ...requirement(true), scopes: ['get', 'put'] };
    for (const scopes of [undefined, [], ['get'], ['get put'], ['GET', 'put']])
      expect(permissionRefusal({ ...grants('subscription', '*:*'), scopes }, scoped)).toBe('scope_missing');
    const all = { ...grants('subscription', '*:*'), scopes: ['put', 'get'] };
    expect(permissionRefusal(all, scoped)).toBeUndefined();
    expect(permissionRefusal(all, { ...requirement(false, 'read'), scopes: ['get'] })).toBeUndefined();
  });

  test('wants all that it needs, and not only one of it', () => {
    const both = requirement(false, 'read', 'write');
    expect(permissionRefusal(grants('secret', 'orders:read'), both)).toBe('permission_missing');
    expect(permissionRefusal(grants('secret', 'orders:read', 'orders:write'), both)).toBeUndefined();
    expect(permissionRefusal(grants('subscription', '*:*'), both)).toBeUndefined();
  });
});

describe('where a token is required', () => {
  const token = { clientId: 'client-1', expiresAt: 900 };

  test('none, a bad one and one of another client are told apart in the logs', () => {
    expect(withToken(caller, { sent: undefined, verified: undefined, clientIds: undefined })).toEqual(
      refused('invalid_token', 'no_token'),
    );
    expect(withToken(caller, { sent: 'x', verified: undefined, clientIds: undefined })).toEqual(
      refused('invalid_token'),
    );
    for (const clientId of ['client-2', undefined]) {
      expect(
        withToken(caller, { sent: 'x', verified: { ...token, clientId }, clientIds: ['client-1'] }),
      ).toEqual(refused('invalid_token', 'token_of_other_client'));
    }
    expect(withToken(caller, { sent: 'x', verified: token, clientIds: [] })).toMatchObject({
      cause: 'token_of_other_client',
    });
  });

  test('a good one names the client, and what was decided ends with whichever ends first', () => {
    expect(withToken(caller, { sent: 'x', verified: token, clientIds: ['client-0', 'client-1'] })).toEqual({
      allowed: true,
      caller: { ...caller, oauthClientId: 'client-1', endsAt: 900 },
    });
    expect(
      withToken(caller, { sent: 'x', verified: { ...token, expiresAt: 1001 }, clientIds: undefined }),
    ).toMatchObject({ caller: { endsAt: 1000 } });
    expect(
      withToken(caller, { sent: 'x', verified: { ...token, clientId: undefined }, clientIds: undefined }),
    ).toMatchObject({
      caller: { oauthClientId: undefined },
    });
  });
});
