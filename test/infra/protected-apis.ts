import { Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AuthorizationType, Definition, GraphqlApi } from 'aws-cdk-lib/aws-appsync';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { TemplateResource } from '../../emulator/template/resources.ts';
import { emptyApp, keywrightApp } from '../../lib/app.ts';
import { parseConfig, told } from '../../lib/config.ts';
import {
  type AuthorizerConfig,
  KeywrightAuthorizer,
  type KeywrightAuthorizerProps,
} from '../../lib/constructs/authorizer.ts';
import { allowGuard, type GuardProps } from '../../lib/constructs/guard.ts';
import { resourcesOf } from './synthesis.ts';

type Resources = readonly TemplateResource[];

const operated = parseConfig({ vendor: 'acme' });
const config = told(operated);
export const store = {
  tableArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/keywright',
  regionalTableArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/keywright-regional',
  auditTableArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/keywright-audit',
  usageTableArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/keywright-usage',
  pepperArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:keywright/pepper-AbCdEf',
  busArn: 'arn:aws:events:eu-central-1:111122223333:event-bus/keywright',
  keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f',
};

type Protect = (stack: Stack, authorizer: KeywrightAuthorizer) => void;

/** What a stack of an operator's own looks like that protects its API so. */
export function protect(how: Protect, props: Partial<KeywrightAuthorizerProps> = {}): Resources {
  return resourcesOf((outdir) => {
    const app = emptyApp({ outdir });
    const stack = new Stack(app, 'Theirs');
    how(
      stack,
      new KeywrightAuthorizer(stack, 'Authorizer', { apiId: 'api_0123456789ab', config, store, ...props }),
    );
    return app;
  });
}

/** What a stack looks like whose function may use a guard so. */
export function guarded(props: Omit<GuardProps, 'access'>): Resources {
  return resourcesOf((outdir) => {
    const app = emptyApp({ outdir });
    const stack = new Stack(app, 'Theirs');
    const fn = new LambdaFunction(stack, 'Backend', {
      code: Code.fromInline('//'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_22_X,
      // The library's own has a managed policy, which is not in the template.
      role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    });
    allowGuard(fn, { access: 'table', store, config, ...props });
    return app;
  });
}

export const restApi: Protect = (stack, authorizer) => {
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
  api.root.addMethod('GET', new MockIntegration(), { authorizer: authorizer.forRestApi() });
};
export const tokenRestApi: Protect = (stack, authorizer) => {
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
  api.root.addMethod('GET', new MockIntegration(), { authorizer: authorizer.forTokenRestApi() });
};
export const httpApi: Protect = (stack, authorizer) => {
  new HttpApi(stack, 'Api').addRoutes({
    path: '/v1/{proxy+}',
    methods: [HttpMethod.ANY],
    integration: new HttpUrlIntegration('Backend', 'https://backend.example.com'),
    authorizer: authorizer.forHttpApi(),
  });
};
export const webSocketApi: Protect = (stack, authorizer) => {
  new WebSocketApi(stack, 'Api', {
    connectRouteOptions: {
      integration: new WebSocketMockIntegration('Connect'),
      authorizer: authorizer.forWebSocketApi(),
    },
  });
};

export const graphqlApi: Protect = (stack, authorizer) => {
  new GraphqlApi(stack, 'Api', {
    name: 'orders',
    definition: Definition.fromSchema({
      bind: (api) => ({ apiId: (api as GraphqlApi).apiId, definition: 'type Query { order: ID }' }),
    }),
    authorizationConfig: {
      defaultAuthorization: {
        authorizationType: AuthorizationType.LAMBDA,
        lambdaAuthorizerConfig: authorizer.forAppSync(),
      },
    },
  });
};

/** Keywright with a stack beside it that protects a REST API and names no store. */
export function protectBeside(): Resources {
  return resourcesOf((outdir) => {
    const app = keywrightApp(operated, { outdir });
    const stack = new Stack(app, 'Theirs');
    restApi(stack, new KeywrightAuthorizer(stack, 'Authorizer', { apiId: 'api_0123456789ab' }));
    return app;
  });
}

/** What a stack in a Region looks like that protects an API and guards a backend, as text, told of these Regions. */
export function protectIn(region: string | undefined, settings: AuthorizerConfig): string {
  const app = emptyApp();
  const stack = new Stack(app, 'Theirs', region === undefined ? {} : { env: { region } });
  restApi(
    stack,
    new KeywrightAuthorizer(stack, 'Authorizer', { apiId: 'api_0123456789ab', config: settings }),
  );
  const fn = new LambdaFunction(stack, 'Backend', {
    code: Code.fromInline('//'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_22_X,
  });
  allowGuard(fn, { access: 'table', config: settings });
  return JSON.stringify(app.synth().stacks[0]?.template);
}
