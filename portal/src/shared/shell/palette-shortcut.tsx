import { lazy, Suspense, useEffect } from 'react';
import type { PaletteProps } from './command.ts';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));

interface PaletteShortcutProps extends Omit<PaletteProps, 'onClose'> {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** The palette, opened by Ctrl+K or ⌘K wherever one is. */
export function PaletteShortcut({ open, onOpenChange, ...palette }: PaletteShortcutProps) {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      onOpenChange(true);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [onOpenChange]);
  return open ? (
    <Suspense fallback={null}>
      <Palette {...palette} onClose={() => onOpenChange(false)} />
    </Suspense>
  ) : null;
}
