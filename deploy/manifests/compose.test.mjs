// The compose files, read by the real docker-compose.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { ROOT } from './overlays.mjs';
import { programOf, whySkipped } from './parts.mjs';
import { environmentFaults, settingsOf } from './service-settings.mjs';

const SERVICES = ['collector', 'sessions', 'alerts', 'history', 'gateway'];
const skip = whySkipped('compose');
/** What is started, by its files. */
const SETS = {
  'the whole': ['docker-compose.yml'],
  'with TLS': ['docker-compose.yml', 'deploy/compose/nats-tls.yml'],
  'a further host': ['deploy/compose/collector.yml'],
};

function configOf(files) {
  const named = files.flatMap((file) => ['-f', file]);
  const args = ['--project-directory', ROOT, ...named, 'config'];
  return parse(
    execFileSync(programOf('docker-compose'), args, { cwd: ROOT, env: { PATH: process.env.PATH } }).toString(),
  );
}

describe('[compose] the composition', { skip }, () => {
  let sets;
  let settings;
  before(async () => {
    sets = Object.fromEntries(Object.entries(SETS).map(([name, files]) => [name, configOf(files)]));
    settings = await settingsOf(SERVICES);
  });

  for (const name of Object.keys(SETS)) {
    test(`[compose] (${name}) sets nothing that a service does not read`, () => {
      for (const [service, { environment }] of Object.entries(sets[name].services)) {
        if (SERVICES.includes(service))
          assert.deepEqual(environmentFaults(settings[service], texts(environment)), [], service);
      }
    });

    test(`[compose] (${name}) lets nothing have more than it needs`, () => {
      for (const [service, one] of Object.entries(sets[name].services)) {
        assert.equal(one.read_only, true, service);
        assert.deepEqual(one.cap_drop, ['ALL'], service);
        assert.deepEqual(one.security_opt, ['no-new-privileges:true'], service);
        assert.ok(one.mem_limit && one.pids_limit, `${service} has limits`);
        assert.ok(one.healthcheck || service === 'setup', `${service} is asked for its health`);
        assert.ok(!one.privileged && !one.cap_add && !one.pid && one.network_mode !== 'host', service);
        assert.match(one.image, /^[^:]+:\d[^:]*$/, `${service} names a version`);
        const ours = SERVICES.includes(service) || service === 'setup';
        // Ours bring their user along: deploy/images/Dockerfile.
        if (!ours) assert.equal(one.user, service === 'socket-proxy' ? '0:0' : '10001:10001');
      }
    });

    test(`[compose] (${name}) mounts of the host only what is named, to be read`, () => {
      const mounts = Object.entries(sets[name].services).flatMap(([service, { volumes = [] }]) =>
        volumes.filter((volume) => volume.startsWith('/')).map((volume) => `${service} ${volume.replace(ROOT, '')}`),
      );
      const allowed = [/^collector \/(proc|sys\/fs\/cgroup):\/host\/\w+:ro$/, /^\S+ certs:\/certs:ro$/, /^socket-proxy deploy\/images\/socket-proxy.conf:\S+:ro$/, /^socket-proxy \/var\/run\/docker.sock:\/engine\/docker.sock(:rw)?$/]; // prettier-ignore
      assert.deepEqual(mounts.filter((mount) => !allowed.some((pattern) => pattern.test(mount))), []); // prettier-ignore
    });
  }

  test('[compose] is of this version, images and all', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const images = Object.values(sets['the whole'].services).map(({ image }) => image);
    const ours = images.filter((image) => image.startsWith('deckwatch-'));
    assert.equal(ours.length, SERVICES.length + 1);
    assert.ok(ours.every((image) => image.endsWith(`:${version}`)));
  });
});

/** As a container sees it. */
const texts = (environment) => Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value === null ? undefined : String(value)])); // prettier-ignore
