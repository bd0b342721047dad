/** What fits into one request of a batch API. */
export interface ChunkLimits {
  readonly most: number;
  readonly mostBytes: number;
}

/** In order; one that is too large alone goes alone, for AWS to refuse. */
export function chunksOf<One extends { readonly bytes: number }>(
  all: readonly One[],
  { most, mostBytes }: ChunkLimits,
): readonly (readonly One[])[] {
  const chunks: One[][] = [];
  let bytes = 0;
  for (const one of all) {
    const chunk = chunks.at(-1);
    if (chunk && chunk.length < most && bytes + one.bytes <= mostBytes) {
      chunk.push(one);
      bytes += one.bytes;
    } else {
      chunks.push([one]);
      bytes = one.bytes;
    }
  }
  return chunks;
}
