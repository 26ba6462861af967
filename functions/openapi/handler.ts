import { required } from '../../core/aws/lambda-environment.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { openApiOperations } from './openapi-operations.ts';

const discovery = {
  issuer: required(process.env, ENV.issuer),
  clientId: process.env[ENV.commandClientId] || null,
};

export const handler = managementHandler(openApiOperations, { ...deployedDependencies(), discovery });
