// The manifests of every overlay, built by the real kubectl.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { buildOverlays, overlayNames, ROOT } from './overlays.mjs';
import { containersOf, podOf, policyFaults } from './policy.mjs';
import { whySkipped, programOf } from './parts.mjs';
import { typeFaults, valueFaults } from './schema.mjs';
import { environmentFaults, settingsOf } from './service-settings.mjs';

const SERVICES = ['collector', 'sessions', 'alerts', 'history', 'gateway'];
const NAMES = [...overlayNames(), 'components'];
const skip = whySkipped('kubectl');

describe('[kubectl] the manifests', { skip }, () => {
  let overlays;
  before(() => {
    overlays = buildOverlays(programOf('kubectl'));
  });
  const changed = (overlay, kind, name, change) => {
    const manifests = structuredClone(overlays[overlay]);
    change(manifests.find(({ kind: found, metadata }) => found === kind && metadata.name.startsWith(name)));
    return manifests;
  };

  for (const name of NAMES) {
    test(`[kubectl] of ${name} are what Kubernetes takes`, async () => {
      assert.ok(overlays[name].length > 25);
      assert.deepEqual(typeFaults(overlays[name]), []);
      assert.deepEqual(await valueFaults(overlays[name]), []);
    });

    test(`[kubectl] of ${name} keep to the policy`, () => assert.deepEqual(policyFaults(overlays[name]), []));

    test(`[kubectl] of ${name} set nothing that a service does not read`, async () => {
      const settings = await settingsOf(SERVICES);
      for (const manifest of overlays[name].filter(({ metadata }) => SERVICES.includes(metadata.name))) {
        for (const container of podOf(manifest) ? containersOf(podOf(manifest)) : []) {
          const env = environmentOf(container, overlays[name]);
          assert.deepEqual(environmentFaults(settings[container.name], env), [], container.name);
          assert.equal(env.NATS_INBOX_PREFIX, `_INBOX_${container.name}`);
        }
      }
    });

    test(`[kubectl] of ${name} mention only what is there`, () => assert.deepEqual(danglingNames(overlays[name]), []));

    test(`[kubectl] of ${name} are of this version`, () => {
      const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
      const images = overlays[name]
        .map(podOf)
        .filter(Boolean)
        .flatMap(containersOf)
        .map(({ image }) => image);
      const ours = images.filter((image) => image.includes('deckwatch-'));
      assert.deepEqual(ours.map((image) => image.split(':')[1]), SERVICES.map(() => version)); // prettier-ignore
    });
  }

  test('[kubectl] with a mistake in them are told', async () => {
    const misspelt = changed('single', 'Deployment', 'alerts', ({ spec }) => {
      spec.template.spec.containers[0].readynessProbe = {};
    });
    assert.match(typeFaults(misspelt).join(), /^Deployment alerts: .*readynessProbe/);
    const wrong = changed('single', 'Deployment', 'alerts', ({ spec }) => {
      spec.template.spec.containers[0].imagePullPolicy = 'Sometimes';
    });
    assert.match((await valueFaults(wrong)).join(), /^Deployment alerts: .*imagePullPolicy/);
  });

  const breaches = [
    ['may run as root', (pod) => delete pod.securityContext.runAsNonRoot],
    ['has no service account', (pod) => (pod.serviceAccountName = 'default')],
    ['mounts /etc', (pod) => pod.volumes.push({ name: 'etc', hostPath: { path: '/etc' } })],
    ['may write /proc', (pod) => pod.containers[0].volumeMounts.forEach((mount) => delete mount.readOnly)],
    ['names no version', (pod) => (pod.containers[0].image = 'deckwatch-collector:latest')],
    ['may gain privileges', (pod) => (pod.containers[0].securityContext.privileged = true)],
    ['has capabilities', (pod) => (pod.containers[0].securityContext.capabilities.add = ['SYS_PTRACE'])],
    ['has no limit', (pod) => delete pod.containers[0].resources.limits],
    ['is not probed', (pod) => delete pod.containers[0].livenessProbe],
    ['shares a namespace', (pod) => (pod.hostPID = true)],
  ];
  for (const [fault, breach] of breaches)
    test(`[kubectl] with a pod that ${fault} break the policy`, () => {
      const manifests = changed('ha', 'DaemonSet', 'collector', (manifest) => void breach(podOf(manifest)));
      assert.match(policyFaults(manifests).join(), new RegExp(`^DaemonSet collector: .*${fault}`));
    });

  test('[kubectl] of ha evaluate alerts in as many shards as there are replicas', () => {
    const alerts = overlays.ha.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'alerts');
    const { DECKWATCH_ALERT_SHARDS: shards } = environmentOf(podOf(alerts).containers[0], overlays.ha);
    assert.equal(shards, String(alerts.spec.replicas));
  });

  test('[kubectl] with a role that reaches into pods break the policy', () => {
    const role = {
      kind: 'ClusterRole',
      metadata: { name: 'x' },
      rules: [{ verbs: ['get'], resources: ['nodes/proxy'] }],
    };
    assert.deepEqual(policyFaults([role]), ['ClusterRole x: may see nodes/proxy']);
  });
});

/** A container's environment; what is only known where it runs is undefined. */
function environmentOf({ env = [], envFrom = [] }, manifests) {
  const maps = envFrom.map(({ configMapRef }) => manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapRef.name)); // prettier-ignore
  const own = Object.fromEntries(env.map(({ name, value }) => [name, value]));
  return Object.assign({}, ...maps.map(({ data }) => data), own);
}

/** ConfigMaps, Secrets and their files that a pod mounts but nothing makes. */
function danglingNames(manifests) {
  const made = (kind, name) => manifests.find((other) => other.kind === kind && other.metadata.name === name);
  return manifests.flatMap((manifest) => {
    const pod = podOf(manifest);
    if (!pod) return [];
    const mounted = Object.fromEntries(
      pod.volumes.flatMap(({ name, secret, configMap }) => {
        if (!secret && !configMap) return [];
        const found = secret ? made('Secret', secret.secretName) : made('ConfigMap', configMap.name);
        return [[name, found ? Object.keys(found.data) : undefined]];
      }),
    );
    const [container] = pod.containers;
    const missing = Object.entries(mounted).filter(([, files]) => files === undefined);
    const files = (container.env ?? []).flatMap(({ name, value = '' }) => {
      const mount = container.volumeMounts.find(
        ({ mountPath }) => mountPath !== '/' && value.startsWith(`${mountPath}/`),
      );
      const fine =
        !mount || !mounted[mount.name] || mounted[mount.name].includes(value.slice(mount.mountPath.length + 1));
      return fine ? [] : [`${container.name}: ${name} names ${value}, which is in no volume`];
    });
    return [...missing.map(([name]) => `${container.name}: the volume ${name} has nothing behind it`), ...files];
  });
}
