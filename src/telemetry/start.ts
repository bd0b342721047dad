/**
 * OpenTelemetry: spans of what happened to each event, by OTLP over HTTP. Loaded only when it is
 * wanted. See docs/guides/telemetry.md.
 */
import type { Stack } from '../delivery/stack.ts';
import { Tenure } from '../delivery/tenure.ts';
import type { Write } from '../storage/storage.ts';
import { Exporter } from './exporter.ts';
import { type Environment, type TelemetryOptions, telemetrySettings } from './settings.ts';

/** Takes the exporter into the stack's workers. Throws where the collector's address is none. */
export function startTelemetry(
  stack: Stack,
  options: TelemetryOptions = {},
  env: Environment = {},
): void {
  const { log, journal, workers } = stack;
  const settings = telemetrySettings(options, env, (sentence) => log.warn(sentence));
  if (!settings) return;
  if (!journal.on) {
    log.warn('no spans are told: they are made of the journal, which is switched off');
    return;
  }
  const begin = (fence: readonly Write[]) => Exporter.begin(stack, { settings, fence });
  workers.add(new Tenure(stack, { name: 'telemetry', begin }));
}
