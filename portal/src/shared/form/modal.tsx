import CloudscapeModal, { type ModalProps } from '@cloudscape-design/components/modal';
import { useEffect, useRef } from 'react';
import { openDialogs } from './open-dialogs.ts';

type Props = Pick<ModalProps, 'header' | 'size' | 'footer' | 'children'> & { readonly onDismiss: () => void };

/** What every dialog is built of. */
export function Modal({ onDismiss, ...props }: Props) {
  useEffect(() => {
    openDialogs.set((count) => count + 1);
    // Whatever takes its place is open by then.
    return () => queueMicrotask(() => openDialogs.set((count) => count - 1));
  }, []);
  useEscapeBehind(onDismiss);
  return <CloudscapeModal visible closeAriaLabel="Close" onDismiss={onDismiss} {...props} />;
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
