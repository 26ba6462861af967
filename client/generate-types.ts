import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';
import { SIGNED_BASE } from '../core/contract/management-route.ts';
import { openApiDocument } from '../functions/openapi/document.ts';

/**
 * Writes `openapi-types.ts`, the types of the client, and `operations.ts`, from the management API's OpenAPI document.
 * With `--check` nothing is written, and the exit code is 1 where the files are not what would be.
 */

interface Described {
  readonly parameters?: readonly { readonly name: string }[];
  readonly servers?: readonly { readonly url: string }[];
  responses: Record<string, { headers?: object }>;
}

const document = openApiDocument() as { paths: Record<string, Record<string, Described>> };
for (const operation of Object.values(document.paths).flatMap((operations) => Object.values(operations))) {
  // What is no success the client throws as a KeywrightError, and headers it reads itself.
  const successes = Object.entries(operation.responses).filter(([status]) => status < '300');
  operation.responses = Object.fromEntries(successes.map(([status, { headers, ...rest }]) => [status, rest]));
}
const repeatable = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, { parameters = [] }]) =>
    parameters.some(({ name }) => name === 'Idempotency-Key') ? [`${method.toUpperCase()} ${path}`] : [],
  ),
);
const signed = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, { servers = [] }]) =>
    servers.some(({ url }) => url === SIGNED_BASE) ? [`${method.toUpperCase()} ${path}`] : [],
  ),
);
const digest = createHash('sha256').update(JSON.stringify(openApiDocument())).digest('hex');
const made =
  '// Made by `npm run generate:client` from the management API’s OpenAPI document. Change that, not this.';
const files = {
  'openapi-types.ts': [
    made,
    `// From the document whose SHA-256 is ${digest}`,
    '',
    astToString(await openapiTS(JSON.stringify(document))),
  ].join('\n'),
  'operations.ts': [
    made,
    '',
    '/** The operations that take an `Idempotency-Key`. */',
    `export const REPEATABLE: ReadonlySet<string> = ${setOf(repeatable)};`,
    '',
    '/** Below it principals of AWS call what people call too. */',
    `export const SIGNED_BASE = '${SIGNED_BASE}';`,
    `export const SIGNED: ReadonlySet<string> = ${setOf(signed)};`,
    '',
  ].join('\n'),
};

function setOf(keys: readonly string[]): string {
  return `new Set([\n${keys.map((key) => `  '${key}',\n`).join('')}])`;
}

for (const [name, text] of Object.entries(files)) {
  const file = new URL(name, import.meta.url);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`client/${name} is older than the API: run npm run generate:client\n`);
    process.exitCode = 1;
  }
}
