// @ts-check
// What a browser waits for at first, in few files and all at once. Angular leaves some sixty scripts, of which the first page
// needs two dozen, most of them under 2 kB and many only known once others have run. Here they are put together:
//   first    all that every page needs
//   shared   the small parts that several pages have in common
//   chunk-…  what is left: pages, and the parts that come later
// start.js is what must run before them; it has the scripts of the page that is opened come beside the first ones. A page
// whose scripts are over the budget ends the build.
// Reads what `ng build --stats-json` says of the scripts, in esbuild's form of a metafile.
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { weigh } from './budget.mjs';

/** @typedef {{ entryPoint?: string, imports: { path: string, kind: string }[] }} Output */
/** @typedef {import('rolldown').OutputChunk} Chunk */

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, '..', 'dist');
const stats = join(dist, 'browser-stats.json');
/** @type {{ outputs: Record<string, Output> }} */
const { outputs } = JSON.parse(readFileSync(stats, 'utf8'));

/** First words of an address. The parts of a page are called by its folder: `features/alerts/alerts-page.ts`. */
const PAGES = ['overview', 'containers', 'sessions', 'alerts', 'settings'];
/** Bytes up to which a part of several pages is worth no request of its own. */
const SMALL = 8000;

/**
 * A script and all that it can't run without.
 * @param {string} file
 * @param {(file: string) => string[]} importsOf
 * @param {Set<string>} found
 */
function withImports(file, importsOf, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const path of importsOf(file)) withImports(path, importsOf, found);
  return found;
}

/** @param {string} file @param {string} kind */
const imported = (file, kind) =>
  (outputs[file]?.imports ?? []).filter((entry) => entry.kind === kind).map(({ path }) => path);
/** @param {string} file */
const needs = (file) => imported(file, 'import-statement');

const scripts = Object.keys(outputs).filter((file) => file.endsWith('.js'));
const main = scripts.find((file) => outputs[file]?.entryPoint === 'src/main.ts');
if (!main) throw new Error(`${stats} has no src/main.ts`);
const first = withImports(main, needs);
const later = new Set(scripts.flatMap((file) => imported(file, 'dynamic-import')));

/** How many of those that come later can't run without it. @type {Map<string, number>} */
const users = new Map();
for (const file of later)
  for (const part of withImports(file, needs)) if (!first.has(part)) users.set(part, (users.get(part) ?? 0) + 1);

/** @param {string} path @returns {string | null} */
function groupOf(path) {
  const file = basename(path);
  if (first.has(file)) return 'first';
  const common = !later.has(file) && (users.get(file) ?? 0) > 1;
  return common && statSync(path).size < SMALL ? 'shared' : null;
}

const bundle = await rolldown({ input: { main: join(dist, main) }, treeshake: false, platform: 'browser' });
const { output } = await bundle.generate({
  format: 'es',
  minify: true,
  entryFileNames: '[name]-[hash].js',
  chunkFileNames: ({ name }) => `${/^(first|shared)$/.test(name) ? name : 'chunk'}-[hash].js`,
  codeSplitting: { groups: [{ name: groupOf, debugName: 'first and shared' }] },
});
await bundle.close();
const chunks = /** @type {Chunk[]} */ (output.filter(({ type }) => type === 'chunk'));
const named = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
const start = chunks.find(({ name }) => name === 'first');
// The entry itself only hands out what the first script has, and nobody asks for it.
if (!start || chunks.find(({ isEntry }) => isEntry)?.moduleIds.length !== 0) throw new Error('main is not in first');

for (const file of scripts) rmSync(join(dist, file));
for (const { fileName, code, isEntry } of chunks) if (!isEntry) writeFileSync(join(dist, fileName), code);

/** @param {string} page */
function scriptsOf(page) {
  const part = new RegExp(`^src/app/features/${page}/${page}[.-][a-z]+\\.ts$`);
  const parts = scripts.filter((file) => part.test(outputs[file]?.entryPoint ?? ''));
  const holders = chunks.filter(({ moduleIds }) => moduleIds.some((path) => parts.includes(basename(path))));
  if (parts.length === 0 || holders.length === 0) throw new Error(`${stats} has no page ${page}`);
  const all = holders.flatMap(({ fileName }) => [...withImports(fileName, (file) => named.get(file)?.imports ?? [])]);
  return [...new Set(all)].filter((file) => file !== start?.fileName);
}
const pages = Object.fromEntries(PAGES.map((page) => [page, scriptsOf(page)]));

const ahead = readFileSync(join(here, 'ahead.js'), 'utf8').replace('{}', JSON.stringify(pages));
const early = ['again.js', 'theme.js'].map((file) => readFileSync(join(dist, file), 'utf8'));
writeFileSync(join(dist, 'start.js'), [...early, ahead].join(''));

let page = readFileSync(join(dist, 'index.html'), 'utf8').replaceAll(/<link rel="modulepreload"[^>]*>/g, '');
/** @param {string} before @param {string} after */
function replace(before, after) {
  if (!page.includes(before)) throw new Error(`index.html has no ${before}`);
  page = page.replace(before, after);
}
replace('<script src="again.js"></script>', '<script src="start.js"></script>');
replace('<script src="theme.js"></script>', `<link rel="modulepreload" href="${start.fileName}">`);
replace(`src="${main}"`, `src="${start.fileName}"`);
writeFileSync(join(dist, 'index.html'), page);
for (const file of [stats, join(dist, 'again.js'), join(dist, 'theme.js')]) rmSync(file);
const weights = weigh(pages, ['start.js', start.fileName], (file) => readFileSync(join(dist, file)));
const words = weights.map(({ page, bytes }) => `${page} ${(bytes / 1000).toFixed(1)} kB`).join(', ');
process.stdout.write(`start.js, ${chunks.length - 1} scripts; to open a page, gzip: ${words}\n`);
