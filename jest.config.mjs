/** Tests run as they are written: Node strips the types, Jest transforms nothing. */
export default {
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['**/test/**/*.test.ts', '<rootDir>/tests/**/*.test.ts'],
  // infra/ has dependencies and a configuration of its own: `npm run infra -- test`.
  testPathIgnorePatterns: ['/node_modules/', '/.toolchain/', '<rootDir>/infra/'],
  modulePathIgnorePatterns: ['/.toolchain/', '/.tmp/'],
  setupFiles: ['<rootDir>/jest.setup.mjs'],
  watchman: false,
  // Only ends a test that hangs: the machine may be slow or busy.
  testTimeout: 1_200_000,
};
