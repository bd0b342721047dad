/** Lays graphs out beside the page, which stays responsive meanwhile. */
import { type Layout, type LayoutInput, layoutOf } from './layout.ts';

export interface LayoutAsked {
  readonly turn: number;
  readonly input: LayoutInput;
}

export interface LayoutAnswered {
  readonly turn: number;
  /** Undefined where it could not be found, which `failure` tells of. */
  readonly layout?: Layout;
  readonly failure?: string;
}

/** As much of a worker's scope as is used: the page's types do not have it. */
interface Scope {
  onmessage: ((event: MessageEvent<LayoutAsked>) => void) | null;
  postMessage(answer: LayoutAnswered): void;
}

const scope = self as unknown as Scope;

scope.onmessage = ({ data: { turn, input } }) => {
  try {
    scope.postMessage({ turn, layout: layoutOf(input) });
  } catch (cause) {
    scope.postMessage({ turn, failure: cause instanceof Error ? cause.message : String(cause) });
  }
};
