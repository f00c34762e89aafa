// What Prometheus and Grafana are given speaks of metrics that there are.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './overlays.mjs';
import { programOf, whySkipped } from './parts.mjs';

const read = (file) => readFileSync(join(ROOT, file), 'utf8');
const metricsIn = (text) => [...new Set(text.match(/\bdeckwatch_[a-z_]+/g))].sort();
const declared = () => {
  const sources = globSync(['services/*/src/**/*.ts', 'libs/service-kit/src/**/*.ts'], { cwd: ROOT });
  const names = sources.filter((file) => !file.endsWith('.spec.ts')).flatMap((file) => read(file).match(/(?<=')deckwatch_[a-z_]+(?=')/g) ?? []); // prettier-ignore
  return new Set(names);
};

for (const file of ['deploy/monitoring/deckwatch.rules.yml', 'deploy/monitoring/grafana-dashboard.json'])
  test(`${file} names metrics that there are`, () => {
    const named = metricsIn(read(file));
    assert.ok(named.length > 5);
    assert.deepEqual(named.filter((metric) => !declared().has(metric)), []); // prettier-ignore
  });

test('[promtool] takes the rules', { skip: whySkipped('promtool') }, () => {
  const output = execFileSync(programOf('promtool'), [
    'check',
    'rules',
    join(ROOT, 'deploy/monitoring/deckwatch.rules.yml'),
  ]);
  assert.match(output.toString(), /SUCCESS: 8 rules found/);
});
