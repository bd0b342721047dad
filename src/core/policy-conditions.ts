/**
 * The condition block of a policy statement.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 *
 * All operators of a block must hold, and all keys below an operator; of the values of one key
 * one is enough, or none for the operators that negate. A key that the request does not have
 * fails a comparison and passes a negated one, an `…IfExists` and a `ForAllValues`.
 */
import { BlockList, isIP } from 'node:net';
import { parseArn } from './arn.ts';
import { globMatches, literally } from './glob.ts';

/** What is known of a request, by condition key. Keys are compared in lower case. */
export type Context = ReadonlyMap<string, readonly string[]>;

export interface Condition {
  readonly operator: string;
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly forEach: 'ForAnyValue' | 'ForAllValues' | undefined;
  /** The condition key in lower case. */
  readonly key: string;
  readonly values: readonly string[];
}

type Compare = (wanted: string, actual: string) => boolean;

const number = (compare: (actual: number, wanted: number) => boolean): Compare => {
  return (wanted, actual) => compare(Number(actual), Number(wanted));
};
const moment = (compare: (actual: number, wanted: number) => boolean): Compare => {
  return (wanted, actual) => compare(momentMs(actual), momentMs(wanted));
};

/** By operator, without its `Not`: how a value of the policy meets one of the request. */
const COMPARE: Readonly<Record<string, Compare>> = {
  StringEquals: (wanted, actual) => wanted === actual,
  StringEqualsIgnoreCase: (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase(),
  StringLike: globMatches,
  ArnEquals: arnMatches,
  ArnLike: arnMatches,
  Bool: (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase(),
  BinaryEquals: (wanted, actual) => wanted === actual,
  IpAddress: addressIn,
  NumericEquals: number((actual, wanted) => actual === wanted),
  NumericLessThan: number((actual, wanted) => actual < wanted),
  NumericLessThanEquals: number((actual, wanted) => actual <= wanted),
  NumericGreaterThan: number((actual, wanted) => actual > wanted),
  NumericGreaterThanEquals: number((actual, wanted) => actual >= wanted),
  DateEquals: moment((actual, wanted) => actual === wanted),
  DateLessThan: moment((actual, wanted) => actual < wanted),
  DateLessThanEquals: moment((actual, wanted) => actual <= wanted),
  DateGreaterThan: moment((actual, wanted) => actual > wanted),
  DateGreaterThanEquals: moment((actual, wanted) => actual >= wanted),
};

/** By negated operator, the one it negates. */
const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NotIpAddress: 'IpAddress',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

/** Operators whose values are patterns, so that what a variable stands for must be quoted. */
const PATTERNS = new Set(['StringLike', 'ArnEquals', 'ArnLike']);

/** The conditions below one operator of a block; undefined when there is no such operator. */
export function readOperator(
  name: string,
  keys: Readonly<Record<string, unknown>>,
): readonly Condition[] | undefined {
  const [first = '', second] = name.split(':');
  const forEach = first === 'ForAnyValue' || first === 'ForAllValues' ? first : undefined;
  if (second !== undefined && !forEach) return undefined;
  const whole = second ?? first;
  const ifExists = whole.endsWith('IfExists');
  const bare = ifExists ? whole.slice(0, -'IfExists'.length) : whole;
  const operator = NEGATED[bare] ?? bare;
  if (!(operator in COMPARE) && bare !== 'Null') return undefined;
  return Object.entries(keys).map(([key, values]) => ({
    operator,
    negated: bare in NEGATED,
    ifExists,
    forEach,
    key: key.toLowerCase(),
    values: (Array.isArray(values) ? values : [values]).map(String),
  }));
}

/** `hasVariables`: whether texts of the policy may refer to what is known of the request. */
export function holds(condition: Condition, context: Context, hasVariables = true): boolean {
  const variables = hasVariables ? context : undefined;
  const actual = context.get(condition.key);
  if (condition.operator === 'Null') {
    return condition.values.some((value) => (value.toLowerCase() === 'true') === !actual);
  }
  if (!actual || actual.length === 0) {
    if (condition.forEach) return condition.forEach === 'ForAllValues' || condition.ifExists;
    return condition.negated || condition.ifExists;
  }
  const compare = COMPARE[condition.operator];
  if (!compare) return false;
  const quote = PATTERNS.has(condition.operator);
  const values = condition.values.map((value) => expand(value, variables, quote));
  const meets = (one: string) => values.some((value) => compare(value, one)) !== condition.negated;
  if (condition.forEach) {
    return condition.forEach === 'ForAnyValue' ? actual.some(meets) : actual.every(meets);
  }
  return condition.negated ? actual.every(meets) : actual.some(meets);
}

/**
 * Puts the request's values in the place of `${key}` and `${key, 'default'}`; one that has no
 * value stays as it is and so matches nothing. `${*}`, `${?}` and `${$}` are those characters.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function expand(text: string, context: Context | undefined, quote: boolean): string {
  if (!context || !text.includes('${')) return text;
  let expanded = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf('${', at);
    const end = start < 0 ? -1 : text.indexOf('}', start);
    if (end < 0) return expanded + text.slice(at);
    const value = variable(text.slice(start + 2, end), context);
    expanded += text.slice(at, start);
    if (value === undefined) expanded += text.slice(start, end + 1);
    else expanded += quote ? literally(value) : value;
    at = end + 1;
  }
}

/** What stands for `key` or `key, 'default'`. */
function variable(inner: string, context: Context): string | undefined {
  const comma = inner.indexOf(',');
  const key = (comma < 0 ? inner : inner.slice(0, comma)).trim();
  if (key === '*' || key === '?' || key === '$') return key;
  const otherwise = comma < 0 ? '' : inner.slice(comma + 1).trim();
  const isQuoted = otherwise.length > 1 && otherwise.startsWith("'") && otherwise.endsWith("'");
  return context.get(key.toLowerCase())?.[0] ?? (isQuoted ? otherwise.slice(1, -1) : undefined);
}

/** Each of the six parts of an ARN is matched for itself, so that `*` does not reach over `:`. */
export function arnMatches(pattern: string, text: string): boolean {
  if (pattern === '*') return true;
  const wanted = parseArn(pattern);
  const actual = parseArn(text);
  if (!wanted || !actual) return false;
  return (
    globMatches(wanted.partition, actual.partition) &&
    globMatches(wanted.service, actual.service) &&
    globMatches(wanted.region, actual.region) &&
    globMatches(wanted.account, actual.account) &&
    globMatches(wanted.resource, actual.resource)
  );
}

/** ISO 8601 or seconds since the epoch; NaN, which compares false, for anything else. */
function momentMs(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function addressIn(range: string, address: string): boolean {
  const family = isIP(address);
  const [network = '', bits] = range.split('/');
  if (family === 0 || isIP(network) !== family) return false;
  const width = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? width : Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > width) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, prefix, type);
  return list.check(address, type);
}
