import base from './jest.config.js';

process.env.KEYWRIGHT_TEST_MILLISECONDS = '300000';

/** The slower suites: whole deployments, over real HTTP. `npm run test:e2e`. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};
