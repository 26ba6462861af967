import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Changes } from '../../shared/form/changes.tsx';
import { AsCode } from '../../shared/show/as-code.tsx';
import { DryRun } from '../tenants/dry-run.tsx';
import type { KeyFields } from './changed-key.ts';
import { KEY, type Key } from './key.ts';
import { keyCommand } from './key-command.ts';

interface KeyChangesProps {
  readonly of: Key;
  readonly body: Partial<KeyFields>;
  readonly labels: Readonly<Record<keyof KeyFields, string>>;
}

/** What is about to change, and which calls that would have refused. */
export function KeyChanges({ of: { tenantId, keyId }, body, labels }: KeyChangesProps) {
  const { role, permissions, allowedCidrs } = body;
  const rules = {
    ...(role !== undefined && { role }),
    ...(permissions !== undefined && { permissions }),
    ...(allowedCidrs !== undefined && { allowedCidrs }),
  };
  return (
    <Container header={<Header variant="h2">Changes</Header>}>
      <SpaceBetween size="m">
        <Changes of={body} labels={labels} none="Nothing so far. The key’s secret stays as it is." />
        {Object.keys(rules).length > 0 && (
          <DryRun path={`${KEY}/dry-run`} params={{ tenantId, keyId }} body={rules} />
        )}
        {Object.keys(body).length > 0 && (
          <AsCode
            method="PATCH"
            path={`/v1/tenants/${tenantId}/keys/${keyId}`}
            body={body}
            command={keyCommand(tenantId, ['update', keyId], body)}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}
