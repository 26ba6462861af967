import { deployedSurroundings } from '../../core/http/deployed-surroundings.ts';
import { managementHandler } from '../../core/http/management-handler.ts';
import { openApiOperations } from './openapi-operations.ts';

export const handler = managementHandler(openApiOperations, deployedSurroundings());
