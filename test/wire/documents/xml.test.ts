import { parseXML } from '@aws-sdk/xml-builder';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseXml, type XmlNode } from '../../../src/wire/documents/xml.ts';
import { escapeText } from '../../../src/wire/documents/xml-write.ts';

const texts = fc.string({ unit: 'binary' });

/** What is left of a text that XML cannot say in full. */
function sayable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: -- they are what it looks for
  return text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}

describe('text of any kind', () => {
  test('comes back from our own parser', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(parseXml(`<a>${escapeText(text)}</a>`).text).toBe(sayable(text));
      }),
    );
  });

  test('comes back from the parser of AWS’s clients', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const read = parseXML(`<a>x${escapeText(text)}x</a>`).a;
        expect(read).toBe(`x${sayable(text)}x`);
      }),
    );
  });
});

test('elements, attributes, comments, instructions and CDATA are read', () => {
  const document = `\ufeff<?xml version="1.0"?><!-- c --><x:a xmlns:x="u" k='1 &amp; 2'>
    <b/>text<![CDATA[<&]]>&#65;&#x42;<!-- <c> --><?pi ?><b>2</b></x:a>\n`;
  const root = parseXml(document);
  expect(root.name).toBe('a');
  expect(root.attributes.get('k')).toBe('1 & 2');
  expect(root.text.trim()).toBe('text<&AB');
  expect(root.children.map(({ name, text }: XmlNode) => [name, text])).toEqual([
    ['b', ''],
    ['b', '2'],
  ]);
});

describe('refuses', () => {
  const refused: [string, string][] = [
    ['nothing', ''],
    ['text alone', 'text'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['a billion laughs', '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['an entity that is not known', '<a>&nbsp;</a>'],
    ['a bare ampersand', '<a>a & b</a>'],
    ['a character that is none', '<a>&#x110000;</a>'],
    ['a null character', '<a>&#0;</a>'],
    ['what is not closed', '<a><b></b>'],
    ['what is closed twice', '<a></a></a>'],
    ['what is closed crosswise', '<a><b></a></b>'],
    ['a second root', '<a/><b/>'],
    ['text after the root', '<a/>text'],
    ['an attribute without quotes', '<a b=c/>'],
    ['a comment without an end', '<a><!-- </a>'],
    ['CDATA without an end', '<a><![CDATA[ </a>'],
    ['65 levels', `${'<a>'.repeat(65)}${'</a>'.repeat(65)}`],
  ];

  test.each(refused)('%s', (_, document) => {
    expect(() => parseXml(document)).toThrow();
  });

  test('long nonsense in linear time', () => {
    const startedMs = performance.now();
    for (const unit of ['<', '<a ', '<a b="', ' ', '&', '</', '<!--', '<![CDATA[']) {
      expect(() => parseXml(`<a${unit.repeat(100_000)}`)).toThrow();
    }
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });
});
