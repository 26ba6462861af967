import type { World } from './world.ts';

let world: World | undefined;

/** The world whose code is running: of several in one process, one after the other. */
export function activeWorld(): World {
  if (world === undefined) throw new Error('no world is running');
  return world;
}

export function activate(next: World): void {
  world = next;
}
