// Nothing is traced here, and following every promise for X-Ray takes a fifth of a test's time.
process.env.AWS_XRAY_MANUAL_MODE = 'true';

// The draws of the local DynamoDB's vagaries; a failed test names the seed that it had.
process.env.KEYWRIGHT_SEED ??= String(Math.floor(Math.random() * 1e9));

// How long a test may take that says nothing of it; see test/support/plain-node.js.
process.env.KEYWRIGHT_TEST_MILLISECONDS ??= '60000';

// What Node has compiled once, with the types taken out, it finds again: in workers, and in each command that
// a test runs as a process of its own.
process.env.NODE_COMPILE_CACHE ??= new URL('node_modules/.cache/compiled', import.meta.url).pathname;

export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    ...['e2e', 'ministack', 'judges', 'portal'].map((folder) => `<rootDir>/test/${folder}/`),
  ],
  runner: '<rootDir>/test/support/runner.js',
  setupFiles: ['<rootDir>/test/support/plain-node.js'],
  transform: {},
  testSequencer: '<rootDir>/test/support/longest-first.js',
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.keywright'],
  maxWorkers: '100%',
};
