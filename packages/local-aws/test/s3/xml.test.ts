// The XML reader of request documents: what it supports, and what it refuses as malformed or hostile.

import { expect, test } from '@jest/globals';
import { readXml, XmlError } from '../../src/http/xml-reader.ts';

test('readXml supports elements, texts, references, comments and namespaces', () => {
  const source =
    '\uFEFF<?xml version="1.0"?>\n<!-- a --><s:A xmlns:s="x"><B c="d">1 &lt;&#x41;&#66;&amp;amp;</B><C/><B><![CDATA[<&]]></B></s:A>\n';
  expect(readXml(source)).toEqual({
    name: 'A',
    text: '',
    children: [
      { name: 'B', text: '1 <AB&amp;', children: [] },
      { name: 'C', text: '', children: [] },
      { name: 'B', text: '<&', children: [] },
    ],
  });
});

test('readXml decodes the five entities once, in any order', () => {
  const read = (source: string) => readXml(`<a>${source}</a>`).text;
  expect(read('&quot;&lt;&apos;&gt;&amp;&amp;')).toBe('"<\'>&&');
  expect(['lt', 'gt', 'quot', 'apos', 'amp', '#65'].map((name) => read(`&amp;${name};`))).toEqual([
    ...['&lt;', '&gt;', '&quot;', '&apos;', '&amp;', '&#65;'],
  ]);
});

test('readXml joins text and adjacent CDATA sections', () => {
  expect(readXml('<a>1<![CDATA[<2>]]>3<!-- 4 -->5<![CDATA[]]>6</a>').text).toBe('1<2>356');
});

test.each([
  ['an empty document', ''],
  ['no element', 'text'],
  ['an open element', '<a>'],
  ['an open tag', '<a'],
  ['300,000 open elements', '<a>'.repeat(300_000)],
  ['300,000 open tags', '<a '.repeat(300_000)],
  ['a wrong end tag', '<a></b>'],
  ['an end tag alone', '</a>'],
  ['two roots', '<a/><b/>'],
  ['text after the root', '<a/>text'],
  ['a document type', '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'],
  ['an unknown entity', '<a>&nbsp;</a>'],
  ['a lone ampersand', '<a>&</a>'],
  ['half a surrogate pair', '<a>&#xD800;</a>'],
  ['a character beyond Unicode', '<a>&#9999999;</a>'],
  ['an open comment', '<a><!-- </a>'],
  ['too many elements', `<a>${'<b/>'.repeat(200_000)}</a>`],
  ['too many references', `<a>${'&#65;'.repeat(100_000)}</a>`],
])('readXml refuses %s', (_, source) => {
  expect(() => readXml(source)).toThrow(XmlError);
});
