/** Takes what an index finds, list by list. The same item may come more than once. */
export interface Taker<Item> {
  /** `sure` tells that the value answers the items' conditions; else it only may. */
  take(items: readonly Item[], sure: boolean): void;
  /** As `take` for one item; a list of one costs two more visits to memory. */
  takeOne(item: Item, sure: boolean): void;
}
