import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const PARTS = ['nats', 'redis', 'engine', 'chromium', 'kubectl', 'compose', 'promtool'];

const none = () => ({ passed: 0, failed: 0, skipped: 0 });

/**
 * Adds counts `{ passed, failed, skipped, parts }` up. A part that nobody counted has zeros; what only looks like a part,
 * a word in brackets in a test's title, is left out.
 */
export function addUp(all) {
  const sum = { ...none(), parts: Object.fromEntries(PARTS.map((part) => [part, none()])) };
  for (const counts of all) {
    for (const outcome of ['passed', 'failed', 'skipped']) {
      sum[outcome] += counts[outcome] ?? 0;
      for (const [part, of] of Object.entries(counts.parts ?? {})) {
        if (sum.parts[part]) sum.parts[part][outcome] += of[outcome] ?? 0;
      }
    }
  }
  return sum;
}

/** What the part reporters of all projects wrote into a folder. */
export function readCounts(folder) {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

/** The counts in the TAP output of `node --test`; a test that needs parts names them in its title: `[nats] starts`. */
export function countsOfTap(output) {
  const of = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  const parts = {};
  for (const [, not, title] of output.matchAll(/^ *(not )?ok \d+ - (.*)$/gm)) {
    const outcome = / # (SKIP|TODO)/.test(title) ? 'skipped' : not ? 'failed' : 'passed';
    for (const [, part] of title.matchAll(/\[([a-z]+)\]/g)) {
      parts[part] ??= none();
      parts[part][outcome] += 1;
    }
  }
  return { passed: of('pass'), failed: of('fail') + of('cancelled'), skipped: of('skipped') + of('todo'), parts };
}

/**
 * The counts in Playwright's JSON report. Each of its tests drives a real browser against real brokers, so each counts
 * for those parts; `ran` false takes a mere list of tests as skipped.
 */
export function countsOfPlaywright(report, parts, ran = true) {
  const counts = { ...none(), parts: {} };
  const visit = (suite) => {
    for (const { tests } of suite.specs ?? []) {
      for (const { status } of tests) {
        const done = { expected: 'passed', flaky: 'passed', unexpected: 'failed' }[status] ?? 'skipped';
        counts[ran ? done : 'skipped'] += 1;
      }
    }
    (suite.suites ?? []).forEach(visit);
  };
  (report.suites ?? []).forEach(visit);
  const { passed, failed, skipped } = counts;
  for (const part of parts) counts.parts[part] = { passed, failed, skipped };
  return counts;
}

/** The required parts (`nats,engine`) of which no test ran. */
export function requiredWithoutRun(required, sum) {
  const names = required
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names.filter((part) => (sum.parts[part]?.passed ?? 0) + (sum.parts[part]?.failed ?? 0) === 0);
}

/** The last lines: one for each part, then the sums. */
export function tableOf(sum, whyMissing = {}) {
  const lines = [`  ${'part'.padEnd(10)}${'run'.padStart(6)}${'skipped'.padStart(10)}${'failed'.padStart(9)}`];
  for (const [part, { passed, failed, skipped }] of Object.entries(sum.parts)) {
    const figures = [String(passed + failed).padStart(6), String(skipped).padStart(10), String(failed).padStart(9)];
    const why = skipped > 0 && whyMissing[part] ? `   ${whyMissing[part]}` : '';
    lines.push(`  ${part.padEnd(10)}${figures.join('')}${why}`);
  }
  return [...lines, '', `${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`];
}
