/** In place of `node:timers/promises`, as `globals.ts`. */
import { setTimeout as after } from './globals.ts';

export function setTimeout(milliseconds?: number): Promise<void> {
  return new Promise((resolve) => after(() => resolve(), milliseconds));
}
