import { createRunner } from 'jest-light-runner';

// What worker-data.js is for, each worker of the pool needs before anything else: a fork has these arguments.
process.execArgv.push('--import', new URL('./worker-data.js', import.meta.url).href);

/** Runs test files in plain Node, in processes: see plain-node.js. */
// biome-ignore lint/style/noDefaultExport: Jest takes a runner by its default export
export default createRunner({ runtime: 'child_process' });
