// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { diagnoseEngine, DOCKER_SOCKET, probe } from './engine.mjs';

/** @typedef {import('./engine.mjs').EngineFacts} EngineFacts */

const PODMAN = 'unix:///run/user/1000/podman/podman.sock';

/** @type {(over: Partial<EngineFacts>) => EngineFacts} */
const facts = (over) => ({
  platform: 'linux',
  user: 'ada',
  wanted: { address: DOCKER_SOCKET, answer: 'missing' },
  chosen: false,
  others: [],
  installed: [],
  systemd: true,
  ...over,
});
/** @type {(answer: import('./engine.mjs').Answer, address?: string) => import('./engine.mjs').Probe} */
const at = (answer, address = DOCKER_SOCKET) => ({ address, answer, ...(answer === 'up' && { version: '24.0.5' }) });

/** @type {[what: string, facts: Partial<EngineFacts>, state: string, reason: RegExp, mend: RegExp | null][]} */
const TABLE = [
  ['an engine answers', { wanted: at('up') }, 'up', /24\.0\.5/, null],
  ['nothing is there at all', {}, 'not installed', /neither docker nor podman/, /^sudo apt-get install docker\.io$/],
  ['nothing on a Mac', { platform: 'darwin' }, 'not installed', /no container engine/, /Docker Desktop/],
  [
    'installed, no socket',
    { installed: ['dockerd', 'docker'] },
    'not running',
    /no engine answers/,
    /^sudo systemctl start docker$/,
  ],
  [
    'no systemd',
    { installed: ['dockerd'], systemd: false },
    'not running',
    /no engine answers/,
    /^sudo service docker start$/,
  ],
  [
    'a socket without a listener',
    { wanted: at('refused') },
    'not running',
    /no engine answers/,
    /systemctl start docker/,
  ],
  [
    'only podman, not started',
    { installed: ['podman'] },
    'not running',
    /no engine/,
    /^systemctl --user start podman\.socket$/,
  ],
  ['a Mac, not started', { platform: 'darwin', installed: ['docker'] }, 'not running', /no engine/, /^open -a Docker$/],
  [
    'something else behind the socket',
    { wanted: at('silent') },
    'not running',
    /does not answer as a container engine/,
    /docker/,
  ],
  [
    'a wrong DOCKER_HOST',
    { wanted: at('refused', 'tcp://10.0.0.9:2375'), chosen: true },
    'not running',
    /tcp:\/\/10\.0\.0\.9:2375 \(from DOCKER_HOST\)/,
    /env -u DOCKER_HOST npm start/,
  ],
  [
    'a socket that is not ours to open',
    { wanted: at('denied') },
    'no permission',
    /ada may not open it/,
    /^sudo usermod -aG docker ada/,
  ],
  [
    'podman as another user',
    { others: [at('denied', 'unix:///run/podman/podman.sock')], installed: ['podman'] },
    'no permission',
    /run\/podman/,
    /^systemctl --user start podman\.socket$/,
  ],
  [
    'podman answers elsewhere',
    { others: [at('up', PODMAN)] },
    'other socket',
    /does at unix:\/\/\/run\/user\/1000/,
    /^DOCKER_HOST=unix:\/\/\/run\/user\/1000\/podman\/podman\.sock npm start$/,
  ],
  [
    'DOCKER_HOST is wrong, the usual socket answers',
    { wanted: at('missing', 'unix:///nowhere.sock'), chosen: true, others: [at('up')] },
    'other socket',
    /nothing answers at unix:\/\/\/nowhere/,
    /^DOCKER_HOST=unix:\/\/\/var\/run\/docker\.sock npm start$/,
  ],
  [
    'not allowed here, but another one answers',
    { wanted: at('denied'), others: [at('up', PODMAN)] },
    'other socket',
    /podman/,
    /DOCKER_HOST=/,
  ],
];

for (const [what, over, state, reason, mend] of TABLE) {
  test(`${what}: ${state}`, () => {
    const diagnosis = diagnoseEngine(facts(over));
    assert.equal(diagnosis.state, state);
    assert.match(diagnosis.reason, reason);
    if (mend) assert.match(diagnosis.mend ?? '', mend);
    else assert.equal(diagnosis.mend, null);
  });
}

test('a probe tells an engine from a missing socket, a file, a dead socket and another server', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const path = join(folder, 'docker.sock');
  assert.equal((await probe(`unix://${path}`)).answer, 'missing');
  writeFileSync(path, '');
  assert.equal((await probe(`unix://${path}`)).answer, 'refused');
  rmSync(path);
  let body = '{"Version":"20.10.24"}';
  const server = createServer((_request, response) => void response.end(body));
  await new Promise((resolve) => server.listen(path, () => resolve(undefined)));
  assert.deepEqual(await probe(`unix://${path}`), { address: `unix://${path}`, answer: 'up', version: '20.10.24' });
  body = '<html>';
  assert.equal((await probe(`unix://${path}`)).answer, 'silent');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

test('a probe over TCP says when nobody listens', async () => {
  assert.equal((await probe('tcp://127.0.0.1:1')).answer, 'refused');
});
