import { CfnOutput, Duration, SecretValue, Stack } from 'aws-cdk-lib';
import {
  CfnManagedLoginBranding,
  type CfnUserPoolClient,
  ClientAttributes,
  FeaturePlan,
  LambdaVersion,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  StringAttribute,
  UserPool,
  type UserPoolClient,
  UserPoolGroup,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { RESOURCE } from '../../core/contract/deployment.ts';
import type { Role } from '../../core/contract/management-route.ts';
import { CALLBACK_PATH, CLI_CALLBACK_URLS } from '../../core/contract/session.ts';
import { type KeywrightConfig, portalOrigins } from '../config.ts';
import type { OidcIdentityConfig } from '../config-parts.ts';
import { KeywrightFunction } from './function.ts';
import { removalPolicyOf } from './removal-policy.ts';
import { suppress } from './suppression.ts';

/** Whose access tokens the management API takes. */
export interface Issuer {
  readonly issuer: string;
  /** Of the access tokens of its clients; the first is the command's, or the only one. */
  readonly audiences: readonly string[];
  /** Whom the command signs people in as; null where nobody said. */
  readonly commandClientId: string | null;
  /** Who the portals are there; null where they are nobody. */
  readonly portal: PortalClient | null;
}

/** The portals' confidential client at an issuer. */
export interface PortalClient {
  readonly clientId: string;
  /** Of the secret that holds the client secret. */
  readonly secretArn: string;
  readonly scopes: readonly string[];
  readonly stepUpAcrValues: string;
}

/**
 * To learn whether a person of this pool has a second factor, and to activate one that was set up; nothing of
 * passwords or groups. A policy of its own, which the function does not wait for: the pool names the function, so
 * the function's own policies, which it waits for, could not name the pool.
 */
function allowSecondFactors(fn: KeywrightFunction, { userPoolArn }: UserPool): void {
  if (fn.role === undefined) throw new Error('the function has no role');
  new Policy(fn, 'SecondFactors', {
    roles: [fn.role],
    statements: [
      new PolicyStatement({
        actions: ['cognito-idp:AdminGetUser', 'cognito-idp:AdminSetUserMFAPreference'],
        resources: [userPoolArn],
      }),
    ],
  });
}

/** The pool's own domain is named after the account, which makes it the only one of that name. */
const poolDomain = (scope: Construct) => `keywright-${Stack.of(scope).account}`;

/** Where people sign in: the origin that a portal's forms may lead to beside its own. */
export function signInOrigin(scope: Construct, { identity }: Pick<KeywrightConfig, 'identity'>): string {
  if (identity.kind === 'oidc') return new URL(identity.issuer).origin;
  return `https://${poolDomain(scope)}.auth.${Stack.of(scope).region}.amazoncognito.com`;
}

/** An issuer of the operator's. The client secret is put into its secret by hand: no template may hold it. */
export function operatorsIssuer(
  scope: Construct,
  { issuer, audience, commandClientId, portalClient }: OidcIdentityConfig,
  key: IKey,
): Issuer {
  if (portalClient === null) return { issuer, audiences: [audience], commandClientId, portal: null };
  const { clientId, scopes, stepUpAcrValues } = portalClient;
  const { secretArn } = clientSecret(scope, key, undefined);
  return {
    issuer,
    audiences: [audience],
    commandClientId,
    portal: { clientId, secretArn, scopes, stepUpAcrValues },
  };
}

/** @param value random where undefined, until the operator puts the issuer's there */
function clientSecret(scope: Construct, key: IKey, value: SecretValue | undefined): Secret {
  const secret = new Secret(scope, 'PortalClientSecret', {
    secretName: RESOURCE.portalClientSecret,
    description: 'Keywright: what the portals prove to the issuer who they are with.',
    encryptionKey: key,
    ...(value !== undefined && { secretStringValue: value }),
  });
  suppress(secret, {
    id: 'AwsSolutions-SMG4',
    reason: 'The issuer makes it; a new one is put here by hand, and read within five minutes.',
  });
  return secret;
}

/** In the order in which one wins for a person who is in several groups. */
const ROLES: readonly Role[] = ['admin', 'developer', 'auditor'];

interface CognitoProps {
  readonly config: KeywrightConfig;
  readonly key: IKey;
}

/**
 * The default identity: a user pool, to which people can sign up where that is configured, with a second factor
 * (TOTP) for everyone from the second sign-in on, and two clients: the portals', with a secret, and the command
 * line's, without.
 *
 * A person's role is the pool group that they are in; their tenants stand in `custom:tenants`, separated
 * by spaces. functions/token-claims puts both into the access token.
 */
export class CognitoIdentity extends Construct implements Issuer {
  readonly issuer: string;
  readonly commandClientId: string;
  readonly audiences: readonly string[];
  readonly portal: PortalClient;
  readonly userPool: UserPool;

  constructor(scope: Construct, id: string, { config, key }: CognitoProps) {
    super(scope, id);
    this.userPool = this.#userPool(config);
    for (const [precedence, groupName] of ROLES.entries()) {
      new UserPoolGroup(this, `Group-${groupName}`, { userPool: this.userPool, groupName, precedence });
    }
    const cli = this.#client('Client', CLI_CALLBACK_URLS);
    const portal = this.#portalClient(config);
    const domain = this.userPool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: poolDomain(this) },
      // The classic pages know no `prompt`, by which a person is asked to confirm who that is.
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    this.issuer = this.userPool.userPoolProviderUrl;
    this.commandClientId = cli.userPoolClientId;
    this.audiences = [cli.userPoolClientId, portal.userPoolClientId];
    const { attrClientSecret } = portal.node.defaultChild as CfnUserPoolClient;
    const { secretArn } = clientSecret(this, key, SecretValue.unsafePlainText(attrClientSecret));
    this.portal = {
      clientId: portal.userPoolClientId,
      secretArn,
      scopes: [OAuthScope.OPENID.scopeName, OAuthScope.EMAIL.scopeName],
      stepUpAcrValues: '',
    };
    for (const [name, client] of Object.entries({ Cli: cli, Portal: portal })) {
      // Without a style of its own a client has no pages.
      new CfnManagedLoginBranding(this, `${name}Branding`, {
        userPoolId: this.userPool.userPoolId,
        clientId: client.userPoolClientId,
        useCognitoProvidedValues: true,
      });
    }
    new CfnOutput(this, 'UserPoolId', { value: this.userPool.userPoolId }).overrideLogicalId('UserPoolId');
    new CfnOutput(this, 'SignInUrl', { value: domain.baseUrl() }).overrideLogicalId('SignInUrl');
  }

  #userPool(config: KeywrightConfig): UserPool {
    const userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: config.portal.signUp.mode !== 'off',
      autoVerify: { email: true },
      signInAliases: { email: true },
      signInCaseSensitive: false,
      standardAttributes: { email: { required: true, mutable: true } },
      customAttributes: { tenants: new StringAttribute({ maxLen: 2048, mutable: true }) },
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      // Claims of access tokens can be set on this plan and above.
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: config.deletionProtection,
      removalPolicy: removalPolicyOf(config),
    });
    const claims = new KeywrightFunction(this, 'TokenClaims', {
      name: 'token-claims',
      description: 'Keywright: role, tenants and second factor into access tokens',
      memoryMiB: 128,
      timeoutSeconds: 5,
      logRetentionDays: config.logRetentionDays,
      tracing: true,
    });
    allowSecondFactors(claims, userPool);
    userPool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, claims, LambdaVersion.V2_0);
    suppress(userPool, {
      id: 'AwsSolutions-COG8',
      reason:
        'The Plus plan adds threat protection. Here a second factor is required of everybody, and who signs up, where that is configured, may do nothing until a tenant lets that person in.',
    });
    return userPool;
  }

  /** People can't write `custom:tenants` themselves: it is not among the client's writable attributes. */
  #portalClient(config: KeywrightConfig): UserPoolClient {
    const origins = portalOrigins(config);
    const callbackUrls = origins.map((origin) => origin + CALLBACK_PATH);
    const logoutUrls = origins.map((origin) => `${origin}/`);
    return this.#client('PortalClient', callbackUrls, { generateSecret: true, logoutUrls });
  }

  #client(
    id: string,
    callbackUrls: readonly string[],
    { generateSecret = false, logoutUrls = [] }: { generateSecret?: boolean; logoutUrls?: string[] } = {},
  ): UserPoolClient {
    return this.userPool.addClient(id, {
      generateSecret,
      preventUserExistenceErrors: true,
      // Naming one turns the others off: people sign in on the hosted page, and only there.
      authFlows: { userSrp: false },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
        callbackUrls: [...callbackUrls],
        ...(logoutUrls.length > 0 && { logoutUrls }),
      },
      writeAttributes: new ClientAttributes().withStandardAttributes({ email: true }),
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
      enableTokenRevocation: true,
    });
  }
}
