import { createRequire } from 'node:module';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest loads every module anew for each test file, which for the CDK takes seconds. This environment
 * gives files a `loadOnce` that loads a module by Node itself, once in the life of a worker: for what
 * takes long to load and keeps nothing of a test. Relative paths are this folder's.
 */
// biome-ignore lint/style/noDefaultExport: Jest takes an environment by its default export
export default class KeywrightEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    Object.assign(this.global, { loadOnce: createRequire(import.meta.url) });
  }

  async handleTestEvent({ name }: { readonly name: string }): Promise<void> {
    if (name !== 'test_fn_failure') return;
    process.stderr.write(`To repeat it with the same draws: KEYWRIGHT_SEED=${process.env.KEYWRIGHT_SEED}\n`);
  }
}

declare global {
  function loadOnce<Module>(specifier: string): Module;
  /** The last failure behind an answer of 500 of the test that runs. */
  var unexpected: string | undefined;
}
