import { type Operations, operation } from '../../core/http/operation.ts';
import { usageSchemas } from '../../core/http/schemas/usage-schemas.ts';
import type { UsageDependencies } from './dependencies.ts';
import { getUsage } from './get-usage.ts';

export const usageOperations: Operations<'usage', UsageDependencies> = {
  getUsage: operation(usageSchemas.getUsage, getUsage),
};
