// The scaling and alarms of infra/templates/services.json pass the checks in the model of CloudWatch and Auto Scaling.
import { describe, expect, test } from '@jest/globals';
import { fleetJob } from '../../src/cloudwatch/fleet-job.ts';
import { CHECKS, type Check } from './checks.ts';
import { MISTAKES } from './mistakes.ts';
import { reader } from './support.ts';

const checks: Readonly<Record<string, Check>> = CHECKS;

describe('the template in the model passes the check', () => {
  test.each(Object.keys(checks))('“%s”', (name) => {
    expect(checks[name]?.(reader())).toEqual([]);
  });
});

describe('a mistake in the template is found:', () => {
  test.each(MISTAKES)('$description', ({ change, foundBy }) => {
    const problems = () => checks[foundBy]?.(reader(change)) ?? [];
    expect(problems()).not.toEqual([]);
  });
});

test('every check finds a mistake', () => {
  const used = new Set(MISTAKES.map(({ foundBy }) => foundBy));
  expect(Object.keys(checks).filter((name) => !used.has(name as keyof typeof CHECKS))).toEqual([]);
});

test.each(['one a message', 'packed'] as const)(
  'the seconds per message in the alarm WorkWaits agree with the rate that `capacity` computes: %s',
  (mode) => {
    const { queries = [] } = reader()().alarms.find(({ id }) => id === 'WorkWaits') ?? {};
    const expression = queries.find(({ Id }) => Id === 'each')?.Expression ?? '';
    const [, secondsPerMessage, secondsPerByte] = /^([\d.]+) \+ bytes \* ([\d.]+)$/.exec(expression) ?? [];
    const { messageBytes, storedPerSecond } = fleetJob(mode, 1_000_000, 0);
    const seconds = Number(secondsPerMessage) + messageBytes * Number(secondsPerByte);
    // They may differ by an eighth: 10 ** -0.6 / 2.
    expect(seconds * storedPerSecond).toBeCloseTo(1, 0.6);
  },
);
