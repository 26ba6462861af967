import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { useState } from 'react';
import { useCan } from '../../shared/api/me.ts';
import type { BulkOperation } from './bulk-change.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import type { Key } from './key.ts';

interface BulkActionsProps {
  /** Absent in the list of all tenants. */
  readonly tenantId: string | undefined;
  readonly keys: readonly Key[];
  /** Called once something has come of it. */
  readonly onDone: () => void;
}

/** What can be done with the keys that are chosen in the list. */
export function BulkActions({ tenantId, keys, onDone }: BulkActionsProps) {
  const can = useCan(tenantId);
  const [operation, setOperation] = useState<BulkOperation>();
  const items = [
    ...(can('disableKey') ? [{ id: 'disable', text: 'Disable' }] : []),
    ...(can('revokeKey') ? [{ id: 'revoke', text: 'Revoke' }] : []),
  ];
  return (
    <>
      <ButtonDropdown
        items={items}
        disabled={keys.length === 0}
        disabledReason="Choose keys in the list first"
        onItemClick={({ detail }) => setOperation(detail.id as BulkOperation)}
      >
        {`Chosen (${keys.length})`}
      </ButtonDropdown>
      {operation && (
        <BulkDialog
          operation={operation}
          keys={keys}
          onDismiss={(isOver) => {
            setOperation(undefined);
            if (isOver) onDone();
          }}
        />
      )}
    </>
  );
}
