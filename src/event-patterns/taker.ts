/** Takes what an index finds, list by list. The same item may come more than once. */
export interface Taker<Item> {
  take(items: readonly Item[]): void;
}
