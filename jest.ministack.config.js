import e2e from './jest.e2e.config.js';

/** The outcomes once more, deployed into an emulator of AWS that others wrote. `npm run test:ministack`. */
export default {
  ...e2e,
  testMatch: ['<rootDir>/test/ministack/**/*.test.ts'],
};
