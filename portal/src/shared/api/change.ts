import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { KeywrightError } from '../../../../client/keywright-client.ts';
import { type Flash, flash } from '../shell/flashes.ts';
import { isSignedOut, wantsSecondFactor } from './api.ts';

interface Options<Input, Result> {
  /** The paths of readings that the change makes stale; each begins the key of its queries. */
  readonly stale: readonly string[];
  /** What is said once it is done. */
  readonly done?: (result: Result, input: Input) => Flash | undefined;
  /** What could not be done, as the beginning of a sentence: "The key was not disabled". Absent where a form says so itself. */
  readonly failed?: string;
  readonly after?: (result: Result, input: Input) => void;
  /** Called where somebody else was faster, and nothing was done. */
  readonly onStale?: () => void;
}

/** A change by the API: never shown before it is done; its result is announced, and what it made stale is read anew. */
export function useChange<Input, Result>(
  run: (input: Input) => Promise<Result>,
  { stale, done, failed, after, onStale }: Options<Input, Result>,
): UseMutationResult<Result, Error, Input> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: async (result, input) => {
      const told = done?.(result, input);
      if (told) flash(told);
      after?.(result, input);
      await Promise.all(stale.map((path) => client.invalidateQueries({ queryKey: [path] })));
    },
    onError: (error) => {
      if (isStale(error)) onStale?.();
      if (failed !== undefined && !isAnsweredElsewhere(error)) flash(failure(failed, error));
    },
  });
}

/** Whether somebody else was faster: what the change was about is not as it was any more. */
export function isStale(error: unknown): boolean {
  return error instanceof KeywrightError && error.code === 'precondition_failed';
}

/** Whether a dialog of the shell speaks of it already. */
export function isAnsweredElsewhere(error: unknown): boolean {
  return wantsSecondFactor(error) || isSignedOut(error);
}

function failure(header: string, error: Error): Flash {
  const id = error instanceof KeywrightError && error.requestId ? ` Request ${error.requestId}.` : '';
  return { type: 'error', header, content: `${error.message}.${id}` };
}
