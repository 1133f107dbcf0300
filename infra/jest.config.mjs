/** Jest's configuration for `npm run infra -- test`: like that of the root, but for this folder only. */
export default {
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  watchman: false,
  // Only ends a test that hangs: the machine may be slow or busy.
  testTimeout: 1_200_000,
};
