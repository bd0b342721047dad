/** Promises that hold for every operation alike. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../src/core/errors.ts';
import { modelOf } from '../../src/wire/models.ts';
import { decode, detect, encodeError, operationsOf, services } from '../../src/wire/wire.ts';
import { jsonRequest, request } from './requests.ts';

/** JSON of any shape, with keys that operations have. */
const bodies = fc.json({ maxDepth: 4 });
const jsonServices = services().filter((name) => modelOf(name).facts.targetPrefix);

describe.each(jsonServices)('%s', (service) => {
  const { targetPrefix } = modelOf(service).facts;
  const targets = operationsOf(service).map((operation) => `${targetPrefix}.${operation}`);

  test('refuses what it cannot take with an error of AWS, whatever comes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...targets), bodies, (target, body) => {
        const sent = jsonRequest(target, body);
        const routed = detect(sent);
        try {
          if (routed) decode(routed, sent);
        } catch (cause) {
          expect(cause).toBeInstanceOf(AwsError);
          const answer = encodeError(routed, cause as AwsError, 'id', sent);
          expect(answer.status).toBe(400);
          expect(JSON.parse(String(answer.body))).toHaveProperty('__type');
        }
      }),
      { numRuns: 200 },
    );
  });
});

test('a request of any shape is an operation, nothing, or refused', () => {
  const texts = fc.string({
    unit: fc.constantFrom('a', '/', '%', '.', '&', '=', '?', 'Action', '{'),
  });
  const headers = fc.dictionary(
    fc.constantFrom('x-amz-target', 'authorization', 'content-type', 'smithy-protocol', 'host'),
    fc.oneof(texts, fc.constantFrom('rpc-v2-cbor', 'application/x-www-form-urlencoded')),
  );
  const methods = fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'NONE');
  fc.assert(
    fc.property(methods, texts, texts, headers, texts, (method, path, query, given, body) => {
      const sent = request({ method, path: `/${path}`, query, headers: given, body });
      try {
        const routed = detect(sent);
        if (routed) decode(routed, sent);
      } catch (cause) {
        expect(cause).toBeInstanceOf(AwsError);
        encodeError(undefined, cause as AwsError, 'id', sent);
      }
    }),
    { numRuns: 3000 },
  );
});
