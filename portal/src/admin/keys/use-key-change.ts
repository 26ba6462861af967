import { useNavigate } from 'react-router';
import { isWaiting } from '../../../../client/keywright-client.ts';
import { useChange } from '../../shared/api/change.ts';
import type { Flash } from '../../shared/shell/flashes.ts';
import { baseOf } from '../scope.tsx';
import { type Key, STALE_WITH_KEY } from './key.ts';

interface KeyChangeOptions<Result> {
  readonly done: (result: Result) => Flash | undefined;
  readonly after: (result: Result) => void;
  /** Called where somebody else was faster. */
  readonly onStale?: () => void;
}

/** A change of a key, which is done at once, or waits for a second admin, whose page is shown then. */
export function useKeyChange<Input, Result extends object>(
  key: Key,
  run: (input: Input) => Promise<Result>,
  { done, after, onStale }: KeyChangeOptions<Result>,
) {
  const navigate = useNavigate();
  return useChange(run, {
    stale: STALE_WITH_KEY,
    ...(onStale && { onStale }),
    done: (result) =>
      isWaiting(result)
        ? { type: 'info', header: 'This waits for a second admin', content: 'Nothing was changed so far.' }
        : done(result),
    after: (result) => {
      if (isWaiting(result)) void navigate(`${baseOf(key.tenantId)}/queue/${result.approval.approvalId}`);
      else after(result);
    },
  });
}

/** The parameters of each operation on one key. */
export function paramsOf({ tenantId, keyId }: Key) {
  return { params: { path: { tenantId, keyId } } };
}
