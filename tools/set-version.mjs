// The version stands in the root package.json; this brings all that repeats it to the same:
//   npm version 0.2.0 --no-git-tag-version      (runs it)
//   node tools/set-version.mjs
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SEMVER = String.raw`\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?`;
/** Where it is repeated, and what stands before it there. */
const PLACES = [
  { files: ['{libs,services}/*/package.json', 'frontend/package.json', 'deploy/*/package.json', 'bench/package.json'], before: '^  "version": "' },
  { files: ['docker-compose.yml', 'deploy/compose/*.yml', 'k8s/base/*.yaml', 'docs/kubernetes.md'], before: 'deckwatch-[a-z]+:' },
  { files: ['k8s/overlays/*/kustomization.yaml'], before: 'newName: registry\\.example/deckwatch-[a-z]+, newTag: ' },
]; // prettier-ignore

export const version = () => JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;

/** Each place with the text that it holds now and would hold. */
export function* places(wanted = version()) {
  for (const { files, before } of PLACES) {
    const pattern = new RegExp(`(${before})${SEMVER}`, 'gm');
    for (const file of files.flatMap((glob) => globSync(glob, { cwd: ROOT })).sort()) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      yield { file, text, wanted: text.replaceAll(pattern, `$1${wanted}`), found: text.match(pattern)?.length ?? 0 };
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, text, wanted } of places()) {
    if (text === wanted) continue;
    writeFileSync(join(ROOT, file), wanted);
    process.stdout.write(`${file}\n`);
  }
}
