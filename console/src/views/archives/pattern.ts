/** Why a text is no event pattern yet, in words; undefined where it may be one, or is empty. */
export function patternFault(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
  } catch {
    // Told of below.
  }
  return 'A pattern is a JSON object.';
}
