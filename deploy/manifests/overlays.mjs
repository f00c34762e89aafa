// @ts-check
// The manifests of an overlay as `kubectl apply -k` would send them, with secrets as deploy/images/setup.mjs makes them.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

/** @typedef {{ kind: string, apiVersion: string, metadata: { name: string, namespace?: string, labels?: Record<string, string> }, [field: string]: any }} Manifest */

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OVERLAYS = join(ROOT, 'k8s/overlays');
/** Ours, on top of `single`: as users would take the examples in. */
const WITH_COMPONENTS = `resources: [../single]
namespace: deckwatch
components: [${readdirSync(join(ROOT, 'k8s/components')).map((name) => `../../components/${name}`).join(', ')}]
`; // prettier-ignore

/** @type {Record<string, { args: string[], env: Record<string, string> }>} */
const SETUP = {
  single: { args: [], env: {} },
  ha: { args: ['--nats-servers', '3'], env: { REDIS_URL: 'rediss://user:password@redis.example:6380' } },
};

export const overlayNames = () => readdirSync(OVERLAYS);

/**
 * Builds every overlay, and `components`, which takes in all components.
 * @param {string} kubectl
 * @returns {Record<string, Manifest[]>}
 */
export function buildOverlays(kubectl) {
  const folder = mkdtempSync(join(tmpdir(), 'dw-manifests-'));
  try {
    cpSync(join(ROOT, 'k8s'), folder, { recursive: true, filter: (path) => !path.endsWith('/secrets') });
    for (const name of overlayNames()) makeSecrets(join(folder, 'overlays', name, 'secrets'), name);
    mkdirSync(join(folder, 'overlays/components'));
    writeFileSync(join(folder, 'overlays/components/kustomization.yaml'), WITH_COMPONENTS);
    const names = [...overlayNames(), 'components'];
    return Object.fromEntries(names.map((name) => [name, build(kubectl, join(folder, 'overlays', name))]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} target
 * @param {string} overlay
 */
function makeSecrets(target, overlay) {
  const setup = SETUP[overlay];
  if (!setup) throw new Error(`say in ${import.meta.url} how the secrets of the overlay ${overlay} are made`);
  const args = [join(ROOT, 'deploy/images/setup.mjs'), target, ...setup.args];
  execFileSync(process.execPath, args, { env: { PATH: process.env['PATH'], ...setup.env } });
}

/**
 * @param {string} kubectl
 * @param {string} folder
 * @returns {Manifest[]}
 */
function build(kubectl, folder) {
  const text = execFileSync(kubectl, ['kustomize', folder], { maxBuffer: 64 * 1024 * 1024 }).toString();
  return parseAllDocuments(text).map((document) => unfolded(document.toJS()));
}

/** kubectl breaks long base64 into lines, which the API server takes and the schema does not. @param {Manifest} manifest */
function unfolded(manifest) {
  if (manifest.kind !== 'Secret') return manifest;
  const data = Object.entries(manifest['data']).map(([name, text]) => [name, String(text).replaceAll(/\s/g, '')]);
  return { ...manifest, data: Object.fromEntries(data) };
}
