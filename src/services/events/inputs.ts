/**
 * What a target gets: the event, a constant, a part of the event, or what a template makes of it.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
import { isJson } from '../../core/json-text.ts';
import { type Delivery, Refused } from '../../delivery/targets.ts';
import { TransformError } from '../../transform/error.ts';
import { compileTransformer, render, type Transformer } from '../../transform/input-transformer.ts';
import { parsePath, textAt } from '../../transform/json-path.ts';
import type { InputTransformer, Target } from '../../wire/types/events.ts';
import { isShaped } from './addresses.ts';
import { fault } from './errors.ts';
import type { Shape } from './matching.ts';

/** Most entries of InputPathsMap. */
const MOST_PATHS = 100;

/** Refuses an input that PutTargets does not let in. */
export function checkInput(target: Target, kind: string): void {
  const { Id: id, Input: input, InputPath: path, InputTransformer: transformer } = target;
  if ([input, path, transformer].filter((one) => one !== undefined).length > 1) {
    throw invalid(
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`,
    );
  }
  if (kind === 'events' && isShaped(target)) {
    // Documented, though not in which words.
    throw invalid(`Input, InputPath, and InputTransformer are not available for target ${id}.`);
  }
  if (input !== undefined && !isJson(input)) {
    throw invalid(`JSON syntax error in input for target ${id}.`);
  }
  if (path !== undefined) checkPath(path, id);
  if (transformer !== undefined) checkTransformer(transformer, id);
}

function checkPath(path: string, id: string): void {
  try {
    parsePath(path);
  } catch (cause) {
    throw asInvalid(cause, (reason) => `InputPath for target ${id} is invalid. ${reason}`);
  }
}

function checkTransformer(transformer: InputTransformer, id: string): void {
  if (Object.keys(transformer.InputPathsMap ?? {}).length > MOST_PATHS) {
    throw invalid(`InputPathsMap for target ${id} has more than ${MOST_PATHS} entries.`);
  }
  try {
    compileTransformer(transformer);
  } catch (cause) {
    throw asInvalid(cause, (reason, placeholder) =>
      placeholder === undefined
        ? `InputTransformer for target ${id} is invalid. ${reason}`
        : `InputTemplate for target ${id} contains invalid placeholder ${placeholder}.`,
    );
  }
}

function asInvalid(
  cause: unknown,
  say: (reason: string, placeholder: string | undefined) => string,
): unknown {
  if (!(cause instanceof TransformError)) return cause;
  return invalid(say(cause.message, cause.placeholder));
}

function invalid(message: string) {
  return fault('ValidationException', message);
}

const transformers = new WeakMap<InputTransformer, Transformer>();

/** The text for the target; throws `Refused` when there is none to be made. */
export function inputFor({ shape: notes, sourceArn }: Delivery, event: string): string {
  const shape = notes as Shape | undefined;
  if (shape?.input !== undefined) return shape.input;
  if (shape?.inputPath !== undefined) return partOf(event, shape.inputPath);
  if (!shape?.transformer) return event;
  const transformer = transformers.get(shape.transformer) ?? compileTransformer(shape.transformer);
  transformers.set(shape.transformer, transformer);
  const { ruleName, ingestedAtMs = 0 } = shape;
  const reserved = { ruleArn: sourceArn, ruleName, ingestedAtMs };
  const { text, broken } = render(transformer, event, reserved);
  if (!broken) return text;
  throw new Refused('INVALID_JSON', 'The input transformer did not produce valid JSON.');
}

function partOf(event: string, path: string): string {
  const text = textAt(parsePath(path), event);
  if (text !== undefined) return text;
  throw new Refused('INVALID_PARAMETER', `The event has nothing at ${path}.`);
}
