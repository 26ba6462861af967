import CloudscapeModal, { type ModalProps } from '@cloudscape-design/components/modal';
import { useEffect } from 'react';
import { openDialogs } from './open-dialogs.ts';

type Props = Pick<ModalProps, 'header' | 'size' | 'footer' | 'onDismiss' | 'children'>;

/** What every dialog is built of. */
export function Modal(props: Props) {
  useEffect(() => {
    openDialogs.set((count) => count + 1);
    // Whatever takes its place is open by then.
    return () => queueMicrotask(() => openDialogs.set((count) => count - 1));
  }, []);
  return <CloudscapeModal visible closeAriaLabel="Close" {...props} />;
}
