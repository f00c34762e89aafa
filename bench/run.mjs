// npm run bench -- collector|fanout|fleet|… [--name value …]: builds the bench and the services it needs, then runs it.
// Those of the console start a whole Deckwatch, which builds itself.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));
const ALL = ['collector', 'sessions', 'alerts', 'history', 'gateway'];
const CONSOLE = { lighthouse: [], loading: [], scrolling: [], shots: [] };
const NEEDS = {
  alerts: ['alerts', 'gateway'],
  collector: ['collector'],
  fanout: ['gateway'],
  bytes: ['gateway'],
  peers: ['gateway'],
  fleet: [],
  sessions: ['sessions', 'gateway'],
  storm: ['alerts', 'gateway'],
  startup: ALL,
  cluster: ALL,
  scale: ALL,
  soak: process.argv[3] === 'console' ? [] : ALL,
  ...CONSOLE,
};
// These load files of their own, so they stay outside the bundle.
const OUTSIDE = ['dockerode', 'testcontainers', '@playwright/test', 'lighthouse', 'socket.io'];
/** One Ctrl-C reaches us twice, from the terminal and from npm; a second one comes later than this. */
const SAME_SIGNAL_MS = 700;
const [what = ''] = process.argv.slice(2);

function run(program, args, cwd) {
  const { status } = spawnSync(program, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (!Object.hasOwn(NEEDS, what)) {
  console.error(`npm run bench -- ${Object.keys(NEEDS).join('|')} [--seconds 60] …`);
  process.exit(2);
}
for (const service of NEEDS[what]) run('npm', ['run', '-s', 'build'], `${root}services/${service}`);
if (what === 'soak' && NEEDS.soak.length > 0) run('npm', ['run', '-s', 'build'], `${root}deploy/demo`);
for (const entry of [
  'main',
  'clients',
  'peers/peer-server',
  'drill/crowd',
  'drill/moved-clock',
  'scale/fleet-process',
  'scale/probe',
])
  run('node', [`${root}tools/build-service.mjs`, `src/${entry}.ts`, `dist/${entry}.js`, ...OUTSIDE], here);
// The guard that clears up after an engine is a script beside the code.
copyFileSync(`${root}libs/testing/src/engine-guard.sh`, `${here}dist/engine-guard.sh`);
// Sweeping Node's usual young generation halts it for 15 ms every few seconds, which would be measured as if it were ours.
const flags = ['--max-semi-space-size=2'];
// In a process group of its own, which no Ctrl-C reaches: what ends us is passed on, so that the bench can clear up.
const args = [...flags, `${here}dist/main.js`, ...process.argv.slice(2)];
const bench = spawn('node', args, { cwd: root, stdio: 'inherit', detached: true });
let passedOn = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    if (Date.now() - passedOn < SAME_SIGNAL_MS) return;
    passedOn = Date.now();
    bench.kill(signal);
  });
bench.once('exit', (status) => process.exit(status ?? 1));
