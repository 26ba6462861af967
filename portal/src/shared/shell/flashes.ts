import type { ReactNode } from 'react';
import { createStore } from '../store.ts';

/** A message above the page, which a screen reader announces. */
export interface Flash {
  readonly type: 'success' | 'info' | 'warning' | 'error';
  readonly header: ReactNode;
  readonly content?: ReactNode;
  readonly action?: ReactNode;
}

const MOST_AT_ONCE = 4;
const SUCCESS_MILLISECONDS = 8000;

export const flashes = createStore<readonly (Flash & { id: string })[]>([]);
let count = 0;

export function flash(message: Flash): void {
  count += 1;
  const id = String(count);
  flashes.set((now) => [{ ...message, id }, ...now].slice(0, MOST_AT_ONCE));
  if (message.type === 'success' && message.action === undefined)
    setTimeout(() => dismissFlash(id), SUCCESS_MILLISECONDS);
}

export function dismissFlash(id: string): void {
  flashes.set((now) => now.filter((message) => message.id !== id));
}
