/**
 * `node:http` without what an `import` of it brings along.
 *
 * An import evaluates every export, and one of them (`WebSocket`) loads all of undici: 50 ms or
 * more of start-up, and 3 MB, for what nothing here uses (bench/start-up.ts).
 */
export const http = process.getBuiltinModule('node:http');
