/**
 * Figures of what a stack holds and does: its queues, its workers, its storage. They are looked up
 * when somebody asks, and not kept.
 *
 * A stack may have any number of queues, and only those with the most in them are told one by one.
 */
import { type Amount, type Family, figures } from '../core/metrics.ts';
import { processFigures } from '../core/process-figures.ts';
import { isReporting } from '../storage/reporting.ts';
import type { Counts } from '../storage/storage.ts';
import { backlogOf } from './backlog.ts';
import type { Stack } from './stack.ts';

/** Queues that are told one by one. */
export const MOST_QUEUES = 100;
/** Queues that are looked at, so that a look stays short; the others are in `millrace_queues`. */
const MOST_LOOKED_AT = 2_000;

/** What became of an attempt to hand over. */
export type DeliveryOutcome = 'done' | 'retried' | 'dead-lettered' | 'lost';

const deliveries = figures((metrics) =>
  metrics.counter({
    name: 'millrace_deliveries_total',
    help: 'Attempts to hand over, by kind of target and by what became of the delivery.',
    labels: ['target', 'outcome'],
  }),
);

export function countDelivery({ metrics }: Stack, target: string, outcome: DeliveryOutcome): void {
  deliveries(metrics).of(target, outcome).add();
}

/** Has the figures of `stack` looked up whenever its metrics are asked for. */
export function watchFigures(stack: Stack): void {
  const { metrics } = stack;
  processFigures(metrics);
  queueFigures(stack);
  workerFigures(stack);
  storageFigures(stack);
}

function queueFigures(stack: Stack): void {
  const { metrics } = stack;
  const gauge = (name: string, help: string, ...labels: string[]) =>
    metrics.gauge({ name, help, labels });
  const queues = gauge('millrace_queues', 'Queues of the storage that hold messages.');
  const totals = gauge('millrace_messages', 'Messages in all queues.', 'state');
  const oldest = gauge('millrace_message_oldest_age_seconds', 'Age of the oldest message.');
  const messages = gauge(
    'millrace_queue_messages',
    `Messages of a queue; the ${MOST_QUEUES} with the most.`,
    ...['queue', 'state'],
  );
  const ages = gauge(
    'millrace_queue_oldest_age_seconds',
    `Age of a queue's oldest message; the ${MOST_QUEUES} with the most.`,
    'queue',
  );
  metrics.collect(async () => {
    const backlog = await backlogOf(stack, { counted: MOST_LOOKED_AT, told: MOST_QUEUES });
    queues.of().set(backlog.queues);
    oldest.of().set(backlog.oldestAgeMs / 1_000);
    setStates(totals, [], backlog);
    messages.clear();
    ages.clear();
    for (const one of backlog.fullest) {
      setStates(messages, [one.queue], one);
      ages.of(one.queue).set(one.oldestAgeMs / 1_000);
    }
  });
}

function setStates(family: Family<Amount>, labels: readonly string[], counts: Counts): void {
  family.of(...labels, 'visible').set(counts.visible);
  family.of(...labels, 'in-flight').set(counts.inFlight);
  family.of(...labels, 'delayed').set(counts.delayed);
}

/** Pumps and pullers: those who claim from queues or read logs of their own accord. */
function workerFigures({ metrics, workers }: Stack): void {
  const states = metrics.gauge({
    name: 'millrace_workers',
    help: 'Pumps, pullers and others who work unasked.',
    labels: ['state'],
  });
  const running = metrics.gauge({
    name: 'millrace_worker_running',
    help: 'Messages or batches that a worker handles now; those that are at work.',
    labels: ['worker'],
  });
  metrics.collect(() => {
    const list = workers.list();
    const busy = list.filter((worker) => worker.busy);
    states.of('busy').set(busy.length);
    states.of('idle').set(list.length - busy.length);
    running.clear();
    for (const { name, running: now } of busy) if (now) running.of(name).add(now);
  });
}

function storageFigures({ metrics, storage }: Stack): void {
  if (!isReporting(storage)) return;
  const gauges = metrics.gauge({
    name: 'millrace_storage',
    help: 'Further figures of the storage engine.',
    labels: ['engine', 'figure'],
  });
  metrics.collect(async () => {
    const report = await storage.report();
    metrics.show(
      { name: 'millrace_commit_duration_seconds', help: 'Time that a group commit takes.' },
      report.commitSeconds,
    );
    metrics.show(
      { name: 'millrace_commit_group_size', help: 'Lists of writes that share a commit.' },
      report.groupSizes,
    );
    gauges.clear();
    for (const [figure, value] of Object.entries(report.gauges ?? {})) {
      gauges.of(report.engine, figure).set(value);
    }
  });
}
