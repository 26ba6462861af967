import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type App, Duration, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { createGateway } from '../../emulator/api-gateway/gateway.ts';
import { startFunctions } from '../../emulator/deploy.ts';
import type { ResolvedTemplates } from '../../emulator/template.ts';
import { emptyApp } from '../../lib/app.ts';
import { parseConfig } from '../../lib/config.ts';
import { KeywrightAuthorizer } from '../../lib/constructs/authorizer.ts';
import { KeywrightFunction } from '../../lib/constructs/function.ts';
import { allowGuard } from '../../lib/constructs/guard.ts';
import { serve, TARGET } from '../emulator/api-gateway-fixture.ts';
import { CREDENTIALS } from './credentials.ts';

/** What APIs of the subscription scheme may ask for beside the key, and what API Gateway asks authorizers in. */
export interface ProtectedHttpApi {
  readonly name: string;
  readonly apiId: string;
  readonly clientKey: boolean;
  readonly oauth: boolean;
  readonly payload: '1.0' | '2.0';
}

/** API Gateway in front of functions of its own. */
export interface HttpGateway {
  readonly url: string;
  close(): Promise<void>;
}

/** The stage of all of these APIs, and their environment. */
export const STAGE = 'sandbox';

/** A stack of an operator's own: these HTTP APIs, in front of a backend that says what it was told of the caller. */
export function stackOf(apis: readonly ProtectedHttpApi[], outdir: string): App {
  const scope = `${TARGET.region}:${TARGET.accountId}`;
  const store = {
    tableArn: `arn:aws:dynamodb:${scope}:table/keywright`,
    regionalTableArn: `arn:aws:dynamodb:${scope}:table/keywright-regional`,
    auditTableArn: `arn:aws:dynamodb:${scope}:table/keywright-audit`,
    usageTableArn: `arn:aws:dynamodb:${scope}:table/keywright-usage`,
    pepperArn: `arn:aws:secretsmanager:${scope}:secret:keywright/pepper-AbCdEf`,
    busArn: `arn:aws:events:${scope}:event-bus/keywright`,
    keyArn: `arn:aws:kms:${scope}:key/0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f`,
  };
  const app = emptyApp({ outdir });
  const stack = new Stack(app, 'Theirs');
  const backend = new KeywrightFunction(stack, 'Backend', {
    name: 'demo-backend',
    description: 'Says what it was told of the caller',
    memoryMiB: 128,
    timeoutSeconds: 5,
    logRetentionDays: parseConfig({}).logRetentionDays,
  });
  allowGuard(backend, { access: 'table', store });
  for (const { name, apiId, payload } of apis) {
    const authorizer = new KeywrightAuthorizer(stack, `${name}-authorizer`, { apiId, store });
    const httpApi = new HttpApi(stack, name, { apiName: name, createDefaultStage: false });
    new HttpStage(stack, `${name}-stage`, { httpApi, stageName: STAGE, autoDeploy: true });
    httpApi.addRoutes({
      path: '/v1/{proxy+}',
      methods: [HttpMethod.ANY],
      integration: new HttpLambdaIntegration(`${name}-backend`, backend),
      authorizer: payload === '2.0' ? authorizer.forHttpApi() : inPayload1(authorizer),
    });
  }
  return app;
}

/** As an API has it that was made with the authorizers' older payload. */
function inPayload1(authorizer: KeywrightAuthorizer): HttpLambdaAuthorizer {
  return new HttpLambdaAuthorizer('payload-1-authorizer', authorizer.function, {
    responseTypes: [HttpLambdaResponseType.IAM],
    identitySource: [],
    resultsCacheTtl: Duration.seconds(0),
  });
}

/** @param awsUrl where its functions find AWS's services */
export async function gatewayOf(templates: ResolvedTemplates, awsUrl: string): Promise<HttpGateway> {
  const logs = { writer: () => () => undefined };
  const aws = { url: awsUrl, credentials: CREDENTIALS };
  const functions = startFunctions(templates, { aws, region: TARGET.region, logs });
  const { listener } = createGateway({
    ...TARGET,
    stacks: templates.stacks,
    invoke: functions.invoke,
    accessLog: () => undefined,
    now: () => new Date(),
  });
  const server = await serve(listener);
  return {
    url: server.url,
    close: async () => {
      await server.close();
      await functions.close();
    },
  };
}

/** An address of this machine at which nobody listens. */
export async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
