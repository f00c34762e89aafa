// npm test: installs what is missing, builds, lints, checks types, and runs every test that this machine can run. The
// last lines say how many ran, were skipped and failed for each real part. Runs on a fresh clone with plain Node 20, so
// it may import nothing but Node's own modules; the steps themselves run on the workspace's Node 24.
//
//   DECKWATCH_TEST_ENGINE=1        as root: start a container engine for the tests that need one
//   DECKWATCH_REQUIRE=nats,engine  a missing part is a failure, not a skip
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, environment } from './install.mjs';
import { runStep } from './test/step.mjs';
import { addUp, countsOfPlaywright, countsOfTap, readCounts, requiredWithoutRun, tableOf } from './test/totals.mjs';

const MINUTE = 60_000;
const E2E_CONFIG = 'e2e/playwright.config.ts';
const E2E_PARTS = ['chromium', 'nats', 'redis'];
// These run from their sources; nx knows only what is a package of the workspace.
const OUTSIDE_PROJECTS = [
  'tools',
  'e2e',
  'bench',
  'deploy/local',
  'deploy/brokers',
  'deploy/images',
  'deploy/manifests',
  '*.mjs',
  '*.cjs',
  '--no-error-on-unmatched-pattern',
];
const OUTSIDE_TYPED = ['deploy/local', 'deploy/manifests', 'e2e'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = mkdtempSync(join(tmpdir(), 'deckwatch-results-'));
const interrupt = new AbortController();
const secondsSince = (start) => Math.round((Date.now() - start) / 1000);
const steps = [];
const counts = [];

async function step(name, limitMs, env, command, ...args) {
  interrupt.signal.throwIfAborted();
  const done = await runStep({ name, command, args, env, cwd: root, limitMs, signal: interrupt.signal });
  steps.push(done);
  interrupt.signal.throwIfAborted();
  return done;
}

/**
 * The environment of all steps: the project's Node, no daemon of nx, whose life would outlast ours, and no terminal of
 * its own for each task, which would leave our process group.
 */
function environmentOfSteps() {
  const nx = { NX_DAEMON: 'false', NX_TUI: 'false', NX_NATIVE_COMMAND_RUNNER: 'false' };
  return { ...environment(root), ...nx, FORCE_COLOR: '0', DECKWATCH_TEST_RESULTS: results };
}

function missingParts(env) {
  const script = join(root, 'tools/test/missing-parts.mjs');
  return JSON.parse(execFileSync('node', ['--no-warnings', script], { env, cwd: root }).toString());
}

/** Tests by Node's own runner, of what is no project: the tools, the launcher. */
async function plainTests(name, limitMs, env, files) {
  const { output } = await step(name, limitMs, env, 'node', '--test', '--test-reporter=tap', files);
  counts.push(countsOfTap(output));
}

/** The browser tests; where a part is missing they are only listed, to count them as skipped. */
async function browserTests(env, missing) {
  if (!existsSync(join(root, E2E_CONFIG))) return;
  const canRun = E2E_PARTS.every((part) => missing[part] === null);
  const file = join(results, 'playwright', 'report.json');
  const withReport = { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file };
  const args = ['test', '-c', E2E_CONFIG, '--reporter=list,json', ...(canRun ? [] : ['--list'])];
  const name = canRun ? 'browser tests' : 'browser tests (listed only)';
  await step(name, 10 * MINUTE, withReport, 'playwright', ...args);
  if (existsSync(file)) counts.push(countsOfPlaywright(JSON.parse(readFileSync(file, 'utf8')), E2E_PARTS, canRun));
}

/** Known weaknesses of what is shipped; that they could not be asked for is said, and fails nothing. */
async function auditDependencies(env) {
  const { ok, output } = await step('audit of dependencies', 2 * MINUTE, env, 'node', 'tools/audit.mjs');
  if (ok) console.log(`       ${output.trim()}`);
}

async function runAll() {
  const start = Date.now();
  const say = (line) => console.log(`  ..   ${line}`);
  if (await ensureInstalled(root, say, { signal: interrupt.signal })) say(`installed in ${secondsSince(start)} s`);
  const env = environmentOfSteps();
  const missing = missingParts(env);
  await auditDependencies(env);
  await step('build, lint, check types', 10 * MINUTE, env, 'nx', 'run-many', '-t', 'build', 'lint', 'typecheck');
  await step('lint what is no project', 3 * MINUTE, env, 'eslint', '--max-warnings', '0', ...OUTSIDE_PROJECTS);
  for (const folder of OUTSIDE_TYPED.filter((folder) => existsSync(join(root, folder, 'tsconfig.json')))) {
    await step(`check types of ${folder}`, 2 * MINUTE, env, 'tsc', '-p', folder);
  }
  await plainTests('tests of the tools', 3 * MINUTE, env, 'tools/**/*.test.mjs');
  await plainTests('tests of the packing', MINUTE, env, 'frontend/pack/**/*.test.mjs');
  await plainTests('tests of the bench', MINUTE, env, 'bench/src/**/*.test.mjs');
  await plainTests('tests of the launcher', 6 * MINUTE, env, 'deploy/local/**/*.test.mjs');
  await plainTests('tests of the manifests', 2 * MINUTE, env, 'deploy/manifests/**/*.test.mjs');
  await step('tests', 10 * MINUTE, env, 'nx', 'run-many', '-t', 'test');
  await step('tests on an engine', 15 * MINUTE, env, 'nx', 'run-many', '-t', 'test:engine', '--parallel=1');
  await browserTests(env, missing);
  return missing;
}

function conclude(missing) {
  const sum = addUp([...readCounts(results), ...counts]);
  const failedSteps = steps.filter(({ ok }) => !ok);
  const unrun = requiredWithoutRun(process.env.DECKWATCH_REQUIRE ?? '', sum);
  // What failed without a test that says so, a build or a crash, counts as well.
  sum.failed = Math.max(sum.failed, failedSteps.length) + unrun.length;
  console.log('');
  for (const { name } of failedSteps) console.log(`failed: ${name}`);
  for (const part of unrun) console.log(`failed: no test ran on ${part}, which DECKWATCH_REQUIRE names`);
  console.log(tableOf(sum, missing).join('\n'));
  return sum.failed === 0;
}

// One Ctrl-C comes twice, from the terminal and from npm.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, () => interrupt.abort(new Error(`ended by ${name}`)));
console.log('deckwatch: installs, builds, lints and runs every test that this machine can run');
let ok = false;
try {
  ok = conclude(await runAll());
} catch (error) {
  console.error(`deckwatch: ${error.message}`);
} finally {
  rmSync(results, { recursive: true, force: true });
}
process.exitCode = ok ? 0 : 1;
