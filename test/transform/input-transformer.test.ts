import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TransformError } from '../../src/transform/error.ts';
import { compileTransformer, render } from '../../src/transform/input-transformer.ts';
import cases from './cases.json' with { type: 'json' };
import { eventText } from './event-text.ts';

const reserved = {
  ruleArn: 'arn:aws:events:us-east-1:123456789012:rule/r',
  ruleName: 'r',
  ingestedAtMs: Date.parse('2026-11-11T21:29:55.123Z'),
};

describe('render', () => {
  test.each(cases.templates)('$name', ({ template, text, broken = false }) => {
    const transformer = compileTransformer({
      InputPathsMap: cases.paths,
      InputTemplate: template,
    });
    expect(render(transformer, eventText, reserved)).toEqual({ text, broken });
  });

  test('makes JSON of JSON templates, or says that it does not', () => {
    const transformer = compileTransformer({
      InputPathsMap: { v: '$.detail.v' },
      InputTemplate: '{"bare": <v>, "quoted": "<v>", "again": [<v>, "<v> and <v>"]}',
    });
    fc.assert(
      fc.property(fc.jsonValue(), (v) => {
        const { text, broken } = render(transformer, JSON.stringify({ detail: { v } }), reserved);
        if (broken) expect(() => JSON.parse(text)).toThrow(SyntaxError);
        else expect(JSON.parse(text).bare).toEqual(JSON.parse(JSON.stringify(v)));
      }),
    );
  });
});

describe('compileTransformer', () => {
  test.each(cases.refused)('refuses $name', ({ template, paths, placeholder }) => {
    const compile = () =>
      compileTransformer({
        InputPathsMap: (paths ?? cases.paths) as Record<string, string>,
        InputTemplate: template,
      });
    expect(compile).toThrow(TransformError);
    if (placeholder) expect(compile).toThrow(expect.objectContaining({ placeholder }));
  });

  test('accepts a template without paths', () => {
    const transformer = compileTransformer({ InputTemplate: '<aws.events.event.json>' });
    expect(render(transformer, eventText, reserved)).toEqual({ text: eventText, broken: false });
  });

  test('takes time that grows with the template', () => {
    const many = '<v>'.repeat(2700);
    const transformer = compileTransformer({
      InputPathsMap: { v: '$.detail.state' },
      InputTemplate: `{"a": "${many}"}`,
    });
    expect(render(transformer, eventText, reserved).text).toHaveLength(7 * 2700 + 9);
  });
});
