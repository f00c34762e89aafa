// @ts-check
// Builds what changed. A project's inputs are hashed by content; the stamp beside its output says which inputs gave
// which output, so a second start costs one pass over the sources instead of a build.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { run } from './programs.mjs';

/** @typedef {{ name: string, folder: string, output: string, script: string, inputs: string[] }} Project */

const SKIPPED = new Set(['node_modules', 'dist', '.angular', '.nx', 'coverage', 'test']);
/** What every build hangs on. */
const COMMON_INPUTS = ['package-lock.json', 'tsconfig.base.json'];

/**
 * The projects that a running Deckwatch consists of, the slowest to build first.
 * @param {string} root
 * @returns {Project[]}
 */
export function projectsOf(root) {
  const services = readdirSync(join(root, 'services')).map((name) => `services/${name}`);
  return [
    project(root, 'frontend', 'dist/index.html', ['libs/contracts']),
    ...[...services, 'deploy/demo'].map((folder) =>
      project(root, folder, 'dist/main.js', ['libs', 'tools/build-service.mjs']),
    ),
  ].filter(({ folder }) => existsSync(join(folder, 'src', 'main.ts')) && existsSync(join(folder, 'package.json')));
}

/**
 * @param {string} root
 * @param {string} path
 * @param {string} output
 * @param {string[]} more
 * @returns {Project}
 */
function project(root, path, output, more) {
  const folder = join(root, path);
  const manifest = join(folder, 'package.json');
  const script = existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')).scripts?.build ?? '') : '';
  const inputs = [path, ...more, ...COMMON_INPUTS].map((input) => join(root, input));
  return { name: path.replace(/^.*\//, ''), folder, output: join(folder, output), script, inputs };
}

/**
 * A hash over the inputs' names and contents; tests are no input.
 * @param {string} root
 * @param {string[]} inputs files and folders
 */
export function fingerprint(root, inputs) {
  const hash = createHash('sha256').update(process.platform);
  for (const file of inputs.flatMap(filesUnder).sort()) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  /** @type {string[]} */
  const files = [];
  const visit = (/** @type {string} */ folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (SKIPPED.has(entry.name)) continue;
      if (entry.isDirectory()) visit(join(folder, entry.name));
      else if (entry.isFile() && !entry.name.includes('.spec.')) files.push(join(folder, entry.name));
    }
  };
  try {
    visit(path);
    return files;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOTDIR') return [path];
    throw error;
  }
}

/** @param {Project} project */
const stampOf = (project) => join(project.folder, 'dist', '.built.json');

/** @param {string} file */
const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/**
 * Whether the output is what these inputs give.
 * @param {Project} project
 * @param {string} inputs their fingerprint
 */
function isBuilt(project, inputs) {
  try {
    const stamp = JSON.parse(readFileSync(stampOf(project), 'utf8'));
    return stamp.inputs === inputs && stamp.output === hashOf(project.output);
  } catch {
    return false;
  }
}

/**
 * Builds the projects that changed, a few at a time.
 * @param {string} root
 * @param {{ env: NodeJS.ProcessEnv, say: (text: string) => void, signal?: AbortSignal }} options
 * @returns {Promise<string[]>} the names of those that were built
 */
export async function buildChanged(root, { env, say, signal }) {
  const jobs = projectsOf(root)
    .map((item) => ({ project: item, inputs: fingerprint(root, item.inputs) }))
    .filter(({ project: item, inputs }) => !isBuilt(item, inputs));
  if (jobs.length === 0) return [];
  const names = jobs.map((job) => job.project.name);
  say(`building ${names.join(', ')}`);
  const queue = [...jobs];
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const worker = async () => {
    for (let job = queue.shift(); job && !either.aborted; job = queue.shift())
      await build(job.project, job.inputs, env, either);
  };
  const workers = Array.from({ length: Math.max(2, Math.min(4, availableParallelism())) }, worker);
  try {
    await Promise.all(workers);
  } catch (error) {
    stop.abort();
    await Promise.allSettled(workers);
    throw error;
  }
  return names;
}

/**
 * @param {Project} project
 * @param {string} inputs
 * @param {NodeJS.ProcessEnv} env
 * @param {AbortSignal} signal
 */
async function build(project, inputs, env, signal) {
  const options = { cwd: project.folder, env: { ...env, NG_CLI_ANALYTICS: 'false' }, shell: true, signal };
  await run(project.script, [], options).catch((error) => {
    throw new Error(`building ${project.name} failed\n${error.message}`, { cause: error });
  });
  if (!existsSync(project.output))
    throw new Error(`building ${project.name} made no ${relative(project.folder, project.output)}`);
  writeFileSync(stampOf(project), `${JSON.stringify({ inputs, output: hashOf(project.output) })}\n`);
}
