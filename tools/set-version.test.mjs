import assert from 'node:assert/strict';
import { test } from 'node:test';
import { places, version } from './set-version.mjs';

test('all that repeats the version says the one of the root package.json', () => {
  const wrong = [...places()].filter(({ text, wanted }) => text !== wanted).map(({ file }) => file);
  assert.deepEqual(wrong, [], `node tools/set-version.mjs brings them to ${version()}`);
});

test('a new version reaches packages, images of compose and of every overlay', () => {
  const changed = [...places('9.9.9-rc.1')].filter(({ text, wanted }) => text !== wanted).map(({ file }) => file);
  for (const file of ['services/gateway/package.json', 'docker-compose.yml', 'k8s/base/alerts.yaml', 'k8s/overlays/ha/kustomization.yaml'])
    assert.ok(changed.includes(file), file); // prettier-ignore
});
