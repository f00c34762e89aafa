import { isNestedDeeper } from './json-limits.ts';

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('the depth of JSON', () => {
  it.each([
    ['a number', '7', 0, false],
    ['as deep as allowed', deep(3), 3, false],
    ['deeper', deep(4), 3, true],
    ['objects', '{"a":{"b":{}}}', 2, true],
    ['side by side', '[[],[],[],[]]', 2, false],
    ['brackets in text', '["[[[[[["]', 1, false],
    ['an escaped quote in text', '["\\"[[[[", []]', 2, false],
    ['a text that ends with a backslash', '["\\\\", [[]]]', 2, true],
    ['never closed', '[[[[', 3, true],
    ['closed too often', ']]]][[', 2, false],
  ])('%s', (_, json, most, deeper) => {
    expect(isNestedDeeper(Buffer.from(json), most)).toBe(deeper);
  });
});
