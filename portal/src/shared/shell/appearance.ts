import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { createStore } from '../store.ts';

/** `system` follows what the operating system says. `public/appearance.js` reads the same before the first paint. */
export type Appearance = 'system' | 'light' | 'dark';

const PLACE = 'keywright.appearance';
const system = matchMedia('(prefers-color-scheme: dark)');

export const appearance = createStore<Appearance>(read());

export function setAppearance(chosen: Appearance): void {
  localStorage.setItem(PLACE, chosen);
  appearance.set(chosen);
  apply();
}

function read(): Appearance {
  try {
    const kept = localStorage.getItem(PLACE);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system';
  }
}

function apply(): void {
  const chosen = appearance.get();
  const dark = chosen === 'dark' || (chosen === 'system' && system.matches);
  applyMode(dark ? Mode.Dark : Mode.Light);
}

system.addEventListener('change', apply);
