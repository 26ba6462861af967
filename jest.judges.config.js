import e2e from './jest.e2e.config.js';

/** What programs of others say of templates and of the management API. `npm run test:judges`. */
export default {
  ...e2e,
  testMatch: ['<rootDir>/test/judges/**/*.test.ts'],
};
