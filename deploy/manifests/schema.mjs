// @ts-check
// Whether manifests are what Kubernetes takes, by the package kubernetes-models, which is made from its OpenAPI
// document: its types tell fields that do not exist, its validators wrong values.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { ROOT } from './overlays.mjs';

/** @typedef {import('./overlays.mjs').Manifest} Manifest */

const PACKAGE = 'kubernetes-models';

/** Where the package keeps a kind. @param {Manifest} manifest */
const moduleOf = ({ apiVersion, kind }) => `${PACKAGE}/${apiVersion}/${kind}`;

/**
 * @param {Manifest[]} manifests
 * @returns {string[]} one line for each field that does not exist or has another type
 */
export function typeFaults(manifests) {
  const file = join(ROOT, 'deploy/manifests/manifests-as-code.ts');
  const kinds = [...new Set(manifests.map(moduleOf))];
  const lines = kinds.map(
    (module, index) => `import type { I${module.split('/').at(-1)} as K${index} } from '${module}';`,
  );
  const first = lines.length;
  for (const manifest of manifests)
    lines.push(`void ({ ${JSON.stringify(manifest).slice(1, -1)} } satisfies K${kinds.indexOf(moduleOf(manifest))});`);
  const options = { strict: true, noEmit: true, skipLibCheck: true, types: [], module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022 }; // prettier-ignore
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, version, ...rest) =>
    name === file ? ts.createSourceFile(name, lines.join('\n'), version) : getSourceFile(name, version, ...rest);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  return ts.getPreEmitDiagnostics(program, source).map(({ start = 0, messageText }) => {
    const { line = 0 } = source?.getLineAndCharacterOfPosition(start) ?? {};
    const { kind, metadata } = manifests[line - first] ?? { kind: 'import', metadata: { name: kinds[line] } };
    return `${kind} ${metadata.name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

/**
 * @param {Manifest[]} manifests
 * @returns {Promise<string[]>} one line for each wrong value
 */
export async function valueFaults(manifests) {
  const faults = [];
  for (const manifest of manifests) {
    const { [manifest.kind]: Model } = await import(moduleFile(moduleOf(manifest)));
    try {
      new Model(manifest).validate();
    } catch (error) {
      faults.push(`${manifest.kind} ${manifest.metadata.name}: ${/** @type {Error} */ (error).message}`);
    }
  }
  return faults;
}

/** @param {string} module */
const moduleFile = (module) => pathToFileURL(join(ROOT, 'node_modules', `${module}.js`)).href;
