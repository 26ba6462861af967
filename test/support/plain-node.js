import { createRequire, registerHooks } from 'node:module';

/**
 * What test files find in a worker of jest-light-runner, which runs them in plain Node: modules are loaded
 * once for all files of a worker, by Node itself. Jest's own way, a realm for each file, takes longer to load
 * the SDK than most files take to run.
 */
const GLOBALS = new URL('./jest-globals.js', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@jest/globals'
      ? { url: GLOBALS, format: 'module', shortCircuit: true }
      : next(specifier, context),
});

// In Jest's own environment (test/support/environment.ts) this keeps a module from being loaded anew.
globalThis.loadOnce = createRequire(import.meta.url);

const ofRunner = createRequire(createRequire(import.meta.url).resolve('jest-light-runner'));
const { addEventHandler } = ofRunner('jest-circus');

// A test may have put others in their place.
const { setTimeout, clearTimeout } = globalThis;

/** The runner waits for a test as long as it takes: what is late fails here instead. */
addEventHandler((event, { currentDescribeBlock: block }) => {
  if (event.name === 'add_test') keepsTime(block.children.at(-1), event);
  if (event.name === 'add_hook') keepsTime(block.hooks.at(-1), event);
});

function keepsTime(what, { fn, timeout = Number(process.env.KEYWRIGHT_TEST_MILLISECONDS) }) {
  if (fn === undefined) return;
  what.fn = async () => {
    const late = Promise.withResolvers();
    const timer = setTimeout(() => late.reject(new Error(`took more than ${timeout} ms`)), timeout);
    globalThis.unexpected = undefined;
    try {
      return await Promise.race([fn(), late.promise]);
    } catch (error) {
      throw withCircumstances(error);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** What a failure may have come from: the draws of the local DynamoDB, and what was behind an answer of 500. */
function withCircumstances(error) {
  if (!(error instanceof Error)) return error;
  const told = [`To repeat it with the same draws: KEYWRIGHT_SEED=${process.env.KEYWRIGHT_SEED}`];
  if (globalThis.unexpected !== undefined) told.push(`The last answer of 500: ${globalThis.unexpected}`);
  error.stack = [...told, error.stack].join('\n');
  return error;
}
