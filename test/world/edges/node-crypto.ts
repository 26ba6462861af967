/** In place of `node:crypto`: the same, but that chance is the seed's. */
import { activeWorld } from '../active-world.ts';
import { currentInstance } from '../instance.ts';

// biome-ignore lint/performance/noBarrelFile: it stands for the whole module
export * from 'node:crypto';

export function randomBytes(count: number): Buffer {
  return (currentInstance()?.chance ?? activeWorld().chance).bytes(count);
}
