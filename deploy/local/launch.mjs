// @ts-check
// `npm start`: from a fresh clone to a running Deckwatch.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ensureInstalled, environment, findNode } from '../../tools/install.mjs';
import { chooseBrokers } from './broker-choice.mjs';
import { buildChanged } from './build.mjs';
import { diagnoseEngine, engineFacts } from './engine.mjs';
import { consoleUrl, reachable, readiness } from './health.mjs';
import { tryPort } from './ports.mjs';
import { endLeftovers } from './processes.mjs';
import { demoCommands, serviceCommands } from './services.mjs';

/** @typedef {import('./settings.mjs').Settings} Settings */
/** @typedef {import('./local-state.mjs').LocalState} LocalState */
/** @typedef {import('./services.mjs').Surroundings} Surroundings */

const COMPLAIN_EVERY_MS = 15_000;
const READY_MS = 120_000;
/** What the demo's people say when they leave is heard within this. */
const LEAVING_MS = 1000;

export class Launch {
  /**
   * @param {object} parts
   * @param {string} parts.root
   * @param {Settings} parts.settings
   * @param {LocalState} parts.state
   * @param {import('./progress.mjs').Progress} parts.progress
   * @param {import('./household.mjs').Household} parts.household
   * @param {AbortSignal} parts.signal raised to stop
   */
  constructor({ root, settings, state, progress, household, signal }) {
    this.root = root;
    this.settings = settings;
    this.state = state;
    this.progress = progress;
    this.household = household;
    this.signal = signal;
    /** @type {string | undefined} */
    this.firstPassword = undefined;
    /** @type {Promise<unknown>} resolves, once stopped, when nothing that installs or builds runs any more */
    this.ended = Promise.resolve();
  }

  /** Brings everything up; resolves when the console answers. */
  async run() {
    await endLeftovers(this.state.acquire());
    await this.checkPort();
    const work = /** @type {const} */ ([this.startBrokers(), this.prepare()]);
    this.ended = Promise.allSettled(work);
    const [brokers] = await Promise.all(work);
    const { root, settings } = this;
    /** @type {Surroundings} */
    const surroundings = {
      root,
      settings,
      node: findNode(root),
      brokersOf: (service) => ({ ...brokers.nats.settingsOf(service), ...brokers.redis.settingsOf(service) }),
      secretKey: settings.secretKey ?? this.state.secret('key', 'base64'),
    };
    const wantsDemo = await this.lookForEngine();
    const commands = serviceCommands(surroundings, !wantsDemo && this.state.demoRan ? ['demo'] : [], wantsDemo);
    if (!commands.some(({ name }) => name === 'gateway'))
      throw new Error('the gateway is not built: services/gateway/dist/main.js is missing');
    const started = Date.now();
    for (const command of commands) this.household.start(command);
    if (wantsDemo) this.startDemo(surroundings);
    await this.waitUntilReady();
    if (this.signal.aborted) throw new Error('stopped');
    // What an earlier demo left in the inventory was cleared away by the gateway.
    if (!wantsDemo) this.state.noteDemo(false);
    this.firstPassword = takeFirstPassword(settings.data);
    this.progress.tell('services', `${commands.map(({ name }) => name).join(', ')} ready`, Date.now() - started);
  }

  async checkPort() {
    const { host, port } = this.settings;
    const tried = await tryPort(port, host);
    if ('port' in tried) return;
    if (tried.fault === 'EADDRINUSE') {
      throw new Error(`port ${port} on ${host} is taken by another program: DECKWATCH_PORT=${port + 1} npm start`);
    }
    if (tried.fault === 'EACCES') throw new Error(`port ${port} needs root here: DECKWATCH_PORT=8080 npm start`);
    throw new Error(
      `cannot listen on ${host}:${port} (${tried.fault}): DECKWATCH_HOST must be an address of this machine`,
    );
  }

  /** Installs and builds. */
  async prepare() {
    const { root, progress, signal } = this;
    await progress.step(
      'packages',
      (say) => ensureInstalled(root, say, { signal }),
      (done) => (done ? 'installed' : 'as package-lock.json says'),
    );
    await progress.step(
      'build',
      (say) => buildChanged(root, { env: environment(root), say, signal }),
      (built) => (built.length > 0 ? `built ${built.length} of the projects` : 'nothing changed'),
    );
  }

  async startBrokers() {
    const { settings, state, signal, progress, household } = this;
    const bringUp = async (/** @type {(text: string) => void} */ say) => {
      const brokers = await chooseBrokers(settings, state, { say, signal });
      if (signal.aborted) throw new Error('stopped');
      for (const [name, { command }] of Object.entries(brokers)) {
        if (command) household.start({ name, cwd: state.folder, ...command }, { role: 'broker' });
      }
      await Promise.all([brokers.nats.answered(signal), brokers.redis.answered(signal)]);
      return brokers;
    };
    return progress.step('brokers', bringUp, ({ nats, redis }) =>
      [
        `NATS ${nats.shown}${nats.command ? '' : ' (outside)'}`,
        `Redis ${redis.shown}${redis.command ? '' : ' (outside)'}`,
      ].join(', '),
    );
  }

