// The limit of open files: read from the system, and compared with what the services need.
import { describe, expect, test } from '@jest/globals';
import { UsageError } from '@movie-load/schema';
import { openFilesLimit, openFilesWarning } from '../src/open-files.ts';

const limits = (soft: string) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             96000                96000                processes
Max open files            ${soft.padEnd(20)} 20000                files
`;

describe('the limit of open files', () => {
  test('is the number that the system reports, if it reports one', () => {
    expect(openFilesLimit(limits('64'))).toBe(64);
    expect(openFilesLimit(limits('unlimited'))).toBeUndefined();
    expect(openFilesLimit('')).toBeUndefined();
  });

  test('causes a warning when it is low', () => {
    expect(openFilesWarning(255)).toMatch(/^A process may have only 255 .*"ulimit -n 256"/);
    expect(openFilesWarning(48)).toContain('only 48');
  });

  test('is refused when it is too low to run anything', () => {
    expect(() => openFilesWarning(47)).toThrow(UsageError);
  });

  test('is not mentioned when it is high enough or unknown', () => {
    expect(openFilesWarning(256)).toBeUndefined();
    expect(openFilesWarning(openFilesLimit(''))).toBeUndefined();
  });
});
