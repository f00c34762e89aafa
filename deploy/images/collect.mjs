// @ts-check
// Lays out what goes into the images, out of a built workspace: one folder for each, and the folders that volumes are
// first mounted on.  node deploy/images/collect.mjs /out
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [out = '/out'] = process.argv.slice(2);
const SERVICES = readdirSync(join(root, 'services'));

/**
 * @param {string} from
 * @param {string[]} to
 */
const copy = (from, ...to) => cpSync(join(root, from), join(out, ...to), { recursive: true });

// Each service is one bundle and needs no node_modules; the gateway brings the console.
for (const service of SERVICES) copy(`services/${service}/dist`, service);
copy('deploy/demo/dist', 'demo');
copy('frontend/dist', 'gateway/console');
for (const folder of ['deploy/images', 'deploy/local', 'deploy/brokers', 'libs/contracts/src/brokers'])
  copy(folder, 'setup', folder);
writeFileSync(join(out, 'setup/main.js'), 'import "./deploy/images/setup.mjs";\n');
for (const name of readdirSync(out).filter((folder) => folder !== 'volumes')) {
  copy('deploy/images/healthy.mjs', name, 'healthy.mjs');
  const manifest = join(out, name, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{"type":"module"}\n');
}
// Volumes take over the owner of the folder that they are first mounted on.
const secrets = ['ops', 'nats', 'redis', ...SERVICES].map((name) => `secrets/${name}`);
for (const name of [...secrets, 'nats', 'redis', 'data']) mkdirSync(join(out, 'volumes', name), { recursive: true });
