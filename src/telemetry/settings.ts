/**
 * What OpenTelemetry's environment variables say, and options before them.
 *
 * Where the collector is must be right, or nothing starts; what else cannot be used is told and
 * left at its default, as the specification wants it.
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
import { DEFAULT_SAMPLER, type Sampler, samplerOf } from './sampler.ts';

export interface TelemetryOptions {
  /** Where the collector is, such as `http://localhost:4318`; `/v1/traces` is added to it. */
  readonly endpoint?: string;
  /** For each request, such as the key of a vendor. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long a request may take. Default 10,000. */
  readonly timeoutMs?: number;
  readonly compression?: 'gzip' | 'none';
  /** Default `millrace`. */
  readonly serviceName?: string;
  /** Further attributes of the resource. */
  readonly resource?: Readonly<Record<string, string>>;
  /** A name as in OTEL_TRACES_SAMPLER. Default `parentbased_always_on`. */
  readonly sampler?: string;
  /** The share that `traceidratio` lets through, from 0 to 1. Default 1. */
  readonly share?: number;
}

export interface TelemetrySettings {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly gzip: boolean;
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: Sampler;
}

export type Environment = Readonly<Record<string, string | undefined>>;

type Warn = (sentence: string) => void;

const TIMEOUT_MS = 10_000;

/** Undefined where it is switched off. Throws where the collector's address is none. */
export function telemetrySettings(
  options: TelemetryOptions,
  env: Environment,
  warn: Warn,
): TelemetrySettings | undefined {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined;
  if (options.endpoint === undefined && env.OTEL_TRACES_EXPORTER === 'none') return undefined;
  const url = urlOf(options, env);
  if (!url) return undefined;
  tellOfProtocol(said(env, 'PROTOCOL'), warn);
  return {
    url,
    headers: { ...headersOf(said(env, 'HEADERS'), warn), ...options.headers },
    timeoutMs: options.timeoutMs ?? timeoutOf(said(env, 'TIMEOUT'), warn),
    gzip: isGzip(options.compression ?? said(env, 'COMPRESSION'), warn),
    resource: resourceOf(options, env, warn),
    sampler: sampling(options, env, warn),
  };
}

/** The variable of traces goes before the one of all signals; an empty one is none. */
function said(env: Environment, name: string): string | undefined {
  return env[`OTEL_EXPORTER_OTLP_TRACES_${name}`] || env[`OTEL_EXPORTER_OTLP_${name}`] || undefined;
}

function urlOf({ endpoint }: TelemetryOptions, env: Environment): URL | undefined {
  const exact = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  if (endpoint === undefined && exact) {
    return httpUrl('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', exact);
  }
  const base = endpoint ?? env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!base) return undefined;
  const named = endpoint === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : 'telemetry.endpoint';
  const url = httpUrl(named, base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url;
}

function httpUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new Error(`${name} must be an http or https URL, such as http://localhost:4318.`);
}

function tellOfProtocol(protocol: string | undefined, warn: Warn): void {
  if (protocol === undefined || protocol === 'http/json') return;
  warn(`spans are sent as http/json, whatever OTEL_EXPORTER_OTLP_PROTOCOL asks for (${protocol})`);
}

function timeoutOf(text: string | undefined, warn: Warn): number {
  if (text === undefined) return TIMEOUT_MS;
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  warn(`OTEL_EXPORTER_OTLP_TIMEOUT is a number of milliseconds; ${TIMEOUT_MS} is used`);
  return TIMEOUT_MS;
}

function isGzip(compression: string | undefined, warn: Warn): boolean {
  if (compression === undefined || compression === 'none') return false;
  if (compression === 'gzip') return true;
  warn('OTEL_EXPORTER_OTLP_COMPRESSION is gzip or none; spans are sent as they are');
  return false;
}

/** Names a field of HTTP may have, and values. What is wrong is not told: it may be a secret. */
const FIELD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

function headersOf(text: string | undefined, warn: Warn): Record<string, string> {
  const pairs = pairsOf(text);
  if (pairs?.every(([name, value]) => FIELD.test(name) && VALUE.test(value))) {
    return Object.fromEntries(pairs);
  }
  warn('OTEL_EXPORTER_OTLP_HEADERS is no list of name=value; none of it is sent');
  return {};
}

function resourceOf(
  { serviceName, resource }: TelemetryOptions,
  env: Environment,
  warn: Warn,
): Record<string, string> {
  const pairs = pairsOf(env.OTEL_RESOURCE_ATTRIBUTES);
  if (!pairs) warn('OTEL_RESOURCE_ATTRIBUTES is no list of name=value; none of it is used');
  const name = serviceName ?? (env.OTEL_SERVICE_NAME || undefined);
  return {
    'service.name': 'millrace',
    ...Object.fromEntries(pairs ?? []),
    ...resource,
    ...(name !== undefined && { 'service.name': name }),
  };
}

/** `a=1,b=2` with percent-encoded values; undefined for what is not of that form. */
function pairsOf(text = ''): readonly (readonly [string, string])[] | undefined {
  const pairs: (readonly [string, string])[] = [];
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const equals = part.indexOf('=');
    const name = decoded(part.slice(0, equals).trim());
    const value = decoded(part.slice(equals + 1).trim());
    if (equals < 1 || !name || value === undefined) return undefined;
    pairs.push([name, value]);
  }
  return pairs;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function sampling(options: TelemetryOptions, env: Environment, warn: Warn): Sampler {
  const name = options.sampler ?? (env.OTEL_TRACES_SAMPLER || DEFAULT_SAMPLER);
  const share = options.share ?? shareOf(env.OTEL_TRACES_SAMPLER_ARG, warn);
  const sampler = samplerOf(name, share);
  if (sampler) return sampler;
  warn(`OTEL_TRACES_SAMPLER is ${name}, which is unknown here; ${DEFAULT_SAMPLER} is used`);
  return (_, asked = true) => asked;
}

function shareOf(text: string | undefined, warn: Warn): number {
  if (!text) return 1;
  const share = Number(text);
  if (share >= 0 && share <= 1) return share;
  warn('OTEL_TRACES_SAMPLER_ARG is a number from 0 to 1; 1 is used');
  return 1;
}
