import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { inWords } from '../../shared/form/changed-meanwhile.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import { Facts } from '../../shared/show/facts.tsx';
import { DryRun } from '../tenants/dry-run.tsx';
import type { KeyFields } from './changed-key.ts';
import { KEY, type Key } from './key.ts';

interface KeyChangesProps {
  readonly of: Key;
  readonly body: Partial<KeyFields>;
  readonly labels: Readonly<Record<keyof KeyFields, string>>;
}

/** What is about to change, and which calls that would have refused. */
export function KeyChanges({ of: { tenantId, keyId }, body, labels }: KeyChangesProps) {
  const names = Object.keys(body) as (keyof KeyFields)[];
  const { role, permissions, allowedCidrs } = body;
  const rules = {
    ...(role !== undefined && { role }),
    ...(permissions !== undefined && { permissions }),
    ...(allowedCidrs !== undefined && { allowedCidrs }),
  };
  return (
    <Container header={<Header variant="h2">Changes</Header>}>
      <SpaceBetween size="m">
        {names.length === 0 ? (
          <Box color="text-body-secondary">Nothing so far. The key’s secret stays as it is.</Box>
        ) : (
          <Facts columns={1} facts={names.map((name) => [labels[name], inWords(body[name])] as const)} />
        )}
        {Object.keys(rules).length > 0 && (
          <DryRun path={`${KEY}/dry-run`} params={{ tenantId, keyId }} body={rules} />
        )}
        {names.length > 0 && (
          <AsCode method="PATCH" path={`/v1/tenants/${tenantId}/keys/${keyId}`} body={body} />
        )}
      </SpaceBetween>
    </Container>
  );
}
