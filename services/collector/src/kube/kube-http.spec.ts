import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selfSigned } from '@deckwatch/testing';
import { FakeCluster, FAULTS } from '../../test/fake-cluster.ts';
import { diagnoseCluster } from './kube-diagnosis.ts';
import { KubeFault, KubeHttp } from './kube-http.ts';
import { ServiceAccount } from './service-account.ts';

describe('asking over HTTPS', () => {
  let cluster: FakeCluster;
  let now = 0;
  const opened: KubeHttp[] = [];

  beforeEach(async () => (cluster = await FakeCluster.start()));
  afterEach(async () => {
    for (const http of opened.splice(0)) http.close();
    await cluster.stop();
  });

  const open = (over: { ca?: string; insecure?: boolean; base?: string } = {}): KubeHttp => {
    const account = new ServiceAccount(cluster.folder, () => now);
    const { ca, insecure = false, base = cluster.url } = over;
    const made = new KubeHttp({ base, account, ca: () => ca ?? account.ca, insecure });
    opened.push(made);
    return made;
  };

  it('shows the token, and the new one at once when it is refused', async () => {
    const asking = open();
    await expect(asking.json('/version')).resolves.toMatchObject({ gitVersion: 'v1.34.1' });
    cluster.token = 'token-2';
    cluster.mount('token-2');
    await expect(asking.json('/version')).resolves.toMatchObject({ gitVersion: 'v1.34.1' });
    expect(cluster.count('/version')).toBe(3);
  });

  it('shows the token as it stands after a while, before it is refused', async () => {
    const asking = open();
    await asking.json('/version');
    cluster.token = 'token-2';
    cluster.mount('token-2');
    now += 10_000;
    await asking.json('/version');
    expect(cluster.count('/version')).toBe(2);
  });

  it('asks a token that is refused once', async () => {
    cluster.token = 'unknown to us';
    await expect(open().json('/version')).rejects.toMatchObject({ status: 401, message: expect.stringContaining('Unauthorized') }); // prettier-ignore
    expect(cluster.count('/version')).toBe(1);
  });

  it.each([
    ['500', FAULTS.status(500, 'etcd is away'), { status: 500, message: '500 for /version: etcd is away' }],
    ['garbage', FAULTS.garbage, { message: 'the answer to /version is no JSON' }],
    ['a truncated answer', FAULTS.truncated, { code: 'ECONNRESET' }],
  ])('rejects with what is wrong: %s', async (_, fault, expected) => {
    cluster.fail('/version', fault);
    await expect(open().json('/version')).rejects.toMatchObject(expected);
  });

  it('does not wait for ever', async () => {
    cluster.fail('/version', FAULTS.silence);
    await expect(open().json('/version', 50)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('does not wait for ever in the middle of an answer', async () => {
    cluster.fail('/version', (response) => void response.writeHead(200).write('{"a":'));
    await expect(open().json('/version', 200)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('reads no more than it is allowed to', async () => {
    cluster.fail('/version', (response) => void response.writeHead(200).end(`"${'x'.repeat(5000)}"`));
    await expect(open().json('/version', 5000, 1000)).rejects.toThrow('larger than 1000 bytes');
  });

  it('trusts the authority alone, unless it is told not to look', async () => {
    const stranger = selfSigned('localhost').cert;
    await expect(open({ ca: stranger }).json('/version')).rejects.toMatchObject({ code: expect.stringMatching(/SELF_SIGNED|CERT/) }); // prettier-ignore
    await expect(open({ base: cluster.url.replace('localhost', '127.0.0.1') }).json('/version')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }); // prettier-ignore
    await expect(open({ ca: stranger, insecure: true }).json('/version')).resolves.toBeDefined();
  });

  it('takes the authority that was renewed', async () => {
    const asking = open();
    const { cert } = selfSigned('localhost');
    writeFileSync(join(cluster.folder, 'ca.crt'), cert);
    await expect(asking.json('/version')).rejects.toThrow();
  });
});

it.each([
  ['a refused token', { status: 401 }, /does not accept the ServiceAccount's token/],
  ['a missing right', { status: 403 }, /grant it `list` and `watch` on `pods`/],
  ['a closed door', { code: 'ECONNREFUSED' }, /does not answer at https:\/\/api \(ECONNREFUSED\)/],
  ['a stranger', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, /is not trusted .* ca.crt/],
  ['silence', { name: 'TimeoutError' }, /does not answer in time/],
  ['no token', { code: 'ENOENT' }, /automountServiceAccountToken/],
  ['what no API server says', { status: 502 }, /does not answer as one/],
])('%s is told with what mends it', (_, what, line) => {
  const error = 'status' in what ? new KubeFault('x', what.status) : Object.assign(new Error('x'), what);
  expect(diagnoseCluster(error, 'https://api').reason).toMatch(line);
});
