/**
 * millrace in a process of yours: start a server, stop it.
 *
 * ```ts
 * import { startServer } from 'millrace';
 *
 * const server = await startServer({ port: 4566, data: './data' });
 * console.log(server.endpoint);
 * await server.close();
 * ```
 */
export type { Settings } from './delivery/stack.ts';
export { type Server, type ServerOptions, startServer } from './start.ts';
export type { TelemetryOptions } from './telemetry/settings.ts';
