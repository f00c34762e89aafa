import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rotated, Rounds } from './rounds.ts';

test('a figure of several rounds is its median with the least and the most', () => {
  const rounds = new Rounds();
  for (const value of [30, 10, 20]) rounds.note('one', { ms: value });
  assert.deepEqual(rounds.figures(), { 'one: ms': '20 (10 to 30)' });
});

test('a figure of one round stands alone, with three digits that tell something', () => {
  const rounds = new Rounds();
  rounds.note('one', { large: 1234.5, usual: 1.2345, small: 0.001_234_5, none: 0 });
  assert.deepEqual(rounds.figures(), { 'one: large': '1235', 'one: usual': '1.23', 'one: small': '0.00123', 'one: none': '0' }); // prettier-ignore
});

test('names stand as they are asked for, and one that was not measured is left out', () => {
  const rounds = new Rounds();
  rounds.note('b', { ms: 1 });
  rounds.note('a', { ms: 2 });
  assert.deepEqual(Object.keys(rounds.figures(['a', 'none', 'b'])), ['a: ms', 'b: ms']);
});

test('each turn begins with another', () => {
  const turns = [0, 1, 2, 3].map((turn) => rotated(['a', 'b', 'c'], turn).join(''));
  assert.deepEqual(turns, ['abc', 'bca', 'cab', 'abc']);
});
