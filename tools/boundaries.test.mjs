import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import ts from 'typescript-eslint';
import { boundaries } from './boundaries.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const eslint = new ESLint({
  cwd: root,
  overrideConfigFile: true,
  overrideConfig: [{ files: ['**/*.ts'], languageOptions: { parser: ts.parser } }, ...boundaries],
});

/** What the boundary rule says to that line in that file. */
async function complaints(file, line) {
  const [{ messages }] = await eslint.lintText(line, { filePath: join(root, file) });
  return messages.map(({ message }) => message);
}

const forbidden = [
  ['a service imports another service', 'services/gateway/src/x.ts', "import '@deckwatch/alerts';"],
  ['the same by a relative path', 'services/gateway/src/x.ts', "import '../../alerts/src/main.ts';"],
  ['a library imports a service', 'libs/bus/src/x.ts', "import '@deckwatch/collector';"],
  ['the contracts import the bus', 'libs/contracts/src/x.ts', "import '@deckwatch/bus';"],
  ['the contracts import Nest', 'libs/contracts/src/x.ts', "import '@nestjs/common';"],
  ['the console imports the bus', 'frontend/src/app/x.ts', "import '@deckwatch/bus';"],
  ['a service imports Angular', 'services/gateway/src/x.ts', "import '@angular/core';"],
  ['a service imports the testing library', 'services/gateway/src/x.ts', "import '@deckwatch/testing';"],
];

const allowed = [
  ['a service imports a library', 'services/gateway/src/x.ts', "import '@deckwatch/bus';"],
  ['a test of a service imports the testing library', 'services/gateway/src/x.spec.ts', "import '@deckwatch/testing';"],
  ['a test of the bus imports the testing library', 'libs/bus/test/x.spec.ts', "import '@deckwatch/testing';"],
  ['the console imports the contracts', 'frontend/src/app/x.ts', "import '@deckwatch/contracts';"],
];

before(() => {
  // Without a fresh project graph the rule would judge by an old one, or not at all.
  execFileSync('npx', ['nx', 'show', 'projects'], { cwd: root, env: { ...process.env, NX_DAEMON: 'false' } });
});

for (const [what, file, line] of forbidden) {
  test(`lint fails when ${what}`, async () => {
    assert.notDeepEqual(await complaints(file, line), []);
  });
}

for (const [what, file, line] of allowed) {
  test(`lint passes when ${what}`, async () => {
    assert.deepEqual(await complaints(file, line), []);
  });
}
