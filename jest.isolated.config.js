import base from './jest.config.js';

const { runner, setupFiles, ...shared } = base;

/**
 * The same tests by Jest's own runner, each file in a realm of its own: for `npm run test:mutants`, where no
 * file may find what another has left.
 */
export default {
  ...shared,
  testEnvironment: '<rootDir>/test/support/environment.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  testTimeout: 60_000,
};
