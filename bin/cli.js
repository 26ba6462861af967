#!/usr/bin/env node
// The command as npm installs it: the launcher says what is missing where this Node can't run it.
process.argv.splice(2, 0, 'cli');
await import('./launch.js');
