import { managementHandler } from '../../core/management/management-handler.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { openApiOperations } from './openapi-operations.ts';

export const handler = managementHandler(openApiOperations, deployedDependencies());
