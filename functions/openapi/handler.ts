import { managementHandler } from '../../core/management/management-handler.ts';
import { deployedSurroundings } from '../../core/wiring/deployed-surroundings.ts';
import { openApiOperations } from './openapi-operations.ts';

export const handler = managementHandler(openApiOperations, deployedSurroundings());
