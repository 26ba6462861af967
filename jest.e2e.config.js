import base from './jest.config.js';

/** The slower suites: whole deployments, over real HTTP. `npm run test:e2e`. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 300_000,
  maxWorkers: 1,
};
