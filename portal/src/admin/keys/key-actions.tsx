import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useSearchParams } from 'react-router';
import { type Operation, useCan } from '../../shared/api/me.ts';
import { explainUrl } from '../../shared/explain/asked.ts';
import { useOpen } from '../../shared/form/use-open.ts';
import { baseOf } from '../scope.tsx';
import { DisableDialog } from './disable-dialog.tsx';
import { EndOverlapDialog } from './end-overlap-dialog.tsx';
import type { Key } from './key.ts';
import { RevokeDialog } from './revoke-dialog.tsx';
import { RotateDialog } from './rotate-dialog.tsx';

const OPERATIONS = ['rotate', 'disable', 'enable', 'revoke', 'end'] as const;
type Open = (typeof OPERATIONS)[number];

/** What can be done with a key in the state that it is in. */
export function KeyActions({ of: key }: { of: Key }) {
  const can = useCan(key.tenantId);
  const { open, setOpen, close } = useAsked(key.keyId);
  const works = key.status === 'active';
  const items = itemsFor(key, can);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {items.length > 0 && (
        <ButtonDropdown
          items={items}
          onItemClick={({ detail }) => setOpen(OPERATIONS.find((each) => each === detail.id))}
        >
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

/** Operations that open a dialog, and pages about the key, as far as the person may. */
function itemsFor(key: Key, can: (operation: Operation) => boolean) {
  const { status, secrets, keyId } = key;
  const base = baseOf(key.tenantId);
  const ended = status === 'revoked' || status === 'expired';
  const item = (isThere: boolean, needs: Operation, of: { id: string; text: string; href?: string }) =>
    isThere && can(needs) ? [of] : [];
  return [
    ...item(!ended, 'updateKey', { id: 'edit', text: 'Edit', href: `${base}/keys/${keyId}/edit` }),
    ...item(status === 'active', 'disableKey', { id: 'disable', text: 'Disable' }),
    ...item(status === 'disabled', 'enableKey', { id: 'enable', text: 'Enable' }),
    ...item(!ended && secrets.length > 1, 'endOverlap', { id: 'end', text: 'End the overlap now' }),
    ...item(!ended, 'revokeKey', { id: 'revoke', text: 'Revoke' }),
    ...item(true, 'explainRefusal', {
      id: 'explain',
      text: 'Why calls are refused',
      href: explainUrl(base, keyId),
    }),
  ];
}

/** Which dialog is open: at first the one that the address asks for, which is where something else leads to. */
function useAsked(keyId: string) {
  const [search, setSearch] = useSearchParams();
  const asked = OPERATIONS.find((each) => each === search.get('do'));
  const [open, setOpen] = useOpen<Open>(`key.${keyId}`, asked);
  const close = () => {
    setOpen(undefined);
    if (asked !== undefined) setSearch({}, { replace: true });
  };
  return { open, setOpen, close };
}
