/**
 * Counts what matching does, so that tests can bound the work without a watch: one step per leaf,
 * condition, character or node that is looked at.
 */
export interface Work {
  steps: number;
}
