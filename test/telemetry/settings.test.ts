import { expect, test } from 'vitest';
import { samplerOf } from '../../src/telemetry/sampler.ts';
import {
  type Environment,
  type TelemetryOptions,
  telemetrySettings,
} from '../../src/telemetry/settings.ts';

const HERE = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

function read(env: Environment, options: TelemetryOptions = {}) {
  const warnings: string[] = [];
  const settings = telemetrySettings(options, env, (sentence) => warnings.push(sentence));
  return { settings, warnings };
}

test('the address of all signals gets the path of traces; that of traces has its own', () => {
  const url = (env: Environment, options?: TelemetryOptions) =>
    read(env, options).settings?.url.href;
  expect(url(HERE)).toBe('http://collector:4318/v1/traces');
  expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp/' })).toBe('https://c/otlp/v1/traces');
  const OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = 'http://traces/in';
  expect(url({ ...HERE, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT })).toBe('http://traces/in');
  expect(url(HERE, { endpoint: 'http://mine' })).toBe('http://mine/v1/traces');
  expect(read({}).settings).toBeUndefined();
});

test('it can be switched off, and an address that is none is an error', () => {
  expect(read({ ...HERE, OTEL_SDK_DISABLED: 'true' }).settings).toBeUndefined();
  expect(read({ ...HERE, OTEL_TRACES_EXPORTER: 'none' }).settings).toBeUndefined();
  expect(read({ ...HERE, OTEL_SDK_DISABLED: '' }).settings).toBeDefined();
  for (const endpoint of ['collector:4318', 'ftp://collector', 'nothing']) {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
    expect(() => read(env)).toThrow('OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL');
  }
});

test('what is said of traces goes before what is said of all signals', () => {
  const { settings, warnings } = read({
    ...HERE,
    OTEL_EXPORTER_OTLP_HEADERS: 'a=all',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'api-key=a%3Db, tenant = x ,',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2500',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'none',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  });
  expect(settings).toMatchObject({
    ...{ headers: { 'api-key': 'a=b', tenant: 'x' }, timeoutMs: 2_500, gzip: false },
  });
  expect(warnings).toEqual([]);
});

test('the name of the service goes before the attributes of the resource', () => {
  const resource = (env: Environment, options?: TelemetryOptions) =>
    read({ ...HERE, ...env }, options).settings?.resource;
  const OTEL_RESOURCE_ATTRIBUTES = 'service.name=a,deployment.environment.name=te%20st';
  const attributes = { 'service.name': 'a', 'deployment.environment.name': 'te st' };
  expect(resource({})).toEqual({ 'service.name': 'millrace' });
  expect(resource({ OTEL_RESOURCE_ATTRIBUTES })).toEqual(attributes);
  const named = { OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME: 'b' };
  expect(resource(named)).toEqual({ ...attributes, 'service.name': 'b' });
  expect(resource(named, { serviceName: 'c' })?.['service.name']).toBe('c');
});

test('what cannot be used is told and left out, and no secret is told', () => {
  const { settings, warnings } = read({
    ...HERE,
    OTEL_EXPORTER_OTLP_HEADERS: 'key=secret%',
    OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_RESOURCE_ATTRIBUTES: 'nothing',
    OTEL_TRACES_SAMPLER: 'jaeger_remote',
    OTEL_TRACES_SAMPLER_ARG: '2',
  });
  expect(settings).toMatchObject({ headers: {}, timeoutMs: 10_000, gzip: false });
  expect(settings?.resource).toEqual({ 'service.name': 'millrace' });
  expect(settings?.sampler('0'.repeat(32), undefined)).toBe(true);
  expect(warnings).toHaveLength(7);
  expect(warnings.join()).not.toContain('secret');
  expect(warnings[0]).toContain('http/json');
});

test('a header that no request may have is left out', () => {
  const { settings, warnings } = read({ ...HERE, OTEL_EXPORTER_OTLP_HEADERS: 'a=b%0d%0ac' });
  expect(settings?.headers).toEqual({});
  expect(warnings).toHaveLength(1);
});

test('samplers decide by the trace alone, or as the client did', () => {
  const [low, high] = [`${'f'.repeat(16)}${'0'.repeat(16)}`, `${'0'.repeat(16)}${'f'.repeat(16)}`];
  const decide = (name: string, share = 0.5) =>
    [undefined, true, false].flatMap((asked) =>
      [low, high].map((id) => samplerOf(name, share)?.(id, asked)),
    );
  const [yes, no] = [true, false];
  expect(decide('always_on')).toEqual([yes, yes, yes, yes, yes, yes]);
  expect(decide('always_off')).toEqual([no, no, no, no, no, no]);
  expect(decide('traceidratio')).toEqual([yes, no, yes, no, yes, no]);
  expect(decide('traceidratio', 0)).toEqual([no, no, no, no, no, no]);
  expect(decide('traceidratio', 1)).toEqual([yes, yes, yes, yes, yes, yes]);
  expect(decide('parentbased_always_on')).toEqual([yes, yes, yes, yes, no, no]);
  expect(decide('parentbased_always_off')).toEqual([no, no, yes, yes, no, no]);
  expect(decide('parentbased_traceidratio')).toEqual([yes, no, yes, yes, no, no]);
  expect(samplerOf('jaeger_remote', 1)).toBeUndefined();
});
