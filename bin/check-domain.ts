import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * What dependency-cruiser can't see of core/domain: its rules wait for nothing, read no clock and draw nothing
 * at random, and each file that says more than types has a test of its name. Checks the project in a folder,
 * the one at hand unless another is named; exit code 1 and a line for each fault.
 */
const root = process.argv[2] ?? '.';

/** Of the language's own names, those of what is not there yet. */
const LATER = new Set([
  'Promise',
  'PromiseLike',
  'AsyncIterable',
  'AsyncIterator',
  'AsyncGenerator',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
]);
const WAITS =
  'A rule waits for nothing: take what was read as an argument, and leave the waiting to the caller';
const KNOWS = 'A rule has neither clock nor chance: take the time or the random bytes as an argument';

function faultOf(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return `async. ${WAITS}`;
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier))
    return `await. ${WAITS}`;
  if (node.kind === ts.SyntaxKind.ImportKeyword && ts.isCallExpression(node.parent))
    return `import(). ${WAITS}`;
  if (ts.isIdentifier(node) && LATER.has(node.text)) return `${node.text}. ${WAITS}`;
  if (
    ts.isPropertyAccessExpression(node) &&
    /^(Date\.now|Math\.random|performance\.now)$/.test(node.getText())
  )
    return `${node.getText()}. ${KNOWS}`;
  if (ts.isNewExpression(node) && node.getText().startsWith('new Date') && !node.arguments?.length)
    return `new Date(). ${KNOWS}`;
  if (ts.isImportSpecifier(node) && /^random/.test((node.propertyName ?? node.name).text) && isOfCrypto(node))
    return `${node.getText()} of node:crypto. ${KNOWS}`;
  return undefined;
}

function isOfCrypto(specifier: ts.ImportSpecifier): boolean {
  return /^['"](node:)?crypto['"]$/.test(specifier.parent.parent.parent.moduleSpecifier.getText());
}

/** Whether nothing of a file is left once its types are gone. */
function isTypesOnly(file: ts.SourceFile): boolean {
  return file.statements.every(
    (statement) =>
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isImportDeclaration(statement) ||
      (ts.isExportDeclaration(statement) && statement.isTypeOnly),
  );
}

function faultsIn(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const faults: string[] = [];
  const look = (node: ts.Node): void => {
    const fault = faultOf(node);
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    if (fault !== undefined) faults.push(`${path}:${line}: ${fault}.`);
    ts.forEachChild(node, look);
  };
  look(file);
  const test = path.replace(/^core\/(.+)\.ts$/, 'test/$1.test.ts');
  if (!isTypesOnly(file) && !existsSync(join(root, test)))
    faults.push(`${path} has no test of its name: write ${test}.`);
  return faults;
}

const paths = globSync('core/domain/**/*.ts', { cwd: root }).sort();
const faults = paths.flatMap(faultsIn);
if (paths.length === 0) faults.push(`There is no core/domain in ${root}`);
for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) process.exitCode = 1;
