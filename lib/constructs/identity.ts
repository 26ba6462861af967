import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import {
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
import { Construct } from 'constructs';
import type { Role } from '../../core/contract/management-route.ts';
import type { KeywrightConfig } from '../config.ts';
import { KeywrightFunction } from './function.ts';
import { removalPolicyOf } from './removal-policy.ts';
import { suppress } from './suppression.ts';

/** Whose access tokens the management API takes. */
export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
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

export function jwtAuthorizer({ issuer, audience }: Issuer): HttpJwtAuthorizer {
  return new HttpJwtAuthorizer('SignedIn', issuer, { jwtAudience: [audience] });
}

/** In the order in which one wins for a person who is in several groups. */
const ROLES: readonly Role[] = ['admin', 'developer', 'auditor'];

interface CognitoProps {
  readonly config: KeywrightConfig;
  readonly callbackUrls: readonly string[];
}

/**
 * The default identity: a user pool, to which people can sign up where that is configured, with a second factor (TOTP) for
 * everyone from the second sign-in on, and one client for portal and command line: authorization code with PKCE, no secret.
 *
 * A person's role is the pool group that they are in; their tenants stand in `custom:tenants`, separated
 * by spaces. functions/token-claims puts both into the access token.
 */
export class CognitoIdentity extends Construct implements Issuer {
  readonly issuer: string;
  readonly audience: string;
  readonly userPool: UserPool;

  constructor(scope: Construct, id: string, { config, callbackUrls }: CognitoProps) {
    super(scope, id);
    this.userPool = this.#userPool(config);
    for (const [precedence, groupName] of ROLES.entries()) {
      new UserPoolGroup(this, `Group-${groupName}`, { userPool: this.userPool, groupName, precedence });
    }
    const client = this.#client(callbackUrls);
    const domain = this.userPool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: poolDomain(this) },
      managedLoginVersion: ManagedLoginVersion.CLASSIC_HOSTED_UI,
    });
    this.issuer = this.userPool.userPoolProviderUrl;
    this.audience = client.userPoolClientId;
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
  #client(callbackUrls: readonly string[]): UserPoolClient {
    return this.userPool.addClient('Client', {
      generateSecret: false,
      preventUserExistenceErrors: true,
      // Naming one turns the others off: people sign in on the hosted page, and only there.
      authFlows: { userSrp: false },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
        callbackUrls: [...callbackUrls],
      },
      writeAttributes: new ClientAttributes().withStandardAttributes({ email: true }),
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
      enableTokenRevocation: true,
    });
  }
}
