// @ts-check
// What each service reads from its environment: its own shapes, out of its source.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { ROOT } from './overlays.mjs';

/** @typedef {{ safeParse(value: unknown): { success: boolean, error?: { issues: { message: string }[] } } }} Setting */

/**
 * @param {string[]} services
 * @returns {Promise<Record<string, Record<string, Setting>>>}
 */
export async function settingsOf(services) {
  // Where what it imports is found.
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'dw-settings-'));
  const outfile = join(folder, 'settings.mjs');
  try {
    await build({ ...OPTIONS, outfile, stdin: { contents: services.map(exportOf).join('\n'), resolveDir: ROOT } });
    const exported = await import(pathToFileURL(outfile).href);
    return Object.fromEntries(services.map((service) => [service, shapeIn(exported[service])]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @type {import('esbuild').BuildOptions} */
const OPTIONS = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  conditions: ['@deckwatch/source'],
  logLevel: 'error',
  external: ['@nestjs/*', 'class-transformer', 'class-validator'],
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
};

/** @param {string} service */
function exportOf(service) {
  const own = `./services/${service}/src/settings.ts`;
  const from = existsSync(join(ROOT, own)) ? own : './libs/service-kit/src/settings.ts';
  return `export * as ${service} from '${from}';`;
}

/** @param {Record<string, any>} module @returns {Record<string, Setting>} */
function shapeIn(module) {
  const [own] = Object.keys(module).filter((name) => name.endsWith('_SETTINGS') && name !== 'REDIS_SETTINGS');
  if (!own) throw new Error(`no settings among ${Object.keys(module).join()}`);
  return module[own];
}

/**
 * @param {Record<string, Setting>} shape
 * @param {Record<string, string | undefined>} env of a container; a value that is only known there is undefined
 * @returns {string[]} one line for each variable that is not read, or not taken
 */
export function environmentFaults(shape, env) {
  return Object.entries(env).flatMap(([name, value]) => {
    const ofFile = !(name in shape) && name.endsWith('_FILE');
    const setting = shape[ofFile ? name.slice(0, -'_FILE'.length) : name];
    if (!setting) return [`${name} is not read`];
    if (ofFile || !value || value.startsWith('/')) return [];
    const { success, error } = setting.safeParse(value);
    return success ? [] : [`${name} is ${value}: ${error?.issues[0]?.message}`];
  });
}
