// @ts-check
// When the demo runs, and how it goes away, on a small project without a container engine.
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { isAlive } from './processes.mjs';
import { skip, SmallProject, until } from './small-project.mjs';

const project = new SmallProject();
const NO_ENGINE = { DOCKER_HOST: 'unix:///nowhere/docker.sock', DECKWATCH_DEMO: 'auto' };

before(async () => {
  await project.create();
  project.addDemo();
});
afterEach(() => project.clear());
after(() => project.delete());

/** @param {string} name */
const has = (name) => existsSync(join(project.root, '.deckwatch', name));

test(
  '[nats] [redis] without an engine: says why and what mends it, and a real collector watches the demo',
  { skip },
  async () => {
    const run = await project.ready(NO_ENGINE);
    assert.match(run.seen.text, /engine +(not running|other socket): .*nowhere/);
    assert.match(run.seen.text, /to mend it: .*npm start/);
    await until(() => has('collector-demo') && has('collector-local'));
    const demo = JSON.parse(project.read('collector-demo'));
    assert.equal(demo.engine, `unix://${join(project.root, '.deckwatch', 'demo.sock')}`);
    assert.equal(demo.name, 'demo');
    assert.notEqual(JSON.parse(project.read('collector-local')).engine, demo.engine);
    run.interrupt();
    await run.ended();
  },
);

test('[nats] [redis] removed, it goes with its collector, and comes back only when asked for', { skip }, async () => {
  const run = await project.ready(NO_ENGINE);
  await until(() => project.running().children.length === 7);
  await until(() => project.read('sources').includes('demo-shop'));
  project.write('.deckwatch/remove', '');
  await until(
    () => project.read('sources') === '[]',
    () => run.seen.text,
  );
  await until(
    () => project.running().children.filter(isAlive).length === 5,
    () => run.seen.text,
  );
  assert.match(run.seen.text, /demo +removed; DECKWATCH_DEMO=on npm start brings it back/);
  assert.doesNotMatch(run.seen.text, /starts again/);
  rmSync(join(project.root, '.deckwatch', 'remove'));
  run.interrupt();
  await run.ended();

  const again = await project.ready(NO_ENGINE);
  assert.match(again.seen.text, /demo +removed earlier; DECKWATCH_DEMO=on npm start brings it back/);
  assert.equal(project.running().children.length, 5);
  await until(() => project.read('sources') === '[]');
  assert.equal(JSON.parse(await project.ask('/env')).DECKWATCH_FORGET_HOSTS, 'demo', 'what it left is cleared away');
  again.interrupt();
  await again.ended();

  const on = await project.ready({ ...NO_ENGINE, DECKWATCH_DEMO: 'on' });
  await until(() => project.running().children.length === 7);
  await until(() => project.read('sources').includes('demo-shop'));
  on.interrupt();
  await on.ended();
});

test('[nats] [redis] a second Ctrl-C ends all at once', { skip }, async () => {
  const run = await project.ready({ ...NO_ENGINE, DECKWATCH_LOG_LEVEL: 'error' });
  const { launcher, children } = project.running();
  run.interrupt();
  const asked = Date.now();
  await until(() => Date.now() - asked > 900);
  assert.ok(isAlive(launcher), 'the first one waits for a service that is slow to end');
  process.kill(launcher.pid, 'SIGINT');
  await until(() => ![launcher, ...children].some(isAlive));
  assert.ok(Date.now() - asked < 2500);
});
