// DynamoDB's numbers: up to 38 significant digits, magnitudes from 1E-130 to 9.99…E+125, exact. They are stored as
// plain decimals without superfluous zeros, so equal numbers are equal texts.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number

const MAX_DIGITS = 38;
const MAX_EXPONENT = 125;
const MIN_EXPONENT = -130;
/** Texts up to this length are safe integers: compared and added as such. */
const SAFE_LENGTH = 15;

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** ±d.ddd × 10^exponent; `digits` has no zeros at either end and is empty for 0. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

/** A number that DynamoDB cannot store; the message is AWS's. */
export class NumberProblem extends Error {}

function isPlainInteger(text: string): boolean {
  if (text.length > SAFE_LENGTH) return false;
  const start = text.charCodeAt(0) === 45 ? 1 : 0;
  const first = text.charCodeAt(start);
  if (!(first >= 49 && first <= 57)) return text === '0';
  for (let i = start + 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** First character that is not `0`, or the length. A loop: a regular expression would retry at every zero. */
function skipZeros(text: string): number {
  let start = 0;
  while (start < text.length && text.charCodeAt(start) === 48) start += 1;
  return start;
}

function withoutTrailingZeros(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 48) end -= 1;
  return text.slice(0, end);
}

function decimalOf(negative: boolean, all: string, pointAt: number): Decimal {
  const start = skipZeros(all);
  const digits = withoutTrailingZeros(all.slice(start));
  if (digits === '') return { negative: false, digits, exponent: 0 };
  return { negative, digits, exponent: pointAt - start - 1 };
}

function parse(text: string): Decimal {
  const match = NUMBER.exec(text);
  const [, sign = '', whole = '', fraction = '', power = '0'] = match ?? [];
  if (match === null || whole + fraction === '') {
    const what = text === '' ? '' : `: ${text}`;
    throw new NumberProblem(`The parameter cannot be converted to a numeric value${what}`);
  }
  return decimalOf(sign === '-', whole + fraction, whole.length + Number(power));
}

function check(decimal: Decimal): Decimal {
  if (decimal.exponent > MAX_EXPONENT) {
    throw new NumberProblem('Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (decimal.exponent < MIN_EXPONENT) {
    throw new NumberProblem(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  }
  if (decimal.digits.length > MAX_DIGITS) {
    throw new NumberProblem('Attempting to store more than 38 significant digits in a Number');
  }
  return decimal;
}

function format({ negative, digits, exponent }: Decimal): string {
  if (digits === '') return '0';
  const sign = negative ? '-' : '';
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits + '0'.repeat(exponent + 1 - digits.length);
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** The stored form of a client's number. @throws {NumberProblem} */
export function canonicalNumber(text: string): string {
  return isPlainInteger(text) ? text : format(check(parse(text)));
}

/** Less than, equal to or greater than 0, as `a` is to `b`; both are canonical. */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0;
  if (isPlainInteger(a) && isPlainInteger(b)) return Number(a) - Number(b);
  return sortableNumber(a) < sortableNumber(b) ? -1 : 1;
}

/** A text that sorts by code units as the (canonical) number does among numbers. */
export function sortableNumber(text: string): string {
  const { negative, digits, exponent } = parse(text);
  if (digits === '') return '1';
  if (!negative) return `1${String.fromCharCode(exponent + 500)}${digits}`;
  let complement = '';
  for (const digit of digits) complement += String.fromCharCode(105 - digit.charCodeAt(0));
  // The colon sorts after all digits, so -1 sorts after -1.5.
  return `0${String.fromCharCode(500 - exponent)}${complement}:`;
}

/** The exact sum (or difference) of two canonical numbers. @throws {NumberProblem} when it does not fit */
export function addNumbers(a: string, b: string, subtract = false): string {
  if (isPlainInteger(a) && isPlainInteger(b)) {
    const sum = subtract ? Number(a) - Number(b) : Number(a) + Number(b);
    return String(sum);
  }
  const [x, y] = [parse(a), parse(b)];
  const scale = Math.max(scaleOf(x), scaleOf(y));
  const sum = subtract ? bigOf(x, scale) - bigOf(y, scale) : bigOf(x, scale) + bigOf(y, scale);
  const all = (sum < 0n ? -sum : sum).toString();
  return format(check(decimalOf(sum < 0n, all, all.length - scale)));
}

/** The number of digits after the decimal point. */
const scaleOf = ({ digits, exponent }: Decimal): number => Math.max(0, digits.length - 1 - exponent);

function bigOf({ negative, digits, exponent }: Decimal, scale: number): bigint {
  const value = BigInt(digits + '0'.repeat(scale + exponent + 1 - digits.length) || '0');
  return negative ? -value : value;
}

/**
 * The bytes that a canonical number occupies: one, and one for every two digits before and after the point, without
 * zeros at the ends, and one for a minus.
 */
export function numberBytes(text: string): number {
  const negative = text.charCodeAt(0) === 45;
  const start = negative ? 1 : 0;
  const point = text.indexOf('.');
  let whole = (point === -1 ? text.length : point) - start;
  let fraction = 0;
  if (point === -1) {
    whole = withoutTrailingZeros(text.slice(start)).length;
  } else {
    fraction = text.length - point - 1;
    if (whole === 1 && text.charCodeAt(start) === 48) {
      whole = 0;
      fraction -= skipZeros(text.slice(point + 1));
    }
  }
  return 1 + Math.ceil(whole / 2) + Math.ceil(fraction / 2) + (negative ? 1 : 0);
}
