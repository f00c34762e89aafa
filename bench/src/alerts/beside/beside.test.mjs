import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Crossings, THRESHOLD, thresholdOf } from './crossings.ts';
import { sumOf } from './metrics-text.ts';

test('a series is over the first threshold from its own moment on, and never over another', () => {
  let t = 1_000_000;
  const crossings = new Crossings(() => t);
  crossings.plan(2, 100, 10);
  assert.ok(crossings.value(0) > THRESHOLD, 'the first rises at once');
  assert.ok(crossings.value(5) < THRESHOLD, 'the second not yet');
  t += 100;
  assert.ok(crossings.value(5) > THRESHOLD);
  assert.ok(crossings.value(1) < THRESHOLD, 'one that is not planned stays');
  assert.ok(crossings.value(5) < thresholdOf(1));
});

test('an alert counts from the rise of its series, and once', () => {
  let t = 1_000_000;
  const crossings = new Crossings(() => t);
  crossings.plan(2, 100, 10);
  t += 130;
  crossings.see(5);
  crossings.see(7);
  t += 1000;
  crossings.see(5);
  assert.deepEqual(crossings.latencies, [30]);
  assert.equal(crossings.missing, 1);
});

test('the samples of one metric are added up, whatever their labels', () => {
  const text = [
    '# TYPE rules_total counter',
    'rules_total{group="a b",file="x{y}"} 3',
    'rules_total{group="c"} 4.5e2',
    'rules_total_created 9',
    'other 1',
  ].join('\n');
  assert.equal(sumOf(text, 'rules_total'), 453);
  assert.equal(sumOf(text, 'nothing'), 0);
});
