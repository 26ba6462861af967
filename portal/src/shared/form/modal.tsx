import CloudscapeModal, { type ModalProps } from '@cloudscape-design/components/modal';
import { useEffect, useRef } from 'react';
import { usePhone } from '../list/use-phone.ts';
import { openDialogs } from './open-dialogs.ts';

type Props = Pick<ModalProps, 'header' | 'size' | 'footer' | 'children'> & { readonly onDismiss: () => void };

/** More than a phone has, in pixels: then Cloudscape takes what there is. */
const FULL_SCREEN = { width: 2000, height: 2000 };

/** What every dialog is built of; on a phone it has the whole screen. */
export function Modal({ onDismiss, ...props }: Props) {
  const phone = usePhone();
  useEffect(() => {
    openDialogs.set((count) => count + 1);
    // Whatever takes its place is open by then.
    return () => queueMicrotask(() => openDialogs.set((count) => count - 1));
  }, []);
  useEscapeBehind(onDismiss);
  return (
    <CloudscapeModal
      visible
      closeAriaLabel="Close"
      onDismiss={onDismiss}
      {...props}
      {...(phone && FULL_SCREEN)}
    />
  );
}

/** A dialog hears of Escape where the focus is in it; that can be lost to what is behind, or is gone. */
function useEscapeBehind(onDismiss: () => void): void {
  const dismiss = useRef(onDismiss);
  dismiss.current = onDismiss;
  useEffect(() => {
    const depth = openDialogs.get();
    const listen = ({ key, target }: KeyboardEvent) => {
      const isBehind = !(target instanceof Element && target.closest('[role=dialog]'));
      if (key === 'Escape' && isBehind && openDialogs.get() <= depth) dismiss.current();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}
