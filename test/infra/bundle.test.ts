import { expect, test } from '@jest/globals';

const { bundleOf } = loadOnce<typeof import('../../lib/constructs/bundle.ts')>(
  '../../lib/constructs/bundle.ts',
);

const LARGEST_AUTHORIZER_BYTES = 60 * 1024;

test('the authorizer loads what verifies tokens only when a token comes', () => {
  const { code, later } = bundleOf('authorizer');
  const verifier = later.get('token-verifier.js');
  expect([...later.keys()]).toEqual(['token-verifier.js']);
  expect(Buffer.from(verifier ?? []).toString()).toContain('JWT header');
  expect(Buffer.from(code).toString()).not.toContain('JWT header');
});

test('the authorizer is small enough to load fast, and holds none of the control plane’s libraries', () => {
  const { code } = bundleOf('authorizer');
  expect(code.byteLength).toBeLessThanOrEqual(LARGEST_AUTHORIZER_BYTES);
  const text = Buffer.from(code).toString();
  for (const library of ['ZodError', 'middy', 'POWERTOOLS_', '@aws-sdk', '@smithy']) {
    expect([library, text.includes(library)]).toEqual([library, false]);
  }
});
