/**
 * The pattern language is one; each service allows a part of it and has limits of its own.
 *
 * `events` is for rules, archives, pipes and event source mappings. Amazon SNS filter policies
 * come in two scopes.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
export type DialectName = 'events' | 'sns-attributes' | 'sns-body';

export interface Dialect {
  /** The match expressions that are known. */
  readonly operators: ReadonlySet<string>;
  /** The match expressions that may stand inside `anything-but`. */
  readonly anythingBut: ReadonlySet<string>;
  /** Whether `prefix` and `suffix` may ignore case. */
  readonly endsIgnoreCase: boolean;
  /** Whether `exists` asks for a value that is neither null nor an empty text. */
  readonly existsWithContent: boolean;
  /** Whether objects may lie in objects. */
  readonly nests: boolean;
  /** Whether `{}` is a pattern; it matches everything. */
  readonly mayBeEmpty: boolean;
  /** `numeric` compares values from minus this to this. */
  readonly numericLimit: number;
  /** What stands in front of every reason. */
  readonly reasonPrefix: string;
  readonly limits: Limits;
}

export interface Limits {
  readonly bytes: number;
  /** Keys at the top level. */
  readonly keys: number;
  /** Values per key, multiplied over the keys and by the depth of each. */
  readonly combinations: number;
  /** Patterns without `$or` that a pattern with `$or` stands for. */
  readonly branches: number;
}

const OPERATORS = ['exactly', 'prefix', 'suffix', 'equals-ignore-case', 'anything-but'];
const NUMBERS_AND_MORE = ['numeric', 'exists', 'cidr'];

const events: Dialect = {
  operators: new Set([...OPERATORS, ...NUMBERS_AND_MORE, 'wildcard']),
  anythingBut: new Set(['prefix', 'suffix', 'equals-ignore-case', 'wildcard']),
  endsIgnoreCase: true,
  existsWithContent: false,
  nests: true,
  mayBeEmpty: false,
  numericLimit: 5e9,
  reasonPrefix: '',
  limits: {
    bytes: Number.POSITIVE_INFINITY,
    keys: Number.POSITIVE_INFINITY,
    combinations: Number.POSITIVE_INFINITY,
    branches: 1000,
  },
};

const snsBody: Dialect = {
  // Whether Amazon SNS knows `wildcard` is unsure: its guide does not name it.
  operators: new Set([...OPERATORS, ...NUMBERS_AND_MORE]),
  anythingBut: new Set(['prefix']),
  endsIgnoreCase: false,
  // https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html
  existsWithContent: true,
  nests: true,
  mayBeEmpty: true,
  numericLimit: 1e9,
  reasonPrefix: 'FilterPolicy: ',
  limits: { bytes: 256 * 1024, keys: 5, combinations: 150, branches: 150 },
};

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  events,
  'sns-body': snsBody,
  'sns-attributes': { ...snsBody, nests: false },
};
