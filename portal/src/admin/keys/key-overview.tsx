import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useMe } from '../../shared/api/me.ts';
import { PersonName } from '../../shared/people/person-name.tsx';
import { CopyText } from '../../shared/show/copy-text.tsx';
import { Facts } from '../../shared/show/facts.tsx';
import { KeyStatus } from '../../shared/show/key-status.tsx';
import { rateInWords } from '../../shared/show/limits.ts';
import { Time } from '../../shared/show/time.tsx';
import { type Key, maskedText } from './key.ts';

export function KeyOverview({ of: key }: { of: Key }) {
  const { vendor } = useMe();
  const metadata = Object.entries(key.metadata);
  return (
    <Container header={<Header variant="h2">Overview</Header>}>
      <Facts
        columns={4}
        facts={[
          ['Status', <KeyStatus key="status" of={key} />],
          [
            'Key',
            <span key="key" className="mono small">
              {maskedText(key, vendor)}
            </span>,
          ],
          ['Key ID', <CopyText key="id" text={key.keyId} what="key ID" shown />],
          ['Type', key.type],
          ['Role', key.role],
          ['Last used', <Time key="used" at={key.lastUsedAt} fallback="Never" />],
          ['Expires', <Time key="ends" at={key.expiresAt} fallback="Never" />],
          ['Created', <Time key="made" at={key.createdAt} />],
          [
            'Created by',
            <PersonName key="by" id={key.createdBy} name={key.createdByName} tenantId={key.tenantId} />,
          ],
          ['Networks', key.allowedCidrs.join(', ') || 'Any'],
          ['Web origins', key.allowedOrigins.join(', ') || 'Any'],
          ['Limits', key.rateLimits.map(rateInWords).join(', ') || 'None of its own'],
          ...metadata.map(([name, value]) => [name, value] as const),
        ]}
      />
    </Container>
  );
}
