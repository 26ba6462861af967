// Plain JavaScript, so that a Node that can't run TypeScript still gets this far and can be told so.
import { nodeProblem } from '../core/contract/node-problem.js';

const { versions, features } = process;
const problem = nodeProblem({ version: `v${versions.node}`, runsTypeScript: Boolean(features.typescript) });

if (problem === undefined) {
  const [name] = process.argv.splice(2, 1);
  await import(new URL(`${name}.ts`, import.meta.url).href);
} else {
  console.error(problem);
  process.exitCode = 1;
}
