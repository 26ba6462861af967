import { describe, expect, test } from '@jest/globals';
import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { handler } from '../../functions/token-claims/handler.ts';

/** As Cognito sends it, for somebody of the group `admin` with the tenants `*`. */
function signIn(changes: {
  attributes?: Record<string, string>;
  groups?: string[];
  trigger?: PreTokenGenerationV2TriggerEvent['triggerSource'];
}): PreTokenGenerationV2TriggerEvent {
  return {
    version: '2',
    triggerSource: changes.trigger ?? 'TokenGeneration_HostedAuth',
    region: 'eu-central-1',
    userPoolId: 'eu-central-1_AbCdEfGhI',
    userName: 'a1b2c3d4',
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: 'client' },
    request: {
      userAttributes: {
        sub: 'a1b2c3d4',
        email: 'admin@example.com',
        'cognito:user_status': 'CONFIRMED',
        'custom:tenants': '*',
        ...changes.attributes,
      },
      groupConfiguration: { groupsToOverride: changes.groups ?? ['admin'], iamRolesToOverride: [] },
      scopes: ['openid', 'email'],
    },
    response: { claimsAndScopeOverrideDetails: {} },
  } as unknown as PreTokenGenerationV2TriggerEvent;
}

async function claims(changes: Parameters<typeof signIn>[0] = {}): Promise<Record<string, unknown>> {
  const { response } = await handler(signIn(changes));
  return { ...response.claimsAndScopeOverrideDetails.accessTokenGeneration?.claimsToAddOrOverride };
}

describe('an access token of the user pool', () => {
  test('says who it is, what they are, for whom they may act, and that two factors were given', async () => {
    expect(await claims()).toEqual({
      email: 'admin@example.com',
      'keywright:role': 'admin',
      'keywright:tenants': ['*'],
      'keywright:amr': ['pwd', 'mfa'],
    });
  });

  test('lists every tenant of the person', async () => {
    const attributes = { 'custom:tenants': ' tenant_acme  tenant_globex ' };
    expect(await claims({ attributes })).toMatchObject({
      'keywright:tenants': ['tenant_acme', 'tenant_globex'],
    });
  });

  test('gives a person without a group no role and a person without tenants none', async () => {
    const given = await claims({ groups: ['somethingElse'], attributes: { 'custom:tenants': '' } });
    expect(given).not.toHaveProperty('keywright:role');
    expect(given['keywright:tenants']).toEqual([]);
  });

  test('gives a person of several groups the first of admin, developer, auditor', async () => {
    expect(await claims({ groups: ['auditor', 'developer'] })).toMatchObject({
      'keywright:role': 'developer',
    });
    expect(await claims({ groups: ['auditor', 'developer', 'admin'] })).toMatchObject({
      'keywright:role': 'admin',
    });
  });

  test.each([
    ['signed in by another provider', { attributes: { 'cognito:user_status': 'EXTERNAL_PROVIDER' } }],
    [
      'linked to an account elsewhere',
      { attributes: { identities: '[{"userId":"1","providerName":"Google","providerType":"Google"}]' } },
    ],
    ['on a remembered device', { trigger: 'TokenGeneration_AuthenticateDevice' as const }],
  ])('claims no second factor for a person %s', async (_, changes) => {
    expect(await claims(changes)).not.toHaveProperty('keywright:amr');
  });

  test('still claims the second factor when it is renewed', async () => {
    const renewed = await claims({ trigger: 'TokenGeneration_RefreshTokens' });
    expect(renewed['keywright:amr']).toEqual(['pwd', 'mfa']);
  });

  test('sets no claim that Cognito reserves, and leaves the ID token alone', async () => {
    const { response } = await handler(signIn({}));
    expect(Object.keys(response.claimsAndScopeOverrideDetails)).toEqual(['accessTokenGeneration']);
    const names = Object.keys(await claims());
    for (const reserved of ['amr', 'acr', 'sub', 'iss', 'aud', 'client_id', 'scope', 'username']) {
      expect(names).not.toContain(reserved);
    }
    expect(names.filter((name) => name.startsWith('cognito:') || name.startsWith('dev:'))).toEqual([]);
  });
});
