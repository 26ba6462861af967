import e2e from './jest.e2e.config.js';

/** The outcomes once more, deployed into an emulator of AWS that others wrote. `npm run test:emulator`. */
export default {
  ...e2e,
  testMatch: ['<rootDir>/test/emulator/**/*.test.ts'],
};
