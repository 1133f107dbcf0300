// DynamoDB's numbers: exact, canonical, in order.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addNumbers,
  canonicalNumber,
  compareNumbers,
  numberBytes,
  sortableNumber,
} from '../../src/dynamodb/numbers.ts';

/** Numbers with up to 38 digits anywhere in the range, as clients may write them. */
const literal = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.stringMatching(/^[0-9]{1,19}$/),
    fc.option(fc.stringMatching(/^[0-9]{1,19}$/), { nil: undefined }),
    fc.option(fc.integer({ min: -90, max: 90 }), { nil: undefined }),
  )
  .map(([sign, whole, fraction, power]) => {
    const point = fraction === undefined ? '' : `.${fraction}`;
    return `${sign}${whole}${point}${power === undefined ? '' : `e${power}`}`;
  });
const number = literal.map((text) => canonicalNumber(text));

/** A number times 10^140 as an integer, to check the results with different arithmetic. */
function scaled(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(140, '0'));
  return text.startsWith('-') ? -value : value;
}

describe('DynamoDB’s arithmetic', () => {
  test.each([
    ['00042', '42'],
    ['1.0', '1'],
    ['3.1400', '3.14'],
    ['1.5E2', '150'],
    ['-0', '0'],
    ['0.00', '0'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['+7', '7'],
    ['1E125', `1${'0'.repeat(125)}`],
    ['1E-130', `0.${'0'.repeat(129)}1`],
    ['0042.1200', '42.12'],
    ['-1e-3', '-0.001'],
    ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
  ])('stores %s as %s', (text, stored) => {
    expect(canonicalNumber(text)).toBe(stored);
  });

  test.each([
    ['', 'The parameter cannot be converted to a numeric value'],
    ['abc', 'The parameter cannot be converted to a numeric value: abc'],
    ['1 ', 'The parameter cannot be converted to a numeric value: 1 '],
    ['0x10', 'The parameter cannot be converted to a numeric value: 0x10'],
    ['NaN', 'The parameter cannot be converted to a numeric value: NaN'],
    ['1E126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['-1E126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['1E999999999', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['1E-131', 'Number underflow. Attempting to store a number with magnitude smaller than supported range'],
    ['123456789012345678901234567890123456789', 'Attempting to store more than 38 significant digits in a Number'],
  ])('refuses %s', (text, message) => {
    expect(() => canonicalNumber(text)).toThrow(message);
  });

  test('stores a canonical number unchanged', () => {
    fc.assert(fc.property(number, (text) => expect(canonicalNumber(text)).toBe(text)));
  });

  test('sorts the sortable texts as it sorts the numbers', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const order = Math.sign(Number(scaled(a) - scaled(b)));
        const [x, y] = [sortableNumber(a), sortableNumber(b)];
        expect(x < y ? -1 : x > y ? 1 : 0).toBe(order);
        expect(Math.sign(compareNumbers(a, b))).toBe(order);
      }),
    );
  });

  test('sorts numbers over the whole range', () => {
    const positive = ['1E-130', '1.1E-130', '1E-129', '9E-101', '1E-100', '1E-99', '0.1', '1', '9', '10', '1E+99'];
    const all = [...positive, '1E+100', '9E+100', '1E+124', '9.9E+124', '1E+125', '9.9E+125'];
    const inOrder = [...all.toReversed().map((text) => `-${text}`), '0', ...all].map((text) => canonicalNumber(text));
    expect(inOrder.toSorted(compareNumbers)).toEqual(inOrder);
    const sortable = inOrder.map((text) => sortableNumber(text));
    expect(sortable.toSorted()).toEqual(sortable);
  });

  test('adds and subtracts exactly, and refuses a result with more than 38 significant digits', () => {
    fc.assert(
      fc.property(number, number, fc.boolean(), (a, b, subtract) => {
        const exact = subtract ? scaled(a) - scaled(b) : scaled(a) + scaled(b);
        const significantDigits = String(exact).replace(/^-|0+$/g, '').length;
        if (significantDigits > 38) {
          expect(() => addNumbers(a, b, subtract)).toThrow('more than 38 significant digits');
          return;
        }
        const sum = addNumbers(a, b, subtract);
        expect(scaled(sum)).toBe(exact);
        expect(canonicalNumber(sum)).toBe(sum);
      }),
    );
  });

  test('refuses a sum beyond the range as an overflow', () => {
    const big = canonicalNumber('9.9e125');
    expect(() => addNumbers(big, big)).toThrow('Number overflow');
  });

  // Measured on AWS to the byte by items of 409,600 and 409,601 bytes.
  test.each([
    ['0', 1],
    ['1', 2],
    ['12', 2],
    ['123', 3],
    ['1234', 3],
    ['12345678901234567890123456789012345678', 20],
    ['0042', 2],
    ['100', 2],
    ['1010', 3],
    ['0.0000001', 2],
    ['1E125', 2],
    ['1E-100', 2],
    ['1.5', 3],
    ['1.200', 3],
    ['1.234', 4],
    ['3.14159', 5],
    ['123456', 4],
    ['100.5', 4],
    ['0.15', 2],
    ['-42', 3],
    ['-0', 1],
  ])('stores %s in %i bytes', (text, bytes) => {
    expect(numberBytes(canonicalNumber(text))).toBe(bytes);
  });
});
