import { lazy, Suspense, useEffect } from 'react';
import type { PaletteProps } from './command.ts';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));

interface PaletteShortcutProps extends Omit<PaletteProps, 'onClose'> {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** A list marks what it is filtered by. */
const FILTER = '[data-filter] input';
/** Where a text is being written. */
const WRITTEN = 'input, textarea, select, [contenteditable], [role=dialog] *';

/** The palette, opened by Ctrl+K or ⌘K wherever one is; and `/`, which goes to the filter of the list. */
export function PaletteShortcut({ open, onOpenChange, ...palette }: PaletteShortcutProps) {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key === '/' && !(event.target as Element).matches?.(WRITTEN)) {
        const filter = document.querySelector<HTMLInputElement>(FILTER);
        if (filter === null) return;
        event.preventDefault();
        return filter.focus();
      }
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
