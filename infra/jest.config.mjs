/** Jest's configuration for `npm run infra -- test`: like that of the root, but for this folder only. */
export default {
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  watchman: false,
  testTimeout: 120_000,
};
