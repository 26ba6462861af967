import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { threadId } from 'node:worker_threads';
import { build, type Plugin } from 'esbuild';
import type { Fault, TextChange } from './faults/fault.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORLD = fileURLToPath(new URL('.', import.meta.url));
/** Inside `node_modules`, so that what is not bundled is found from there. */
const FOLDER = `${ROOT}node_modules/.cache/keywright-world`;

/** What the world stands in for, and its place below `edges`. */
const EDGES: readonly (readonly [filter: RegExp, file: string])[] = [
  [/^(node:)?timers\/promises$/, 'timers-promises.ts'],
  [/^(node:)?crypto$/, 'node-crypto.ts'],
  [/^@aws-lambda-powertools\//, 'powertools.ts'],
  [/^\.\/post\.ts$/, 'post.ts'],
];
/** These tell the time, and are bundled so that it is the world's. */
const BUNDLED = /^(\.|\/|#|aws-jwt-verify)/;

/** What each process has one of, made one for each instance. */
const PER_PROCESS: readonly TextChange[] = [
  {
    file: 'core/access/clock.ts',
    is: 'export const systemClock: Clock = ',
    was: `import { perInstance } from '${WORLD}per-instance.ts';\nconst clockOfProcess = (): Clock => `,
    end: '\nexport const systemClock: Clock = perInstance(clockOfProcess);\n',
  },
];

/**
 * Bundles the world with the product in it, whose clocks, timers, chance and connections are the world's.
 * @param fault put into the product; the files in the tree stay as they are
 * @returns where the bundle is, an ES module with what `simulation.ts` exports
 */
export async function bundleWorld(fault?: Fault): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = `${FOLDER}/${process.pid}-${threadId}.mjs`;
  await build({
    absWorkingDir: ROOT,
    entryPoints: [`${WORLD}simulation.ts`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    conditions: ['import', 'module', 'node'],
    inject: [`${WORLD}edges/globals.ts`],
    keepNames: true,
    sourcemap: 'inline',
    logLevel: 'error',
    plugins: [edges(), rewriting(fault?.name ?? 'the world', [...PER_PROCESS, ...(fault?.changes ?? [])])],
  });
  return outfile;
}

function edges(): Plugin {
  return {
    name: 'edges',
    setup(building) {
      for (const [filter, file] of EDGES) {
        building.onResolve({ filter }, ({ path, importer }) =>
          importer.startsWith(`${WORLD}edges/`)
            ? { path, external: true }
            : { path: `${WORLD}edges/${file}` },
        );
      }
      building.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
        kind === 'entry-point' || BUNDLED.test(path) ? undefined : { path, external: true },
      );
    },
  };
}

/** Changes texts of files. @throws Error where one is not there, or twice */
function rewriting(name: string, changes: readonly TextChange[]): Plugin {
  return {
    name: 'rewriting',
    setup(building) {
      for (const file of new Set(changes.map((change) => change.file))) {
        const filter = new RegExp(`${file.replaceAll('.', '\\.')}$`);
        building.onLoad({ filter }, ({ path }) => {
          let contents = readFileSync(path, 'utf8');
          for (const { is, was, end = '' } of changes.filter((change) => change.file === file)) {
            if (contents.split(is).length !== 2)
              throw new Error(`${name}: ${file} does not hold its text once`);
            contents = contents.replace(is, () => was) + end;
          }
          return { contents, loader: 'ts' };
        });
      }
    },
  };
}
