// @ts-check
// Has a browser fetch the scripts of the page that it opens together with the first ones, not after these have run: writes
// dist/ahead.js, which knows the scripts of each page, and names all of the first ones in dist/index.html (Angular: ten).
// Reads what `ng build --stats-json` says of the scripts, in esbuild's form of a metafile.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ entryPoint?: string, imports: { path: string, kind: string }[] }} Output */

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, '..', 'dist');
const stats = join(dist, 'browser-stats.json');
/** @type {{ outputs: Record<string, Output> }} */
const { outputs } = JSON.parse(readFileSync(stats, 'utf8'));

/** First words of an address. The parts of a page are called by its folder: `features/alerts/alerts-page.ts`. */
const PAGES = ['overview', 'containers', 'sessions', 'alerts', 'settings'];

/**
 * A script and all that it can't run without.
 * @param {string} file
 * @param {Set<string>} found
 */
function withImports(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const { path, kind } of outputs[file]?.imports ?? []) if (kind === 'import-statement') withImports(path, found);
  return found;
}

const main = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === 'src/main.ts');
if (!main) throw new Error(`${stats} has no src/main.ts`);
const first = withImports(main);

/** @param {string} page */
function scriptsOf(page) {
  const part = new RegExp(`^src/app/features/${page}/${page}[.-][a-z]+\\.ts$`);
  const parts = Object.keys(outputs).filter((file) => part.test(outputs[file]?.entryPoint ?? ''));
  if (parts.length === 0) throw new Error(`${stats} has no page ${page}`);
  return [...new Set(parts.flatMap((file) => [...withImports(file)]))].filter((file) => !first.has(file));
}
const pages = Object.fromEntries(PAGES.map((page) => [page, scriptsOf(page)]));

writeFileSync(
  join(dist, 'ahead.js'),
  readFileSync(join(here, 'ahead.js'), 'utf8').replace('{}', JSON.stringify(pages)),
);
const page = readFileSync(join(dist, 'index.html'), 'utf8');
const missing = [...first]
  .filter((file) => !page.includes(file))
  .map((file) => `<link rel="modulepreload" href="${file}">`);
const start = '<script src="theme.js"></script>';
if (!page.includes(start)) throw new Error(`index.html has no ${start}`);
writeFileSync(
  join(dist, 'index.html'),
  page.replace(start, `${start}<script src="ahead.js"></script>`).replace('<script src="main', `${missing.join('')}$&`),
);
rmSync(stats);
process.stdout.write(`ahead.js: ${PAGES.join(', ')}\n`);
