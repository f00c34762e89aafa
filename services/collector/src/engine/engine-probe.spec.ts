import type { EngineAddress } from './engine-address.ts';
import { diagnose, type Surroundings } from './engine-probe.ts';

const HERE: EngineAddress = { kind: 'unix', socketPath: '/var/run/docker.sock' };
const THERE: EngineAddress = { kind: 'tcp', host: 'box', port: 2375, tls: null };

function around(over: Partial<Surroundings> = {}): () => Promise<Surroundings> {
  const plain = { installed: false, otherSockets: [], socketGroup: null, systemd: true, contained: false, user: 'ann' };
  return () => Promise.resolve({ ...plain, ...over });
}

const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe('why there is no engine', () => {
  it('not installed', async () => {
    const { fault, reason } = await diagnose(failure('ENOENT'), HERE, around());
    expect(fault).toBe('not installed');
    expect(reason).toContain('https://get.docker.com');
  });

  it.each(['ENOENT', 'ECONNREFUSED'])('not running (%s)', async (code) => {
    const { fault, reason } = await diagnose(failure(code), HERE, around({ installed: true }));
    expect(fault).toBe('not running');
    expect(reason).toContain('sudo systemctl start docker');
  });

  it('not running, without systemd', async () => {
    const { reason } = await diagnose(failure('ENOENT'), HERE, around({ installed: true, systemd: false }));
    expect(reason).toContain('sudo service docker start');
  });

  it('no permission', async () => {
    const { fault, reason } = await diagnose(
      failure('EACCES'),
      HERE,
      around({ installed: true, socketGroup: 'docker' }),
    );
    expect(fault).toBe('no permission');
    expect(reason).toContain('sudo usermod -aG docker ann && newgrp docker');
  });

  it('other socket', async () => {
    const { fault, reason } = await diagnose(
      failure('ENOENT'),
      HERE,
      around({ otherSockets: ['/run/user/1000/docker.sock'] }),
    );
    expect(fault).toBe('other socket');
    expect(reason).toContain('export DOCKER_HOST=unix:///run/user/1000/docker.sock');
  });

  it('not reachable over the network', async () => {
    const { fault, reason } = await diagnose(failure('ECONNREFUSED'), THERE, around());
    expect(fault).toBe('not reachable');
    expect(reason).toContain('tcp://box:2375');
  });

  it('an engine that wants TLS', async () => {
    const error = new Error('(HTTP code 400) unexpected - Client sent an HTTP request to an HTTPS server.');
    expect((await diagnose(error, THERE, around())).reason).toContain('DOCKER_TLS_VERIFY=1');
  });

  it('no answer in time', async () => {
    const error = Object.assign(new Error('aborted'), { code: 'ABORT_ERR' });
    expect((await diagnose(error, HERE, around())).fault).toBe('no answer');
  });

  it('something else that listens there', async () => {
    expect((await diagnose(failure('HPE_INVALID_CONSTANT'), HERE, around())).fault).toBe('no answer');
  });
});
