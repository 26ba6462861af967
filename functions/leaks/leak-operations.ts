import { type Operations, operation } from '../../core/management/operation.ts';
import { LONGEST_TEXT, leakSchemas } from '../../core/management/schemas/leak-schemas.ts';
import type { LeakDependencies } from './dependencies.ts';
import { endLeaked } from './end-leaked.ts';
import { reportFromGitHub } from './report-from-github.ts';

export const leakOperations: Operations<'leaks', LeakDependencies> = {
  reportLeaks: operation(leakSchemas.reportLeaks, async (request, dependencies: LeakDependencies) => {
    const leaks = request.body.keys.map((text) => ({
      text: textOf(text),
      source: { by: 'report' } as const,
    }));
    return { status: 200, body: { outcomes: await endLeaked(leaks, request, dependencies) } };
  }),
  reportLeaksFromGitHub: operation(leakSchemas.reportLeaksFromGitHub, reportFromGitHub),
};

/** What can't be a key is no fault of the report: it stands for a text that is none. */
function textOf(reported: unknown): string {
  return typeof reported === 'string' && reported.length <= LONGEST_TEXT ? reported : '';
}
