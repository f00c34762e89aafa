import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeAddress, engineAddress } from './engine-address.ts';

describe('DOCKER_HOST', () => {
  it.each([
    [undefined, 'unix:///var/run/docker.sock'],
    ['', 'unix:///var/run/docker.sock'],
    ['unix://', 'unix:///var/run/docker.sock'],
    ['unix:///run/user/1000/docker.sock', 'unix:///run/user/1000/docker.sock'],
    ['tcp://10.0.0.5', 'tcp://10.0.0.5:2375'],
    ['tcp://10.0.0.5:1234', 'tcp://10.0.0.5:1234'],
    ['tcp://[::1]:2375', 'tcp://::1:2375'],
  ])('%s is %s', (host, address) => {
    expect(describeAddress(engineAddress({ host }))).toBe(address);
  });

  it.each(['ssh://me@box', 'npipe:////./pipe/docker_engine', 'nonsense', 'tcp://'])(
    '%s is refused in one line',
    (host) => {
      expect(() => engineAddress({ host })).toThrow(/^DOCKER_HOST is ".*": allowed: unix:\/\/\/.*$/);
    },
  );

  it('is secure with DOCKER_TLS_VERIFY, by the certificates in DOCKER_CERT_PATH', () => {
    const certPath = mkdtempSync(join(tmpdir(), 'certs-'));
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(certPath, `${name}.pem`), name);
    const address = engineAddress({ host: 'tcp://box', tlsVerify: '1', certPath });
    expect(address).toMatchObject({ kind: 'tcp', port: 2376, tls: { ca: Buffer.from('ca'), key: Buffer.from('key') } });
    rmSync(certPath, { recursive: true });
  });

  it('says which certificate is missing', () => {
    expect(() => engineAddress({ host: 'tcp://box', tlsVerify: '1', certPath: '/nowhere' })).toThrow(
      'DOCKER_CERT_PATH: cannot read /nowhere/ca.pem (ENOENT)',
    );
  });
});
