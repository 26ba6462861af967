/** In place of `node:crypto`: the same, but that chance is the seed's. */
import { activeWorld } from '../active-world.ts';
import { currentInstance } from '../instance.ts';

export * from 'node:crypto';

export function randomBytes(count: number): Buffer {
  return (currentInstance()?.chance ?? activeWorld().chance).bytes(count);
}
