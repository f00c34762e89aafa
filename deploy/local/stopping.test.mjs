// @ts-check
// Who waits for `npm start` to end finds nothing of it running afterwards.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { tryPort } from './ports.mjs';
import { identify, isAlive } from './processes.mjs';
import { GATEWAY, skip, SmallProject, until } from './small-project.mjs';

const project = new SmallProject();

before(() => project.create());
afterEach(() => project.clear());
after(() => project.delete());

/**
 * @param {import('node:child_process').ChildProcess} npm
 * @param {import('./processes.mjs').Identity[]} processes
 * @returns {{ alive?: import('./processes.mjs').Identity[] }} which of them are alive when npm ends
 */
function lookWhenItEnds(npm, processes) {
  /** @type {{ alive?: import('./processes.mjs').Identity[] }} */
  const seen = {};
  npm.once('exit', () => (seen.alive = processes.filter(isAlive)));
  return seen;
}

/** @type {[what: string, stop: (npm: number, launcher: number) => void][]} */
const ENDS = [
  ['npm gets SIGTERM', (npm) => process.kill(npm, 'SIGTERM')],
  ['npm gets SIGINT', (npm) => process.kill(npm, 'SIGINT')],
  ['the launcher gets SIGTERM', (_, launcher) => process.kill(launcher, 'SIGTERM')],
  ['both get SIGTERM', (npm) => process.kill(-npm, 'SIGTERM')],
];

for (const [what, stop] of ENDS) {
  test(`[nats] [redis] ends after all that it started when ${what}`, { skip }, async () => {
    const { child, seen } = await project.ready();
    const { launcher, children } = project.running();
    const atItsEnd = lookWhenItEnds(child, [launcher, ...children]);
    stop(child.pid ?? 0, launcher.pid);
    await until(() => atItsEnd.alive);
    assert.deepEqual(atItsEnd.alive, []);
    assert.ok('port' in (await tryPort(project.port)), 'the port is free at once');
    await until(() => seen.exit !== undefined);
    assert.equal(seen.exit, 0);
    assert.match(seen.text, /Deckwatch is stopped\n$/);
  });
}

test('[nats] [redis] ends after what it builds with, when Ctrl-C interrupts the build', { skip }, async () => {
  const noted = join(project.root, 'builder');
  const slowToEnd = `trap 'sleep 0.5; exit 1' TERM; echo $$ > ${noted}; sleep 60 & wait $!`;
  project.addProject('services/gateway', GATEWAY, slowToEnd);
  const { child } = project.start();
  await until(() => readFileSync(noted, 'utf8').endsWith('\n'));
  const builder = identify(Number(readFileSync(noted, 'utf8')));
  assert.ok(builder);
  const atItsEnd = lookWhenItEnds(child, [builder]);
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await until(() => atItsEnd.alive);
  assert.deepEqual(atItsEnd.alive, []);
});
