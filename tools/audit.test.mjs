import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verdictOf } from './audit.mjs';

const none = { info: 0, low: 0, moderate: 0, high: 0, critical: 0, total: 0 };
const report = (severity) =>
  JSON.stringify({
    vulnerabilities: { leftpad: { name: 'leftpad', severity, range: '<2.0.0' } },
    metadata: { vulnerabilities: { ...none, [severity]: 1, total: 1 } },
  });

describe('the audit of dependencies', () => {
  it('is content with none', () => {
    const verdict = verdictOf(JSON.stringify({ vulnerabilities: {}, metadata: { vulnerabilities: none } }));
    assert.deepEqual(verdict, { ok: true, lines: ['known weaknesses of what is shipped: none'] });
  });

  for (const [severity, ok] of [
    ['low', true],
    ['moderate', true],
    ['high', false],
    ['critical', false],
  ]) {
    it(`${ok ? 'tells of' : 'fails for'} one that is ${severity}`, () => {
      const verdict = verdictOf(report(severity));
      assert.equal(verdict.ok, ok);
      assert.equal(verdict.lines[0], `known weaknesses of what is shipped: 1 ${severity}`);
      assert.equal(verdict.lines.includes(`${severity}: leftpad <2.0.0`), !ok);
    });
  }

  for (const [what, text] of [
    ['an error', '{"message":"405 Method Not Allowed - POST","error":{"summary":""}}'],
    ['an error without words', '{"error":{"summary":"request to x failed\\nmore"}}'],
    ['nothing', ''],
    ['something else', '<html>'],
  ]) {
    it(`says so when the registry gives ${what}`, () => {
      const verdict = verdictOf(text);
      assert.equal(verdict.ok, true);
      assert.match(verdict.lines[0], /^not audited: the registry could not be asked \([^\n]+\)$/);
    });
  }
});
