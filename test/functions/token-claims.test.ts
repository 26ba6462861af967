import { afterEach, describe, expect, test } from '@jest/globals';
import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { AwsError } from '../../core/aws/aws-call.ts';
import { signedClient } from '../../core/aws/signed-client.ts';
import { withClaims } from '../../functions/token-claims/claims.ts';
import { asksSecondFactor } from '../../functions/token-claims/second-factor.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import {
  answer,
  type Behaviour,
  type HostileServer,
  refusal,
  reset,
  silence,
  startHostileServer,
} from '../support/hostile-server.ts';
import { silentLogger } from '../support/silent-logger.ts';

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

/** Cognito's answer for somebody whose factor is activated. */
const activated = () =>
  JSON.stringify({ UserStatus: 'CONFIRMED', UserMFASettingList: ['SOFTWARE_TOKEN_MFA'] });

const opened: HostileServer[] = [];
let cognito: HostileServer;
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

/** The claims of a sign-in, with a user pool whose answers are these, in turn. */
async function claims(
  changes: Parameters<typeof signIn>[0] = {},
  ...answers: Behaviour[]
): Promise<Record<string, unknown>> {
  cognito = await startHostileServer(...(answers.length > 0 ? answers : [answer(200, activated())]));
  opened.push(cognito);
  const call = signedClient({
    service: 'cognito-idp',
    region: 'eu-central-1',
    endpoint: cognito.url,
    credentials: () => ({ ...CREDENTIALS, sessionToken: undefined }),
    // Who stays silent is soon given up; who answers may be on a machine that is busy elsewhere.
    ...(answers.includes(silence)
      ? { attemptMilliseconds: 200, deadlineMilliseconds: 300 }
      : { attemptMilliseconds: 5000, deadlineMilliseconds: 10_000 }),
    now: Date.now,
    random: Math.random,
  });
  const { response } = await withClaims(signIn(changes), {
    asksSecondFactor: (user) => asksSecondFactor(call, user),
    logger: silentLogger,
  });
  const { claimsAndScopeOverrideDetails: details } = response;
  expect(Object.keys(details)).toEqual(['accessTokenGeneration']);
  return { ...details.accessTokenGeneration?.claimsToAddOrOverride };
}

const asked = () => cognito.requests.map(({ headers }) => String(headers['x-amz-target']).split('.')[1]);

describe('an access token of the user pool', () => {
  test('says who it is, what they are, for whom they may act, and that two factors were given', async () => {
    expect(await claims()).toEqual({
      email: 'admin@example.com',
      'keywright:role': 'admin',
      'keywright:tenants': ['*'],
      'keywright:amr': ['pwd', 'mfa'],
    });
  });

  test('says that an e-mail address is verified where Cognito says so, and nothing else that looks like it', async () => {
    const verified = async (value: string) =>
      (await claims({ attributes: { email_verified: value } }))['keywright:email_verified'];
    expect(await verified('true')).toBe('true');
    for (const value of ['false', '', 'TRUE', '1', ' true']) expect(await verified(value)).toBeUndefined();
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
    ['with a temporary password', { trigger: 'TokenGeneration_NewPasswordChallenge' as const }],
    ['whose token is renewed', { trigger: 'TokenGeneration_RefreshTokens' as const }],
  ])('claims no second factor for a person %s, and asks nobody', async (_, changes) => {
    expect(await claims(changes)).not.toHaveProperty('keywright:amr');
    expect(cognito.requests).toEqual([]);
  });

  test('sets no claim that Cognito reserves, and leaves the ID token alone', async () => {
    const names = Object.keys(await claims());
    for (const reserved of ['amr', 'acr', 'sub', 'iss', 'aud', 'client_id', 'scope', 'username']) {
      expect(names).not.toContain(reserved);
    }
    expect(names.filter((name) => name.startsWith('cognito:') || name.startsWith('dev:'))).toEqual([]);
  });
});

describe('a pool that requires a second factor gives tokens to who has none yet, so', () => {
  const none = answer(200, JSON.stringify({ UserStatus: 'CONFIRMED' }));

  test('a first sign-in claims none, whether or not its factor was set up meanwhile', async () => {
    const nothing = refusal(400, 'InvalidParameterException');
    expect(await claims({}, none, nothing)).not.toHaveProperty('keywright:amr');
    expect(asked()).toEqual(['AdminGetUser', 'AdminSetUserMFAPreference']);
    const setUp = answer(200, '{}');
    expect(await claims({}, none, setUp)).not.toHaveProperty('keywright:amr');
    expect(JSON.parse(cognito.requests[1]?.body ?? '')).toEqual({
      UserPoolId: 'eu-central-1_AbCdEfGhI',
      Username: 'a1b2c3d4',
      SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true },
    });
  });

  test('a sign-in with a factor that was activated before claims it', async () => {
    expect(await claims({})).toMatchObject({ 'keywright:amr': ['pwd', 'mfa'] });
    expect(asked()).toEqual(['AdminGetUser']);
  });

  test('another factor than the pool’s, or a list that is none, claims nothing', async () => {
    for (const list of [[], ['SMS_MFA'], ['EMAIL_OTP'], 'SOFTWARE_TOKEN_MFA', null]) {
      const said = answer(200, JSON.stringify({ UserMFASettingList: list }));
      expect(await claims({}, said, answer(200, '{}'))).not.toHaveProperty('keywright:amr');
    }
  });

  test('that somebody has no factor yet is nothing that the log warns of; what else Cognito refuses is', async () => {
    const who = { userPoolId: 'eu-central-1_AbCdEfGhI', userName: 'a1b2c3d4' };
    const refusing = (name: string) => async (operation: string) => {
      if (operation === 'AdminGetUser') return {};
      throw new AwsError(name, 400, 'refused');
    };
    expect(await asksSecondFactor(refusing('InvalidParameterException'), who)).toBe(false);
    await expect(asksSecondFactor(refusing('NotAuthorizedException'), who)).rejects.toThrow('refused');
  });

  test('with Cognito slow, down or refusing, people sign in and claim nothing', async () => {
    for (const fault of [
      silence,
      reset,
      refusal(500, 'InternalErrorException'),
      refusal(400, 'UserNotFoundException'),
    ]) {
      const given = await claims({}, fault);
      expect(given).toMatchObject({ 'keywright:role': 'admin' });
      expect(given).not.toHaveProperty('keywright:amr');
    }
  });
});
