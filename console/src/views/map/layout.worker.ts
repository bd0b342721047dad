/** Lays maps out beside the page, which stays responsive meanwhile. */
import { type Layout, type LayoutInput, layoutOf } from './layout.ts';

export interface LayoutAsked {
  readonly turn: number;
  readonly input: LayoutInput;
}

export interface LayoutAnswered {
  readonly turn: number;
  readonly layout: Layout;
  readonly ms: number;
}

/** As much of a worker's scope as is used: the page's types do not have it. */
interface Scope {
  onmessage: ((event: MessageEvent<LayoutAsked>) => void) | null;
  postMessage(answer: LayoutAnswered): void;
}

const scope = self as unknown as Scope;

scope.onmessage = ({ data: { turn, input } }) => {
  const startedMs = performance.now();
  const layout = layoutOf(input);
  scope.postMessage({ turn, layout, ms: performance.now() - startedMs });
};
