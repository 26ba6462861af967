import e2e from './jest.e2e.config.js';

/** The portals, in a real browser and as they are built. `npm run test:portal`. */
export default {
  ...e2e,
  testMatch: ['<rootDir>/test/portal/**/*.test.ts'],
};
