/**
 * DynamoDB's numbers: decimals of up to 38 significant digits, kept exactly.
 *
 * A number is `coefficient × 10^exponent` in whole numbers throughout, so that no value ever
 * passes through a floating-point number. The canonical text is plain decimal notation without
 * superfluous zeros, which is how DynamoDB gives numbers back.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
import { ExpressionError } from './errors.ts';

export interface Decimal {
  /** Without trailing zeros; 0n has exponent 0. */
  readonly coefficient: bigint;
  readonly exponent: number;
}

const MAX_DIGITS = 38;
/** The power of ten of the first digit: ±1e-130 to ±9.99…e+125. */
const LEAST_MAGNITUDE = -130;
const GREATEST_MAGNITUDE = 125;

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** Most numbers are short whole ones and canonical as they stand. */
const PLAIN = /^(?:0|-?[1-9]\d{0,37})$/;

/** Whole and positive: such texts compare by length, then digit by digit. */
const COUNT = /^[1-9]\d*$/;

const ZERO: Decimal = { coefficient: 0n, exponent: 0 };

/** Reads `text`, or throws DynamoDB's error about it. */
export function readNumber(text: string): Decimal {
  if (text === '')
    throw new ExpressionError('The parameter cannot be converted to a numeric value');
  const match = NUMBER.exec(text);
  const [, sign, whole = '', part = '', power = '0'] = match ?? [];
  if (!match || whole + part === '') {
    throw new ExpressionError(`The parameter cannot be converted to a numeric value: ${text}`);
  }
  const written = (whole + part).replace(/^0+/, '');
  const digits = written.replace(/0+$/, '');
  if (digits === '') return ZERO;
  const exponent = Number(power) - part.length + (written.length - digits.length);
  return inRange({ coefficient: BigInt(`${sign}${digits}`), exponent }, digits.length);
}

/** `text` in the form DynamoDB stores and answers. */
export function canonicalNumber(text: string): string {
  return PLAIN.test(text) ? text : numberText(readNumber(text));
}

export function numberText({ coefficient, exponent }: Decimal): string {
  const digits = String(coefficient < 0n ? -coefficient : coefficient);
  const sign = coefficient < 0n ? '-' : '';
  if (exponent >= 0) return sign + digits + '0'.repeat(exponent);
  const point = digits.length + exponent;
  if (point > 0) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  return `${sign}0.${'0'.repeat(-point)}${digits}`;
}

/** The sum of two canonical numbers; throws when it has more than 38 digits or is out of range. */
export function addNumbers(left: string, right: string): string {
  return numberText(sum(readNumber(left), readNumber(right)));
}

export function subtractNumbers(left: string, right: string): string {
  const { coefficient, exponent } = readNumber(right);
  return numberText(sum(readNumber(left), { coefficient: -coefficient, exponent }));
}

/** Below, at or above zero as `left` is less than, equal to or greater than `right`. */
export function compareNumbers(left: string, right: string): number {
  if (left === right) return 0;
  if (COUNT.test(left) && COUNT.test(right)) {
    if (left.length !== right.length) return left.length - right.length;
    return left < right ? -1 : 1;
  }
  const [a, b] = [readNumber(left), readNumber(right)];
  const signs = signOf(a) - signOf(b);
  if (signs !== 0) return signs;
  const magnitudes = magnitudeOf(a) - magnitudeOf(b);
  // Aligning is cheap only once the magnitudes are known to be close.
  if (magnitudes !== 0) return magnitudes * signOf(a);
  const [first, second] = aligned(a, b);
  return first < second ? -1 : first > second ? 1 : 0;
}

/** The digits of a number without sign, point and outer zeros; empty for zero. */
export function significantDigits({ coefficient }: Decimal): string {
  if (coefficient === 0n) return '';
  return String(coefficient < 0n ? -coefficient : coefficient);
}

/** The power of ten of the first significant digit. */
export function magnitudeOf(number: Decimal): number {
  return number.exponent + significantDigits(number).length - 1;
}

function signOf({ coefficient }: Decimal): number {
  return coefficient < 0n ? -1 : coefficient > 0n ? 1 : 0;
}

function aligned(left: Decimal, right: Decimal): [bigint, bigint] {
  const exponent = Math.min(left.exponent, right.exponent);
  const scaled = (number: Decimal) =>
    number.coefficient * 10n ** BigInt(number.exponent - exponent);
  return [scaled(left), scaled(right)];
}

function sum(left: Decimal, right: Decimal): Decimal {
  const [first, second] = aligned(left, right);
  const total = first + second;
  if (total === 0n) return ZERO;
  const digits = String(total);
  const trimmed = digits.replace(/0+$/, '');
  const exponent = Math.min(left.exponent, right.exponent) + digits.length - trimmed.length;
  const length = trimmed.length - (total < 0n ? 1 : 0);
  return inRange({ coefficient: BigInt(trimmed), exponent }, length);
}

function inRange(number: Decimal, digits: number): Decimal {
  const magnitude = number.exponent + digits - 1;
  if (magnitude > GREATEST_MAGNITUDE) {
    throw new ExpressionError(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    );
  }
  if (magnitude < LEAST_MAGNITUDE) {
    throw new ExpressionError(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  }
  if (digits > MAX_DIGITS) {
    throw new ExpressionError(
      `Attempting to store more than ${MAX_DIGITS} significant digits in a Number`,
    );
  }
  return number;
}
