// What is too long for every run of the tests:  npm run smoke -- compose
// Builds the images and starts docker-compose.yml on an engine of its own. As root, with docker.io, docker-compose,
// nginx-light, nats-server, redis-server and busybox-static of Debian.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const COMMANDS = ['compose'];
const [name = ''] = process.argv.slice(2);
if (!COMMANDS.includes(name)) {
  process.stderr.write(`npm run smoke -- ${COMMANDS.join('|')}\n`);
  process.exit(2);
}
const cwd = fileURLToPath(new URL('../..', import.meta.url));
const env = { ...process.env, DECKWATCH_TEST_ENGINE: '1', DECKWATCH_REQUIRE: 'engine,compose' };
for (const [command, ...args] of [
  ['nx', 'run-many', '-t', 'build'],
  ['npm', 'run', name, '-w', 'deploy/smoke'],
]) {
  const { status } = spawnSync(command, args, { cwd, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
