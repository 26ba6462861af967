#!/usr/bin/env node
import { existsSync } from 'node:fs';

// In the repository the command runs from its sources, by the launcher, which says what is missing where this Node
// can't; the package has it in one file.
if (existsSync(new URL('./cli.ts', import.meta.url))) {
  process.argv.splice(2, 0, 'cli');
  await import('./launch.js');
} else {
  await import(new URL('./dist/keywright.js', import.meta.url).href);
}
