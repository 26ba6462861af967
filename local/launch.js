// Plain JavaScript, so that a Node that can't run TypeScript still gets this far and can be told so.
import { isBuiltin } from 'node:module';

const [major = 0] = process.versions.node.split('.').map(Number);
const problem =
  major < 24
    ? `Keywright needs Node 24 or newer and this is ${process.version}; run \`npm install\` with optional dependencies, which brings its own.`
    : !process.features.typescript || !isBuiltin('node:sqlite')
      ? `Keywright needs a Node with TypeScript support and node:sqlite, which this build of ${process.version} lacks; run \`npm install\` with optional dependencies, which brings its own.`
      : undefined;

if (problem === undefined) {
  await import(new URL(`${process.argv[2]}.ts`, import.meta.url));
} else {
  console.error(problem);
  process.exit(1);
}
