/**
 * Which traces are told: all spans of one or none.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk/#built-in-samplers
 */

/** `asked` is what the client has decided, where the trace began with it. */
export type Sampler = (traceId: string, asked: boolean | undefined) => boolean;

export const DEFAULT_SAMPLER = 'parentbased_always_on';

/** The sampler of a name, as OTEL_TRACES_SAMPLER has them; undefined for none of them. */
export function samplerOf(name: string, share: number): Sampler | undefined {
  switch (name) {
    case 'always_on':
      return () => true;
    case 'always_off':
      return () => false;
    case 'traceidratio':
      return (traceId) => isWithin(traceId, share);
    case 'parentbased_always_on':
      return (_, asked = true) => asked;
    case 'parentbased_always_off':
      return (_, asked = false) => asked;
    case 'parentbased_traceidratio':
      return (traceId, asked) => asked ?? isWithin(traceId, share);
    default:
      return undefined;
  }
}

const DIGITS = 13;
const MOST = 16 ** DIGITS;

/** The lower half of the id decides, as it does in the SDKs, so that they decide alike. */
function isWithin(traceId: string, share: number): boolean {
  return Number.parseInt(traceId.slice(16, 16 + DIGITS), 16) / MOST < share;
}
