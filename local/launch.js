// Plain JavaScript, so that a Node that can't run TypeScript still gets this far and can be told so.
import module from 'node:module';
import { nodeProblem } from '../core/contract/node-problem.js';

const { versions, features } = process;
const version = `v${versions.node}`;
const problem =
  nodeProblem({ version, runsTypeScript: Boolean(features.typescript) }) ??
  (module.isBuiltin('node:sqlite')
    ? undefined
    : `Keywright needs node:sqlite, which this ${version} was built without; install Node 24 (nodejs.org).`);

if (problem === undefined) {
  module.enableCompileCache();
  const [name] = process.argv.splice(2, 1);
  await import(new URL(`${name}.ts`, import.meta.url));
} else {
  console.error(problem);
  process.exit(1);
}
