/**
 * The conditions of a pattern's field in words. Patterns of EventBridge and filter policies of SNS
 * are written alike: a list, of which one must hold.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export interface Condition {
  /** `equals` for a plain value, else the operator's own name. */
  readonly operator: string;
  /** What a value must be: `is "gold"`, `is above 100`. */
  readonly words: string;
}

/** Undefined where `wanted` is no list of conditions that can be read. */
export function conditionsOf(wanted: string): readonly Condition[] | undefined {
  try {
    const list: unknown = JSON.parse(wanted);
    return Array.isArray(list) ? list.map(conditionOf) : [conditionOf(list)];
  } catch {
    return undefined;
  }
}

function conditionOf(one: unknown): Condition {
  if (typeof one !== 'object' || one === null) {
    return { operator: 'equals', words: `is ${printed(one)}` };
  }
  const [entry] = Object.entries(one);
  if (!entry) return { operator: 'equals', words: `is ${printed(one)}` };
  const [operator, operand] = entry;
  return { operator, words: WORDS[operator]?.(operand) ?? `${operator} ${printed(operand)}` };
}

const WORDS: Readonly<Record<string, (operand: unknown) => string>> = {
  prefix: (operand) => `begins with ${text(operand)}`,
  suffix: (operand) => `ends with ${text(operand)}`,
  'equals-ignore-case': (operand) => `is ${printed(operand)}, in capitals or not`,
  wildcard: (operand) => `is like ${printed(operand)}`,
  exists: (operand) => (operand === false ? 'is not there' : 'is there, whatever it is'),
  numeric: (operand) => (Array.isArray(operand) ? numeric(operand) : printed(operand)),
  cidr: (operand) => `is an address within ${printed(operand)}`,
  'anything-but': (operand) => anythingBut(operand),
};

function text(operand: unknown): string {
  if (typeof operand !== 'object' || operand === null) return printed(operand);
  const [value] = Object.values(operand);
  return `${printed(value)}, in capitals or not`;
}

const SIGNS: Readonly<Record<string, string>> = {
  '=': 'is',
  '>': 'is above',
  '>=': 'is at least',
  '<': 'is below',
  '<=': 'is at most',
};

/** `["<=", 10, ">", 0]`: signs and numbers in turns. */
function numeric(operands: readonly unknown[]): string {
  const parts: string[] = [];
  for (let at = 0; at + 1 < operands.length; at += 2) {
    const sign = String(operands[at]);
    parts.push(`${SIGNS[sign] ?? sign} ${printed(operands[at + 1])}`);
  }
  return parts.join(' and ');
}

function anythingBut(operand: unknown): string {
  if (Array.isArray(operand)) return `is none of ${operand.map(printed).join(', ')}`;
  if (typeof operand !== 'object' || operand === null) return `is not ${printed(operand)}`;
  return `is not what ${conditionOf(operand).words}`;
}

export function printed(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}

/** The plain values that a field may have, as far as it names any. */
export function valuesOf(wanted: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(wanted);
    return Array.isArray(list) ? list.filter((one) => typeof one !== 'object' || one === null) : [];
  } catch {
    return [];
  }
}
