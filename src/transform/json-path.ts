/**
 * The part of JSONPath that EventBridge knows: names with dot or bracket, array indices, and `*`
 * for all elements of an array. It reads from JSON text and answers with JSON text, so that a
 * number arrives as it was written (1.0, 9223372036854775807).
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
import { elements, endOfValue, members, startOfValue } from '../core/json-text.ts';
import { TransformError } from './error.ts';

type Step = string | number | '*';

export interface JsonPath {
  readonly steps: readonly { readonly kind: 'name' | 'index' | 'all'; readonly step: Step }[];
  /** Whether the path may have many results, which then come as an array. */
  readonly many: boolean;
}

const DOT_NAME = /\.([^.[\]\s'"*]+)/y;
const BRACKET_NAME = /\[(?:'([^']*)'|"([^"]*)")\]/y;
const INDEX = /\[(\d+)\]/y;
const ALL = /\[\*\]|\.\*/y;

/** Reads a path, or throws a TransformError. */
export function parsePath(text: string): JsonPath {
  const steps: { kind: 'name' | 'index' | 'all'; step: Step }[] = [];
  if (!text.startsWith('$')) throw invalid(text);
  for (let at = 1; at < text.length; ) {
    const take = (token: RegExp) => {
      token.lastIndex = at;
      const found = token.exec(text);
      if (found) at = token.lastIndex;
      return found;
    };
    const name = take(DOT_NAME) ?? take(BRACKET_NAME);
    const index = name ? undefined : take(INDEX);
    if (name) steps.push({ kind: 'name', step: name[1] ?? name[2] ?? '' });
    else if (index) steps.push({ kind: 'index', step: Number(index[1]) });
    else if (take(ALL)) steps.push({ kind: 'all', step: '*' });
    else throw invalid(text);
  }
  return { steps, many: steps.some(({ kind }) => kind === 'all') };
}

function invalid(text: string): TransformError {
  return new TransformError(`Invalid JSON path: ${text}`);
}

/** The JSON text at the path, or undefined when `json` (valid JSON) has nothing there. */
export function textAt(path: JsonPath, json: string): string | undefined {
  let places = [startOfValue(json, 0)];
  for (const { kind, step } of path.steps) {
    places = places.flatMap((place) => {
      if (kind === 'name') return memberAt(json, place, step as string);
      if (kind === 'index') return elementAt(json, place, step as number);
      return json[place] === '[' ? elements(json, place) : [];
    });
  }
  const texts = places.map((place) => json.slice(place, endOfValue(json, place)));
  return path.many ? `[${texts.join(',')}]` : texts[0];
}

/** Where a key is written twice, the last one counts. */
function memberAt(json: string, place: number, key: string): number[] {
  if (json[place] !== '{') return [];
  const found = members(json, place).findLast((member) => member.key === key);
  return found ? [found.at] : [];
}

function elementAt(json: string, place: number, index: number): number[] {
  if (json[place] !== '[') return [];
  const found = elements(json, place)[index];
  return found === undefined ? [] : [found];
}