  /**
   * Tells whether there is a container engine.
   * @returns {Promise<boolean>} whether the demo is to run
   */
  async lookForEngine() {
    const { settings, progress, state } = this;
    const diagnosis = diagnoseEngine(await engineFacts(settings.dockerHost, process.env));
    if (diagnosis.state === 'up') progress.tell('engine', diagnosis.reason);
    else {
      progress.tell('engine', `${diagnosis.state}: ${diagnosis.reason}`);
      progress.tell('', `to mend it: ${diagnosis.mend}`);
      progress.tell('', 'this host itself is shown live all the same');
    }
    if (settings.demo === 'on') state.forgetDemoRemoval();
    if (settings.demo === 'off' || (settings.demo === 'auto' && diagnosis.state === 'up')) return false;
    if (!state.demoRemoved) return true;
    progress.tell('demo', 'removed earlier; DECKWATCH_DEMO=on npm start brings it back');
    return false;
  }

  /** @param {Surroundings} surroundings */
  startDemo(surroundings) {
    const { household, state, progress } = this;
    const { fleet, collector } = demoCommands(surroundings);
    if (!existsSync(fleet.args.at(-1) ?? '')) return;
    state.noteDemo(true);
    const leave = (/** @type {{ code: number | null }} */ { code }) => {
      if (code !== 0 || !state.demoRemoved) return false;
      this.forgetDemoSources(surroundings);
      return true;
    };
    household.start(fleet, { role: 'demo', leave });
    household.start(collector, { role: 'demo' });
    // The demo answers the request to remove it when its collector is gone, so that nothing tells of it afterwards.
    const watch = setInterval(() => {
      if (!state.demoRemoved) return;
      clearInterval(watch);
      household.say('demo', 'info', 'removed; DECKWATCH_DEMO=on npm start brings it back');
      void household.stop(collector.name);
    }, 150);
    watch.unref();
    this.signal.addEventListener('abort', () => clearInterval(watch), { once: true });
    progress.tell(
      'demo',
      'a simulated fleet as host "demo"; remove it in the console, or DECKWATCH_DEMO=off npm start',
    );
  }

  /**
   * The demo's sources of sessions are a setting of the service: it begins anew without them, once its people have left.
   * @param {Surroundings} surroundings
   */
  forgetDemoSources(surroundings) {
    const sessionsOf = (/** @type {boolean} */ withDemo) =>
      serviceCommands(surroundings, [], withDemo).find(({ name }) => name === 'sessions');
    const [after, before] = [sessionsOf(false), sessionsOf(true)];
    if (!after || JSON.stringify(after.env) === JSON.stringify(before?.env)) return;
    const timer = setTimeout(() => void this.household.replace(after), LEAVING_MS);
    this.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  async waitUntilReady() {
    const { settings, signal, progress } = this;
    const started = Date.now();
    let nextComplaint = started + COMPLAIN_EVERY_MS;
    for (;;) {
      const { ready, missing } = await readiness(reachable(settings.host), settings.port);
      if (ready) return;
      if (signal.aborted) throw new Error('stopped');
      const now = Date.now();
      if (now > nextComplaint) {
        progress.tell('services', `waiting: ${missing}; logs are in ${this.state.path('logs')}`, now - started);
        nextComplaint = now + COMPLAIN_EVERY_MS;
      }
      if (now - started > READY_MS)
        return progress.tell('services', `still not ready: ${missing}; the console may tell more`);
      await pause(150, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The last words: the URL stands alone in the last line. */
  tellReady() {
    const { settings, progress } = this;
    progress.line();
    if (!['127.0.0.1', '::1', 'localhost'].includes(settings.host)) {
      progress.line(`  Note: it listens beyond this machine (DECKWATCH_HOST=${settings.host}).`);
    }
    if (this.firstPassword !== undefined) {
      progress.line('  Sign in as admin; the password is shown this once:');
      progress.line();
      progress.line(`      ${this.firstPassword}`);
      progress.line();
    }
    progress.line('  Deckwatch is ready; Ctrl-C stops it. The console:');
    progress.line();
    progress.line(consoleUrl(settings.host, settings.port));
  }
}

/**
 * The first admin's password, where the gateway has just made one; it is nowhere any more after this.
 * @param {string} data
 * @returns {string | undefined}
 */
function takeFirstPassword(data) {
  const file = join(data, 'first-admin-password');
  if (!existsSync(file)) return undefined;
  const password = readFileSync(file, 'utf8').trim();
  rmSync(file);
  return password;
}

/** @param {string} root */
export function versionOf(root) {
  return String(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
}
