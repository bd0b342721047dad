/** What the process takes from the machine, by the names that are usual for it. */
import { type monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Metrics } from './metrics.ts';

/**
 * Tells how late timers fire. Watching takes 50 wake-ups a second, so it begins with the first
 * look, and one watch serves all stacks of the process.
 */
let delays: ReturnType<typeof monitorEventLoopDelay> | undefined;
const RESOLUTION_MS = 20;

export function processFigures(metrics: Metrics): void {
  const counter = (name: string, help: string) => metrics.counter({ name, help }).of();
  const gauge = (name: string, help: string) => metrics.gauge({ name, help }).of();
  const cpu = counter('process_cpu_seconds_total', 'Processor time that the process has used.');
  const resident = gauge('process_resident_memory_bytes', 'Memory that the process takes.');
  const started = gauge('process_start_time_seconds', 'When the process began, in Unix time.');
  const heap = gauge('nodejs_heap_size_used_bytes', 'Memory that objects of JavaScript take.');
  const busy = counter('nodejs_eventloop_active_seconds_total', 'Time the event loop was at work.');
  const idle = counter('nodejs_eventloop_idle_seconds_total', 'Time the event loop had nothing.');
  const lag = metrics.gauge({
    name: 'nodejs_eventloop_lag_seconds',
    help: 'How late timers fired since the last look.',
    labels: ['quantile'],
  });
  metrics.collect(() => {
    const { user, system } = process.cpuUsage();
    cpu.set((user + system) / 1e6);
    const { rss, heapUsed } = process.memoryUsage();
    resident.set(rss);
    heap.set(heapUsed);
    started.set(performance.timeOrigin / 1_000);
    const loop = performance.eventLoopUtilization();
    busy.set(loop.active / 1_000);
    idle.set(loop.idle / 1_000);
    for (const [quantile, seconds] of lags()) lag.of(quantile).set(seconds);
  });
}

function lags(): readonly (readonly [quantile: string, seconds: number])[] {
  if (!delays) {
    delays = process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay({
      resolution: RESOLUTION_MS,
    });
    delays.enable();
  }
  // Each is of a whole interval, of which the timer itself is a part.
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3);
  const seen = delays.count > 0;
  const told = [0.5, 0.99, 1].map((share) => {
    const nanoseconds = seen ? (delays?.percentile(share * 100) ?? 0) : 0;
    return [String(share), late(nanoseconds)] as const;
  });
  delays.reset();
  return told;
}
