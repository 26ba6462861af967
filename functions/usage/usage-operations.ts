import { type Operations, operation } from '../../core/management/operation.ts';
import { dryRunSchemas } from '../../core/management/schemas/dry-run-schemas.ts';
import { evidenceSchemas } from '../../core/management/schemas/evidence-schemas.ts';
import { summarySchemas } from '../../core/management/schemas/summary-schemas.ts';
import { usageSchemas } from '../../core/management/schemas/usage-schemas.ts';
import type { UsageDependencies } from './dependencies.ts';
import { explainRefusal } from './explain-refusal.ts';
import { getOverlap, getOverlapById } from './get-overlap.ts';
import { getReceipt } from './get-receipt.ts';
import { getSummary } from './get-summary.ts';
import { getUsage } from './get-usage.ts';
import { tryApi } from './try-api.ts';
import { tryKey, tryRole } from './try-change.ts';

export const usageOperations: Operations<'usage', UsageDependencies> = {
  getUsage: operation(usageSchemas.getUsage, getUsage),
  getSummary: operation(summarySchemas.getSummary, getSummary),
  explainRefusal: operation(evidenceSchemas.explainRefusal, explainRefusal),
  tryRole: operation(dryRunSchemas.tryRole, tryRole),
  tryKey: operation(dryRunSchemas.tryKey, tryKey),
  tryApi: operation(dryRunSchemas.tryApi, tryApi),
  getReceipt: operation(evidenceSchemas.getReceipt, getReceipt),
  getOverlap: operation(evidenceSchemas.getOverlap, getOverlap),
  getOverlapById: operation(evidenceSchemas.getOverlapById, getOverlapById),
};
