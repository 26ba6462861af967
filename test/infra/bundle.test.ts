import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const { bundleOf, takeBundles } = loadOnce<typeof import('../../lib/constructs/bundle.ts')>(
  '../../lib/constructs/bundle.ts',
);
const { bundlesFolder } = loadOnce<typeof import('../../local/cloud-assembly.ts')>(
  '../../local/cloud-assembly.ts',
);

// As the installation has left them, where nothing was changed since: the last test builds them anew and compares.
takeBundles(bundlesFolder());

/** Every function, and what backends load. */
const NAMES = [...readdirSync('functions'), 'guard'];
const LARGEST_AUTHORIZER_BYTES = 57 * 1024;

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

test('the authorizer holds the names and keys that it uses, and none of the control plane’s', () => {
  const text = Buffer.from(bundleOf('authorizer').code).toString();
  for (const used of ['KEYWRIGHT_TABLE', 'KEYWRIGHT_REGIONAL_TABLE', 'StaleDecisions', 'CRED#']) {
    expect([used, text.includes(used)]).toEqual([used, true]);
  }
  for (const unused of ['KEYWRIGHT_AUDIT_TABLE', 'PepperAgeDays', 'APPROVAL#', 'DUE#']) {
    expect([unused, text.includes(unused)]).toEqual([unused, false]);
  }
});

test('no start of an authorizer waits for what it does not use: zlib, and Unicode’s tables', () => {
  const text = Buffer.from(bundleOf('authorizer').code).toString();
  expect(text.includes('node:zlib')).toBe(false);
  const patterns: string[] = [];
  const start = new Function('RegExp', 'require', 'module', 'process', text);
  // RegExp may be called without `new`, which minifiers know.
  const recorded = new Proxy(RegExp, {
    construct: (target, [source, flags]) => {
      patterns.push(String(source));
      return new target(source, flags);
    },
    apply: (_, __, [source, flags]) => new recorded(source, flags),
  });
  const load = createRequire(import.meta.url);
  expect(() => start(recorded, load, {}, { env: {} })).toThrow('KEYWRIGHT_');
  expect(patterns.length).toBeGreaterThan(0);
  expect(patterns.filter((source) => source.includes('\\p{'))).toEqual([]);
  // In a literal a pattern is checked as the file loads, wherever it stands.
  expect(/(?<!\\)\\p\{/.test(text)).toBe(false);
});

test('bundles are kept for the next who builds from the same sources, and built where none can be had', () => {
  const kept = join(mkdtempSync(join(tmpdir(), 'keywright-kept-')), 'bundles');
  const build = (variables: NodeJS.ProcessEnv = {}) => {
    const module = fileURLToPath(new URL('../../lib/constructs/bundle.ts', import.meta.url));
    const script = `const { bundleOf, buildBundles } = await import(${JSON.stringify(module)});
      await buildBundles(${JSON.stringify(kept)});
      console.log(JSON.stringify(${JSON.stringify(NAMES)}.map((name) => bundleOf(name).hash)));`;
    const env = { ...process.env, ...variables };
    return JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env,
        encoding: 'utf8',
        stdio: 'pipe',
      }),
    );
  };
  const noBuilder = join(dirname(kept), 'no-builder');
  writeFileSync(noBuilder, '', { mode: 0o600 });
  /** Succeeds with what is kept, or not at all. */
  const take = () => build({ ESBUILD_BINARY_PATH: noBuilder });
  try {
    expect(take).toThrow('EACCES');
    mkdirSync(join(kept, 'keys'), { recursive: true });
    expect(take).toThrow('EACCES');
    const built = build();
    expect(built).toEqual(NAMES.map((name) => bundleOf(name).hash));
    expect(take()).toEqual(built);
    rmSync(join(kept, 'keys'), { recursive: true });
    expect(take).toThrow('EACCES');
    mkdirSync(join(kept, 'keys'));
    writeFileSync(join(kept, 'keys/index.js'), '// taken from here');
    const taken = take();
    expect(NAMES.filter((_, i) => taken[i] !== built[i])).toEqual(['keys']);
  } finally {
    rmSync(dirname(kept), { recursive: true });
  }
});
