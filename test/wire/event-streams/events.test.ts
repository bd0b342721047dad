import { EventStreamCodec } from '@smithy/core/event-streams';
import { describe, expect, test } from 'vitest';
import type { ShapeDescriptor } from '../../../src/wire/descriptor.ts';
import { eventWriter } from '../../../src/wire/event-streams/events.ts';
import { modelOf, type ServiceModel } from '../../../src/wire/models.ts';

const oracle = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()),
  (words) => Buffer.from(words),
);

/** No service on the wire binds members of events to headers yet, so this one is made up. */
const SHAPES: Readonly<Record<string, ShapeDescriptor>> = {
  Stream: { type: 'structure', eventstream: true, members: { Told: 'Told', Silent: 'Silent' } },
  Told: {
    type: 'structure',
    event: true,
    members: {
      kind: { shape: 'string', eventheader: true },
      count: { shape: 'integer', eventheader: true },
      rest: 'string',
    },
  },
  Silent: { type: 'structure', event: true, members: {} },
};

const model: ServiceModel = {
  ...modelOf('lambda'),
  shapes: SHAPES,
  shape: (name) => SHAPES[name] ?? { type: name as ShapeDescriptor['type'] },
};

const writer = eventWriter(model, 'Stream', {
  contentType: 'application/json',
  write: () => (value) => JSON.stringify(value),
});

function read(union: object) {
  const { headers, body } = oracle.decode(new Uint8Array(writer.event(union)));
  const values = Object.entries(headers).map(([name, { value }]) => [name, value]);
  return { headers: Object.fromEntries(values), body: Buffer.from(body).toString() };
}

describe('answers', () => {
  test('members bound to headers are headers, and the rest is the document', () => {
    expect(read({ Told: { kind: 'k', count: 3, rest: 'r' } })).toEqual({
      headers: {
        ':message-type': 'event',
        ':event-type': 'Told',
        ':content-type': 'application/json',
        kind: 'k',
        count: 3,
      },
      body: '{"rest":"r"}',
    });
  });

  test('an event without members is a name alone', () => {
    const headers = { ':message-type': 'event', ':event-type': 'Silent' };
    expect(read({ Silent: {} })).toEqual({ headers, body: '' });
  });
});
