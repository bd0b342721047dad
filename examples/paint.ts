const COLORS = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36, bold: 1 } as const;

/** Colours `text` where the terminal shows colours and nobody asked for none. */
export function paint(color: keyof typeof COLORS, text: string): string {
  const plain = process.env.NO_COLOR || !(process.stdout.isTTY || process.env.FORCE_COLOR);
  return plain ? text : `\u001b[${COLORS[color]}m${text}\u001b[0m`;
}
