// @ts-check
// Entry of `npm start`. Runs on the Node that happens to be there (20 or later), before anything is installed.
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Household } from './household.mjs';
import { Launch, versionOf } from './launch.mjs';
import { DataInUse, LocalState } from './local-state.mjs';
import { Progress } from './progress.mjs';
import { readSettings, SettingsError } from './settings.mjs';
import { credsText, helpText, OUTSIDE_CREDS } from './words.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** One Ctrl-C reaches us twice, from the terminal and from npm; a second one comes later than this. */
const SAME_SIGNAL_MS = 700;
/** What installs and builds is waited for this long when we are stopped meanwhile. */
const ENDING_MS = 3000;

function printCreds() {
  const settings = readSettings(process.env, ROOT);
  if (settings.natsUrl) return void process.stdout.write(OUTSIDE_CREDS);
  const state = new LocalState(settings.data);
  const [password, appPassword] = [state.secret('nats-reader'), state.secret('nats-app')];
  process.stdout.write(credsText({ port: state.ports.nats, password, appPassword }));
}

async function start() {
  const settings = readSettings(process.env, ROOT);
  const progress = new Progress(process.stdout);
  progress.line(`Deckwatch ${versionOf(ROOT)} is starting\n`);
  const state = new LocalState(settings.data);
  const household = new Household(state, (line) => progress.line(line));
  const stopping = new AbortController();
  const launch = new Launch({ root: ROOT, settings, state, progress, household, signal: stopping.signal });
  let exitCode = 0;
  const stop = (/** @type {string} */ why) => {
    if (!stopping.signal.aborted) progress.line(`\n  ${why}`);
    stopping.abort();
  };
  household.onFatal = (error) => {
    exitCode = 1;
    stop(error.message);
  };
  listenForTheEnd(stop, household);
  const stopped = new Promise((resolve) => stopping.signal.addEventListener('abort', resolve, { once: true }));
  try {
    await Promise.race([launch.run().then(() => launch.tellReady()), stopped]);
    await stopped;
  } catch (error) {
    if (!stopping.signal.aborted) {
      exitCode = 1;
      process.stderr.write(`\n  ${error instanceof Error ? error.message : error}\n`);
      if (error instanceof DataInUse) process.exit(1);
      stopping.abort();
    }
  }
  await Promise.all([household.stopAll(), Promise.race([launch.ended, pause(ENDING_MS)])]);
  state.release();
  if (exitCode === 0) progress.line('  Deckwatch is stopped');
  process.exit(exitCode);
}

/**
 * @param {(why: string) => void} stop
 * @param {Household} household
 */
function listenForTheEnd(stop, household) {
  let first = 0;
  const asked = () => {
    if (first === 0) {
      first = Date.now();
      return stop('stopping …');
    }
    if (Date.now() - first < SAME_SIGNAL_MS) return undefined;
    household.killAll();
    process.exit(1);
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, asked);
  process.on('exit', () => household.killAll());
  // A terminal that is gone must not end us before the children are stopped.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop('npm is gone: stopping …'), 500).unref();
}

const [command = ''] = process.argv.slice(2);
try {
  if (command === '') await start();
  else if (command === 'creds') printCreds();
  else {
    process.stdout.write(helpText({ version: versionOf(ROOT) }));
    if (command !== 'help' && command !== '--help') process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(
    `${error instanceof SettingsError ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exitCode = 1;
}
