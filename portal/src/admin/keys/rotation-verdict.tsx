import Alert from '@cloudscape-design/components/alert';
import { senderInWords } from '../../../../core/contract/usage-names.ts';
import { lengthOf } from '../../shared/show/time.tsx';
import type { Overlap } from './overlap.ts';

const capitalised = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** What the uses of two secrets say about ending the older. */
export function RotationVerdict({ of: { verdict, quietFor, old, new: current } }: { of: Overlap }) {
  const since = lengthOf((quietFor ?? 0) * 1000) ?? 'less than a minute';
  if (verdict === 'in_use') {
    const [network] = old?.networks ?? [];
    return (
      <Alert type="warning" header="In use: not safe to end">
        {capitalised(senderInWords(network))} still sends the old secret; the last time was {since} ago.
      </Alert>
    );
  }
  if (current?.lastUsedAt == null) {
    return (
      <Alert type="info" header="The new secret has not been used yet">
        Put it where the old one is used.{' '}
        {verdict === 'never_used'
          ? 'The old one was not used either.'
          : `The old one has been quiet for ${since}.`}
      </Alert>
    );
  }
  return (
    <Alert type="success" header="Quiet: the old secret can end">
      {verdict === 'never_used' ? 'It was never used.' : `It was last sent ${since} ago.`} Uses are counted
      within minutes.
    </Alert>
  );
}
