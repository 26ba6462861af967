/** What a bundle of the world is made of; see `bundle.ts`. */
export { Chance } from './chance.ts';
export { scriptOf } from './motifs.ts';
export { run } from './run.ts';
export { written } from './script.ts';
export { shrink } from './shrink.ts';
