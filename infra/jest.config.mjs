/** As the root's, for this folder alone: `npm run infra -- test`. */
export default {
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  watchman: false,
  testTimeout: 120_000,
};
