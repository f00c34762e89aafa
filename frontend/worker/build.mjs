// @ts-check
// Writes dist/worker.js: the worker with the list of the files that were built, and a version that follows from them; and
// beside each text its compressed form, once and as small as it goes.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, '..', 'dist');
const TEXT = /\.(js|css|html|svg|webmanifest)$/;
const NOT_KEPT = /^(.*\.br|\..*|worker\.js|3rdpartylicenses\.txt|.*\.map)$/;

const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !NOT_KEPT.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1))
  .sort();
const hash = createHash('sha256');
for (const file of files) hash.update(file).update(readFileSync(join(dist, file)));
const version = hash.digest('hex').slice(0, 12);
const head = `const VERSION = ${JSON.stringify(version)};\nconst FILES = ${JSON.stringify(files.map((file) => `/${file}`))};\n`;
writeFileSync(join(dist, 'worker.js'), head + readFileSync(join(here, 'worker.js'), 'utf8'));
for (const file of [...files.filter((name) => TEXT.test(name)), 'worker.js']) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  writeFileSync(join(dist, `${file}.br`), brotliCompressSync(readFileSync(join(dist, file)), { params }));
}
process.stdout.write(`worker.js: version ${version}, ${files.length} files\n`);
