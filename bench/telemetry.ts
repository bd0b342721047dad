/**
 * Claim: sends whose spans go to a collector of OpenTelemetry reach at least 0.85 of what they do
 * without one.
 */
import { createQueue } from './api.ts';
import { alone, atLeast, type Bench, LOAD_COLUMNS, loadRow, type Report } from './report.ts';
import { compare, type Options } from './rounds.ts';
import { startFloor, startMillrace } from './servers.ts';

export const telemetryCost: Bench = { name: 'telemetry', run };

/** Bytes of a collector's answer, which says nothing. */
const ANSWER_BYTES = 32;

async function run(options: Options): Promise<Report> {
  await using collector = await startFloor(ANSWER_BYTES);
  const told = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}` };
  await using silent = await startMillrace();
  await using traced = await startMillrace({ variables: told });
  const contenders = await Promise.all(
    [silent, traced].map(async (server) => {
      const { url: to } = await createQueue(server.port, 'bench');
      return { server, scenario: { kind: 'send', to } as const };
    }),
  );
  const results = await compare(contenders, 32, options);
  if (!options.quick && (await spansOf(traced.port)) === 0) throw new Error('No span was sent.');
  const names = ['without a collector', 'with one'];
  return {
    bench: telemetryCost.name,
    claim: 'messages of 1 KiB sent, with and without a collector that takes their spans',
    columns: LOAD_COLUMNS,
    rows: results.map((result, at) => loadRow(names[at] ?? '', result)),
    checks: [atLeast('throughput with a collector', results[1]?.ratio.median ?? 0, 0.85)],
  };
}

async function spansOf(port: number): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^millrace_spans_exported_total (\d+)/m.exec(page)?.[1] ?? 0);
}

if (import.meta.main) await alone(telemetryCost);
