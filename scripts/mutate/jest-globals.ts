// What `@jest/globals` is inside a worker: Jest's own parts, without a Jest around them.
export { expect } from 'expect';
export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from 'jest-circus';
