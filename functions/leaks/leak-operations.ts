import { type Operations, operation } from '../../core/http/operation.ts';
import { leakSchemas } from '../../core/http/schemas/leak-schemas.ts';
import type { LeakDependencies } from './dependencies.ts';
import { endLeaked } from './end-leaked.ts';
import { reportFromGitHub } from './report-from-github.ts';

export const leakOperations: Operations<'leaks', LeakDependencies> = {
  reportLeaks: operation(leakSchemas.reportLeaks, async (request, dependencies: LeakDependencies) => {
    const leaks = request.body.keys.map((text) => ({ text, source: { by: 'report' } as const }));
    return { status: 200, body: { outcomes: await endLeaked(leaks, request, dependencies) } };
  }),
  reportLeaksFromGitHub: operation(leakSchemas.reportLeaksFromGitHub, reportFromGitHub),
};
