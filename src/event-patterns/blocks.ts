/**
 * Finds the blocks of addresses that may contain an address: by the bits that a block fixes, one
 * lookup per number of bits in use. A block that begins above its first masked address is found
 * too often, never too rarely.
 */
import { type Block, parseAddress } from './addresses.ts';
import type { Taker } from './taker.ts';
import type { Work } from './work.ts';

export interface Blocks<Item> {
  find(text: string, taker: Taker<Item>, work: Work): void;
}

interface Size<Item> {
  readonly version: 4 | 6;
  readonly free: bigint;
  readonly byNetwork: Map<bigint, Item[]>;
}

export function blocks<Item>(
  entries: readonly { readonly block: Block; readonly item: Item }[],
): Blocks<Item> {
  const sizes = new Map<string, Size<Item>>();
  for (const { block, item } of entries) {
    const key = `${block.version}/${block.bits}`;
    const size = sizes.get(key) ?? newSize(block);
    sizes.set(key, size);
    const network = block.first >> size.free;
    const items = size.byNetwork.get(network) ?? [];
    size.byNetwork.set(network, items);
    items.push(item);
  }
  const all = [...sizes.values()];
  const find = (text: string, taker: Taker<Item>, work: Work) => {
    const address = parseAddress(text);
    if (!address) return;
    for (const { version, free, byNetwork } of all) {
      work.steps++;
      const items = version === address.version && byNetwork.get(address.value >> free);
      if (items) taker.take(items, false);
    }
  };
  return { find };
}

function newSize<Item>({ version, bits }: Block): Size<Item> {
  const width = version === 4 ? 32 : 128;
  return { version, free: BigInt(width - bits), byNetwork: new Map() };
}
