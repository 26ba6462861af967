import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useCan } from '../../shared/api/me.ts';
import { DisableDialog } from './disable-dialog.tsx';
import { EndOverlapDialog } from './end-overlap-dialog.tsx';
import type { Key } from './key.ts';
import { RevokeDialog } from './revoke-dialog.tsx';
import { RotateDialog } from './rotate-dialog.tsx';

type Open = 'rotate' | 'disable' | 'enable' | 'revoke' | 'end';

/** What can be done with a key in the state that it is in. */
export function KeyActions({ of: key }: { of: Key }) {
  const can = useCan(key.tenantId);
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const works = key.status === 'active';
  const ended = key.status === 'revoked' || key.status === 'expired';
  if (ended) return null;
  const items = [
    ...(works && can('disableKey') ? [{ id: 'disable', text: 'Disable' }] : []),
    ...(key.status === 'disabled' && can('enableKey') ? [{ id: 'enable', text: 'Enable' }] : []),
    ...(key.secrets.length > 1 && can('endOverlap') ? [{ id: 'end', text: 'End the overlap now' }] : []),
    ...(can('revokeKey') ? [{ id: 'revoke', text: 'Revoke' }] : []),
  ];
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {items.length > 0 && (
        <ButtonDropdown items={items} onItemClick={({ detail }) => setOpen(detail.id as Open)}>
          Actions
        </ButtonDropdown>
      )}
      {works && can('rotateKey') && (
        <Button variant="primary" onClick={() => setOpen('rotate')}>
          Rotate
        </Button>
      )}
      {open === 'rotate' && <RotateDialog of={key} onDismiss={close} />}
      {(open === 'disable' || open === 'enable') && (
        <DisableDialog of={key} operation={open} onDismiss={close} />
      )}
      {open === 'end' && <EndOverlapDialog of={key} onDismiss={close} />}
      {open === 'revoke' && <RevokeDialog of={key} onDismiss={close} />}
    </SpaceBetween>
  );
}
