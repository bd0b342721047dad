/** What became of spans, for `/metrics`. */
import { figures, type Metrics } from '../core/metrics.ts';

const told = figures((metrics) =>
  metrics.counter({
    name: 'millrace_spans_exported_total',
    help: 'Spans that the collector of OpenTelemetry has taken.',
  }),
);

const dropped = figures((metrics) =>
  metrics.counter({
    name: 'millrace_spans_dropped_total',
    help: 'Spans that nobody took, and facts that none were made of because they were too many.',
    labels: ['reason'],
  }),
);

const lag = figures((metrics) =>
  metrics.gauge({
    name: 'millrace_spans_waiting',
    help: 'Facts of the journal that the collector has not been told of.',
  }),
);

/** Why a span is not told: too far `behind`, or the collector's `refused` and `rejected`. */
export type DropReason = 'behind' | 'refused' | 'rejected';

export function countTold(metrics: Metrics, spans: number): void {
  told(metrics).of().add(spans);
}

export function countDropped(metrics: Metrics, reason: DropReason, spans: number): void {
  dropped(metrics).of(reason).add(spans);
}

type Look = () => Promise<number>;

/** Metrics have their collectors for good; whoever tells spans may go. */
const looks = new WeakMap<Metrics, { look: Look | undefined }>();

/** Shows what `look` finds whenever somebody looks. Returns how to stop. */
export function watchLag(metrics: Metrics, look: Look): () => void {
  let held = looks.get(metrics);
  if (!held) {
    const fresh: { look: Look | undefined } = { look: undefined };
    looks.set(metrics, fresh);
    metrics.collect(async () =>
      lag(metrics)
        .of()
        .set((await fresh.look?.()) ?? 0),
    );
    held = fresh;
  }
  const mine = held;
  mine.look = look;
  return () => {
    if (mine.look === look) mine.look = undefined;
  };
}
