import { jsonFault } from './body-text.ts';

/** Why `text` cannot be an event pattern; whether EventBridge takes it, the server says. */
export function patternProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const fault = jsonFault(text);
  if (fault !== undefined) return `This is no JSON yet: ${fault}.`;
  return text.trim().startsWith('{')
    ? undefined
    : 'A pattern is a JSON object: {"source": ["shop"]}.';
}
