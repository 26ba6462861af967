// Plain JavaScript, so that a Node that can't run TypeScript still gets this far and can be told so.
import module from 'node:module';

const [major = 0] = process.versions.node.split('.').map(Number);
const advice = 'run `npm install` with optional dependencies, which brings one that fits.';
const problem =
  major < 24
    ? `Keywright needs Node 24 or newer and this is ${process.version}; ${advice}`
    : !process.features.typescript || !module.isBuiltin('node:sqlite')
      ? `Keywright needs TypeScript support and node:sqlite, which this ${process.version} was built without; ${advice}`
      : undefined;

if (problem === undefined) {
  module.enableCompileCache();
  const [name] = process.argv.splice(2, 1);
  await import(new URL(`${name}.ts`, import.meta.url));
} else {
  console.error(problem);
  process.exit(1);
}
