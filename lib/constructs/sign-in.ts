import { Duration } from 'aws-cdk-lib';
import type { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { ENV, RESOURCE } from '../../core/contract/deployment.ts';
import { AUTH_ROUTES } from '../../core/contract/session.ts';
import { type KeywrightConfig, portalOrigins } from '../config.ts';
import { KeywrightFunction } from './function.ts';
import type { Issuer } from './identity.ts';
import { allowOriginSecret } from './origin-secret.ts';
import { allowPeopleAuthorizer, allowSession } from './people-permissions.ts';
import type { ControlStore } from './store.ts';
import { suppress } from './suppression.ts';

interface SignInProps {
  readonly config: KeywrightConfig;
  readonly store: ControlStore;
  readonly issuer: Issuer;
}

/** For all routes of a function: one for each would fill the 500 resources that a stack may have. */
export const ONE_PERMISSION = { scopePermissionToRoute: false };

/** Requests a second of one route of `/auth` that everybody together may send: each is a person's step. */
const REQUESTS_PER_SECOND = 100;

/**
 * How people get in: the function behind `/auth`, which signs them in and is the only one to hold the portal's client
 * secret and to read refresh tokens, and the authorizer that takes what they come with afterwards.
 */
export class SignIn extends Construct {
  readonly authorizer: HttpLambdaAuthorizer;
  readonly authorizerFunction: KeywrightFunction;
  /** Absent where the issuer knows no portal: people then come with access tokens alone. */
  readonly session: KeywrightFunction | undefined;

  constructor(scope: Construct, id: string, { config, store, issuer }: SignInProps) {
    super(scope, id);
    const { logRetentionDays } = config;
    const common = {
      [ENV.issuer]: issuer.issuer,
      [ENV.audiences]: issuer.audiences.join(' '),
      [ENV.portalOrigins]: issuer.portal === null ? '' : portalOrigins(config).join(' '),
    };
    this.authorizerFunction = new KeywrightFunction(this, 'Authorizer', {
      name: 'people-authorizer',
      description: 'Keywright: who calls the management API',
      memoryMiB: 512,
      timeoutSeconds: 8,
      logRetentionDays,
      tracing: true,
    });
    allowPeopleAuthorizer(this.authorizerFunction, store);
    const { recentSignInSeconds } = config;
    setAll(this.authorizerFunction, {
      ...common,
      [ENV.recentSignInSeconds]: String(recentSignInSeconds),
      [ENV.sessionFunction]: RESOURCE.session,
    });
    this.authorizer = new HttpLambdaAuthorizer('SignedIn', this.authorizerFunction, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      resultsCacheTtl: Duration.seconds(0),
      identitySource: [],
    });
    if (issuer.portal === null) return;
    this.session = new KeywrightFunction(this, 'Session', {
      name: 'session',
      functionName: RESOURCE.session,
      description: 'Keywright: sign-in of people, for the portals',
      memoryMiB: 512,
      timeoutSeconds: 20,
      logRetentionDays,
      tracing: true,
    });
    const { clientId, secretArn, scopes, stepUpAcrValues } = issuer.portal;
    allowSession(this.session, store, secretArn);
    allowOriginSecret(this.session, store.keyArn);
    setAll(this.session, {
      ...common,
      [ENV.clientId]: clientId,
      [ENV.scopes]: scopes.join(' '),
      [ENV.stepUpAcrValues]: stepUpAcrValues,
    });
  }

  /** Serves `/auth`. @returns the routes' limits, for the stage */
  addRoutes(api: HttpApi): { readonly limits: Record<string, object>; readonly routes: Construct[] } {
    if (this.session === undefined) return { limits: {}, routes: [] };
    const integration = new HttpLambdaIntegration('SessionIntegration', this.session, ONE_PERMISSION);
    const routes = AUTH_ROUTES.flatMap((key) => {
      const [method = '', path = ''] = key.split(' ');
      return api.addRoutes({
        path,
        methods: [method as HttpMethod],
        integration,
        authorizer: new HttpNoneAuthorizer(),
      });
    });
    for (const route of routes) {
      suppress(route, {
        id: 'AwsSolutions-APIG4',
        reason: 'It is where people who have not signed in yet do so, or sign out.',
      });
    }
    const limit = { ThrottlingRateLimit: REQUESTS_PER_SECOND, ThrottlingBurstLimit: 5 * REQUESTS_PER_SECOND };
    return { limits: Object.fromEntries(AUTH_ROUTES.map((key) => [key, limit])), routes };
  }
}

function setAll(fn: KeywrightFunction, environment: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(environment)) fn.addEnvironment(name, value);
}
