/** Where the picture is, as the address has it. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** `-120,40,0.85`: where the upper left corner of the picture is, and how large it is. */
export function viewportOf(at: string): Viewport | undefined {
  const numbers = at.split(',').map(Number);
  const [x, y, zoom] = numbers;
  if (numbers.length !== 3 || !numbers.every(Number.isFinite)) return undefined;
  return x === undefined || y === undefined || !zoom || zoom < 0 ? undefined : { x, y, zoom };
}

export function viewportText({ x, y, zoom }: Viewport): string {
  return `${Math.round(x)},${Math.round(y)},${Math.round(zoom * 100) / 100}`;
}
