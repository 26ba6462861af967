import e2e from './jest.e2e.config.js';

/** Every template, judged by linters that others wrote. `npm run test:linters`. */
export default {
  ...e2e,
  testMatch: ['<rootDir>/test/linters/**/*.test.ts'],
};
