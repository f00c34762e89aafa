import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith, eventually, freePort, startRedis, type RedisServer } from '@deckwatch/testing';
import { Redis } from 'ioredis';
import { publicId, SourceStage, WAIT } from './source-stage.ts';

const PATIENCE = { timeoutMs: 30_000, everyMs: 50 };
const session = (user: string): string => JSON.stringify({ cookie: {}, user: { name: user } });

describeWith('redis', 'nats')('sources on all kinds of Redis', () => {
  let stage: SourceStage;
  const ended: (() => unknown)[] = [];

  beforeEach(async () => {
    stage = await SourceStage.open();
  });
  afterEach(async () => {
    await stage.close();
    await Promise.all(ended.splice(0).map((end) => end()));
  });

  /** A server that ends with the test. */
  async function server(...args: string[]): Promise<RedisServer> {
    const started = await startRedis({ args });
    ended.push(() => started.stop());
    return started;
  }
  function client(url: string, options: object = {}): Redis {
    const redis = new Redis(url, { retryStrategy: () => 50, ...options });
    redis.on('error', () => undefined); // some are killed on purpose
    ended.push(() => redis.disconnect());
    return redis;
  }
  async function liveAndEnd(app: string, redis: Pick<Redis, 'set' | 'del'>, id: string): Promise<void> {
    const briefOf = () => stage.events(app).filter((event) => event.id === publicId(id)).map(({ event, reason }) => `${event} ${reason}`); // prettier-ignore
    await redis.set(`sess:${id}`, session('ada'), 'EX', 600);
    await eventually(() => expect(briefOf()).toEqual(['created login']), WAIT);
    await redis.del(`sess:${id}`);
    await eventually(() => expect(briefOf()).toEqual(['created login', 'destroyed logout']), WAIT);
  }

  it('Sentinel: the sessions go on at the new master when the old one dies', async () => {
    const master = await server();
    const replica = await server('--replicaof', '127.0.0.1', String(master.port));
    const sentinelPort = await sentinelOf(master);
    await eventually(async () => expect(await client(replica.url).info('replication')).toMatch('master_link_status:up'), PATIENCE); // prettier-ignore
    const redis = client('redis://127.0.0.1', { sentinels: [{ host: '127.0.0.1', port: sentinelPort }], name: 'shop' });
    await redis.set('sess:stays', session('eve'));
    await stage.follow([{ app: 'watched', kind: 'redis', url: `redis+sentinel://127.0.0.1:${sentinelPort}/shop/0`, shape: 'connect-redis' }]); // prettier-ignore
    await liveAndEnd('watched', redis, 'first');
    expect(await client(replica.url).exists('sess:stays')).toBe(1);
    await master.kill();
    await eventually(async () => expect(await client(replica.url).info('replication')).toMatch('role:master'), PATIENCE); // prettier-ignore
    await eventually(async () => expect(await redis.set('sess:second', session('bob'), 'EX', 600)).toBe('OK'), PATIENCE); // prettier-ignore
    await eventually(async () => expect(await stage.active('watched')).toBe(2), PATIENCE);
    await liveAndEnd('watched', redis, 'third');
    expect(stage.events('watched').filter(({ id }) => id === publicId('stays'))).toHaveLength(1);
  }, 60_000);

  /** A sentinel that watches one master under the name `shop`; returns its port. */
  async function sentinelOf(master: RedisServer): Promise<number> {
    const folder = mkdtempSync(join(tmpdir(), 'deckwatch-sentinel-'));
    const file = join(folder, 'sentinel.conf');
    const rules = ['down-after-milliseconds shop 1000', 'failover-timeout shop 3000', 'parallel-syncs shop 1'];
    const lines = [`monitor shop 127.0.0.1 ${master.port} 1`, ...rules].map((line) => `sentinel ${line}`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    const port = await freePort();
    const sentinel = await startRedis({ port, sentinel: file });
    ended.push(async () => {
      await sentinel.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    return port;
  }

  it('TLS: with a certificate of an authority of its own, and not without that authority', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'deckwatch-tls-'));
    ended.push(() => rmSync(folder, { recursive: true, force: true }));
    const certificate = certify(folder);
    const port = await freePort();
    const secured = await startRedis({
      args: ['--tls-port', String(port), '--tls-cert-file', certificate.cert, '--tls-key-file', certificate.key, '--tls-ca-cert-file', certificate.ca, '--tls-auth-clients', 'no'],
    }); // prettier-ignore
    ended.push(() => secured.stop());
    const url = `rediss://127.0.0.1:${port}`;
    await stage.add([
      { app: 'sealed', kind: 'redis', url, ca: certificate.ca, shape: 'connect-redis' },
      { app: 'doubted', kind: 'redis', url, shape: 'connect-redis' },
    ]);
    await eventually(async () => expect((await stage.states()).map(({ state }) => state)).toEqual(['following', 'away']), WAIT); // prettier-ignore
    expect((await stage.states())[1]!.fault).toMatch(/certificate/);
    await liveAndEnd('sealed', client(secured.url), 'a');
  });

  const LEAST = '+config|get +config|set +psubscribe +scan +get +mget +hgetall +pttl +ping';
  it.each([
    ['that may read and set notifications', `~sess:* &* ${LEAST}`, null],
    ['that may not ask for several values at once', `~sess:* &* ${LEAST.replace('+mget ', '')}`, null],
    [
      'without CONFIG, the server set by hand',
      `~sess:* &* ${LEAST.replace(/\+config\S* /g, '')}`,
      'CONFIG is not allowed',
    ],
  ])('an ACL user %s: all is followed, nothing can be revoked', async (_, rules, fault) => {
    const guarded = await server('--notify-keyspace-events', fault === null ? '' : 'KEAn');
    const redis = client(guarded.url);
    await redis.call('ACL', 'SETUSER', 'monitor', 'on', '>a secret', 'resetkeys', 'resetchannels', '-@all', ...rules.split(' ')); // prettier-ignore
    await redis.set('sess:before', session('eve'));
    await redis.set('sess:before-too', session('bob'));
    const url = `redis://monitor:a%20secret@127.0.0.1:${guarded.port}/0`;
    await stage.follow([{ app: 'guarded', kind: 'redis', url, shape: 'connect-redis', revoke: true }]);
    expect(await stage.active('guarded')).toBe(2);
    await liveAndEnd('guarded', redis, 'a');
    const refused = { revoked: false, why: expect.stringMatching(/NOPERM/) };
    expect((await stage.revoke('guarded', publicId('before'))).items).toMatchObject([refused]);
    if (fault !== null) expect((await stage.states())[0]!.fault).toMatch(fault);
    await redis.call('ACL', 'SETUSER', 'monitor', '+del');
    expect((await stage.revoke('guarded', publicId('before'))).items).toMatchObject([{ revoked: true }]);
    await eventually(async () => expect(await stage.active('guarded')).toBe(1), WAIT);
  });
});

/** An authority of our own and a certificate of 127.0.0.1 by it, made with openssl. */
function certify(folder: string): { ca: string; cert: string; key: string } {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
  const subject = (name: string): string[] => ['-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-subj', `/CN=${name}`]; // prettier-ignore
  openssl('req', '-x509', '-days', '2', ...subject('authority'), '-keyout', at('ca.key'), '-out', at('ca.crt'));
  openssl('req', ...subject('redis'), '-keyout', at('redis.key'), '-out', at('redis.csr'));
  writeFileSync(at('names'), 'subjectAltName=IP:127.0.0.1\n');
  openssl('x509', '-req', '-days', '2', '-in', at('redis.csr'), '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('names'), '-out', at('redis.crt')); // prettier-ignore
  chmodSync(at('redis.key'), 0o644);
  return { ca: at('ca.crt'), cert: at('redis.crt'), key: at('redis.key') };
}
