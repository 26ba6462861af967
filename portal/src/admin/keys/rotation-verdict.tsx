import Alert from '@cloudscape-design/components/alert';
import { relativeTime, useNow } from '../../shared/show/time.tsx';
import type { Key } from './key.ts';

const QUIET_MILLISECONDS = 3_600_000;

/** What the uses of two secrets say about ending the older. */
export function RotationVerdict({ of: key }: { of: Key }) {
  const now = useNow(5000);
  const [current, old] = key.secrets;
  if (old === undefined) return null;
  const quietSince = old.lastUsedAt === null ? undefined : now - Date.parse(old.lastUsedAt);
  if (quietSince !== undefined && quietSince < QUIET_MILLISECONDS) {
    return (
      <Alert type="warning" header="In use: not safe to end">
        Somebody sent the old secret {relativeTime(old.lastUsedAt ?? now, now)}.
      </Alert>
    );
  }
  if (current?.lastUsedAt == null) {
    return (
      <Alert type="info" header="The new secret has not been used yet">
        Put it where the old one is used. The old one{' '}
        {quietSince === undefined ? 'was not used either' : 'is quiet'}.
      </Alert>
    );
  }
  return (
    <Alert type="success" header="Quiet: the old secret can end">
      {quietSince === undefined
        ? 'It was never used.'
        : `It was last sent ${relativeTime(old.lastUsedAt ?? now, now)}.`}{' '}
      Last uses are known to about a minute.
    </Alert>
  );
}
