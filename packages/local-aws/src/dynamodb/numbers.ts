// DynamoDB's numbers: up to 38 significant digits, magnitudes from 1E-130 to 9.99…E+125, exact. They are stored as
// plain decimals without superfluous zeros, so equal numbers are equal texts.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number

const MAX_DIGITS = 38;
const MAX_EXPONENT = 125;
const MIN_EXPONENT = -130;
/** Integers of at most this length are exact as JavaScript numbers, which are faster to compare and to add. */
const SAFE_LENGTH = 15;

/** Character codes. */
const MINUS = 45;
const ZERO = 48;
const ONE = 49;
const NINE = 57;

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** ±d.ddd × 10^exponent; `digits` has no zeros at either end and is empty for 0. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

/** Thrown for a number that DynamoDB cannot store; the message is AWS's. */
export class InvalidNumberError extends Error {}

function isPlainInteger(text: string): boolean {
  if (text.length > SAFE_LENGTH) return false;
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  const first = text.charCodeAt(start);
  if (!(first >= ONE && first <= NINE)) return text === '0';
  for (let i = start + 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < ZERO || code > NINE) return false;
  }
  return true;
}

/** The number of zeros at the start. A loop, because a regular expression could need quadratic time. */
function countLeadingZeros(text: string): number {
  let start = 0;
  while (start < text.length && text.charCodeAt(start) === ZERO) start += 1;
  return start;
}

function withoutTrailingZeros(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === ZERO) end -= 1;
  return text.slice(0, end);
}

/** @param pointIndex the index in `allDigits` before which the decimal point is; it may be outside of the text */
function decimalOf(negative: boolean, allDigits: string, pointIndex: number): Decimal {
  const start = countLeadingZeros(allDigits);
  const digits = withoutTrailingZeros(allDigits.slice(start));
  if (digits === '') return { negative: false, digits, exponent: 0 };
  return { negative, digits, exponent: pointIndex - start - 1 };
}

function parse(text: string): Decimal {
  const match = NUMBER.exec(text);
  const [, sign = '', whole = '', fraction = '', power = '0'] = match ?? [];
  if (match === null || whole + fraction === '') {
    const detail = text === '' ? '' : `: ${text}`;
    throw new InvalidNumberError(`The parameter cannot be converted to a numeric value${detail}`);
  }
  return decimalOf(sign === '-', whole + fraction, whole.length + Number(power));
}

function checkRange(decimal: Decimal): Decimal {
  if (decimal.exponent > MAX_EXPONENT) {
    throw new InvalidNumberError(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    );
  }
  if (decimal.exponent < MIN_EXPONENT) {
    throw new InvalidNumberError(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  }
  if (decimal.digits.length > MAX_DIGITS) {
    throw new InvalidNumberError('Attempting to store more than 38 significant digits in a Number');
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

/** The stored form of a client's number. @throws {InvalidNumberError} */
export function canonicalNumber(text: string): string {
  return isPlainInteger(text) ? text : format(checkRange(parse(text)));
}

/** Less than, equal to or greater than 0, as `a` is to `b`; both are canonical. */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0;
  if (isPlainInteger(a) && isPlainInteger(b)) return Number(a) - Number(b);
  return sortableNumber(a) < sortableNumber(b) ? -1 : 1;
}

/** A text for a canonical number: such texts sort by UTF-16 code units as the numbers sort by value. */
export function sortableNumber(text: string): string {
  const { negative, digits, exponent } = parse(text);
  if (digits === '') return '1';
  // The first character is the sign. The second is the exponent, moved so that it is positive.
  if (!negative) return `1${String.fromCharCode(exponent + 500)}${digits}`;
  // The nines' complement: of two negative numbers, the one with the larger digits sorts first.
  let complement = '';
  for (const digit of digits) complement += String.fromCharCode(ZERO + NINE - digit.charCodeAt(0));
  // The colon sorts after all digits, so -1 sorts after -1.5.
  return `0${String.fromCharCode(500 - exponent)}${complement}:`;
}

/** The exact sum (or difference) of two canonical numbers. @throws {InvalidNumberError} when it does not fit */
export function addNumbers(a: string, b: string, subtract = false): string {
  if (isPlainInteger(a) && isPlainInteger(b)) {
    const sum = subtract ? Number(a) - Number(b) : Number(a) + Number(b);
    return String(sum);
  }
  const [x, y] = [parse(a), parse(b)];
  const scale = Math.max(scaleOf(x), scaleOf(y));
  const sum = subtract
    ? scaledInteger(x, scale) - scaledInteger(y, scale)
    : scaledInteger(x, scale) + scaledInteger(y, scale);
  const digits = (sum < 0n ? -sum : sum).toString();
  return format(checkRange(decimalOf(sum < 0n, digits, digits.length - scale)));
}

/** The number of digits after the decimal point. */
const scaleOf = ({ digits, exponent }: Decimal): number => Math.max(0, digits.length - 1 - exponent);

/** The value × 10^scale. */
function scaledInteger({ negative, digits, exponent }: Decimal, scale: number): bigint {
  const value = BigInt(digits + '0'.repeat(scale + exponent + 1 - digits.length) || '0');
  return negative ? -value : value;
}

/**
 * The size of a canonical number by AWS's rules: one byte, one for every two digits before the point, one for every two
 * after it, and one for a minus. Zeros at the ends are not counted.
 */
export function numberBytes(text: string): number {
  const negative = text.charCodeAt(0) === MINUS;
  const start = negative ? 1 : 0;
  const point = text.indexOf('.');
  let whole = (point === -1 ? text.length : point) - start;
  let fraction = 0;
  if (point === -1) {
    whole = withoutTrailingZeros(text.slice(start)).length;
  } else {
    fraction = text.length - point - 1;
    if (whole === 1 && text.charCodeAt(start) === ZERO) {
      whole = 0;
      fraction -= countLeadingZeros(text.slice(point + 1));
    }
  }
  return 1 + Math.ceil(whole / 2) + Math.ceil(fraction / 2) + (negative ? 1 : 0);
}
