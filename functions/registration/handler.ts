import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { keywrightClient } from '../../client/keywright-client.ts';
import { signer } from '../../client/sigv4.ts';
import { endpointOf, lambdaCredentials, required } from '../../core/aws/lambda-environment.ts';
import { ENV, OPENAPI_FILE } from '../../core/contract/deployment.ts';
import { type CustomResourceEvent, carryOut } from './custom-resource.ts';
import { register } from './register.ts';

const { env } = process;
const api = keywrightClient({
  url: endpointOf(env, 'EXECUTE_API') ?? required(env, ENV.managementUrl),
  credentials: {
    sign: signer({ region: required(env, 'AWS_REGION'), credentials: async () => lambdaCredentials(env) }),
  },
});
const logger = new Logger();
const document = () =>
  JSON.parse(readFileSync(join(required(env, 'LAMBDA_TASK_ROOT'), OPENAPI_FILE), 'utf8'));

/** CloudFormation's call for a resource that is made, changed or deleted. */
export async function handler(event: CustomResourceEvent): Promise<void> {
  await carryOut(event, () => register(event, { api, document, pause, log: (line) => logger.info(line) }), {
    fetch,
    pause,
  });
}
