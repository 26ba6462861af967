import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const { bundleOf } = loadOnce<typeof import('../../lib/constructs/bundle.ts')>(
  '../../lib/constructs/bundle.ts',
);

const LARGEST_AUTHORIZER_BYTES = 60 * 1024;

test('the authorizer loads what verifies tokens only when a token comes', () => {
  const { code, later } = bundleOf('authorizer');
  const verifier = later.get('token-verifier.cjs');
  expect([...later.keys()]).toEqual(['token-verifier.cjs']);
  expect(Buffer.from(verifier ?? []).toString()).toContain('JWT header');
  expect(Buffer.from(code).toString()).not.toContain('JWT header');
});

test.each(['module', 'commonjs'])(
  'what is loaded late loads in a folder of a package of the type %s',
  (type) => {
    const folder = mkdtempSync(join(tmpdir(), 'keywright-late-'));
    try {
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
      for (const [name, contents] of bundleOf('authorizer').later) {
        writeFileSync(join(folder, name), contents);
        const load = `import('./${name}').then(({ tokenVerifier }) => console.log(typeof tokenVerifier))`;
        const printed = execFileSync(process.execPath, ['-e', load], { cwd: folder, encoding: 'utf8' });
        expect([name, printed.trim()]).toEqual([name, 'function']);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test('the authorizer is small enough to load fast, and holds none of the control plane’s libraries', () => {
  const { code } = bundleOf('authorizer');
  expect(code.byteLength).toBeLessThanOrEqual(LARGEST_AUTHORIZER_BYTES);
  const text = Buffer.from(code).toString();
  for (const library of ['ZodError', 'middy', 'POWERTOOLS_', '@aws-sdk', '@smithy']) {
    expect([library, text.includes(library)]).toEqual([library, false]);
  }
});
