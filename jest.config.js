// Nothing is traced here, and following every promise for X-Ray takes a fifth of a test's time.
process.env.AWS_XRAY_MANUAL_MODE = 'true';

// The draws of the local DynamoDB's vagaries; a failed test names the seed that it had.
process.env.KEYWRIGHT_SEED ??= String(Math.floor(Math.random() * 1e9));

export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    ...['e2e', 'ministack', 'judges', 'portal'].map((folder) => `<rootDir>/test/${folder}/`),
  ],
  testEnvironment: '<rootDir>/test/support/environment.ts',
  testSequencer: '<rootDir>/test/support/longest-first.js',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.keywright'],
  testTimeout: 60_000,
  maxWorkers: '100%',
};
