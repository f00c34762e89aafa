// `npm install` leaves optional packages of other platforms out of the lock file where the registry does not serve
// them; `npm ci` then refuses it. This adds them as optional entries, bound to their platform, so that nothing is
// fetched for them. Run it after each change of the lock file: node tools/fix-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const packages = lock.packages;

const SYSTEMS = {
  darwin: 'darwin', win32: 'win32', windows: 'win32', freebsd: 'freebsd', android: 'android', linux: 'linux',
  linuxmusl: 'linux', openharmony: 'openharmony', aix: 'aix', sunos: 'sunos', netbsd: 'netbsd', openbsd: 'openbsd',
  wasm32: 'wasi', wasm: 'wasi',
}; // prettier-ignore
const PROCESSORS = {
  arm64: 'arm64', x64: 'x64', ia32: 'ia32', arm: 'arm', ppc64: 'ppc64', ppc64le: 'ppc64', riscv64: 'riscv64',
  s390x: 's390x', loong64: 'loong64', mips64el: 'mips64el', wasm32: 'wasm32', wasm: 'wasm32',
}; // prettier-ignore

/** Where Node would find `name` from the package at `from`, or undefined. */
function resolve(from, name) {
  for (let at = from; ;) {
    const key = `${at ? `${at}/` : ''}node_modules/${name}`;
    if (packages[key]) return key;
    if (!at) return undefined;
    const cut = at.lastIndexOf('/node_modules/');
    at = cut > 0 ? at.slice(0, cut) : '';
  }
}

/** The platform that a package's name tells. */
function platformOf(name) {
  const words = name.split(/[/@.-]+/);
  const pick = (table) => words.map((word) => table[word]).find(Boolean);
  const os = pick(SYSTEMS);
  const cpu = pick(PROCESSORS);
  const libc = os !== 'linux' ? undefined : /musl/.test(name) ? 'musl' : /gnu|glibc/.test(name) ? 'glibc' : undefined;
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }) };
}

let added = 0;
for (const [at, entry] of Object.entries({ ...packages })) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (resolve(at, name)) continue;
    const platform = platformOf(name);
    if (!platform.os) throw new Error(`cannot tell the platform of ${name}`);
    const here = platform.os[0] === process.platform && (!platform.cpu || platform.cpu[0] === process.arch);
    if (here && platform.libc?.[0] !== 'musl') throw new Error(`needed on this platform, but not served: ${name}`);
    packages[`node_modules/${name}`] = { version: version.replace(/^[\^~]/, ''), optional: true, ...platform };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`added ${added} entries`);
