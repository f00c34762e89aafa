import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tlsMaterial, type TlsMaterial } from '@deckwatch/service-kit';
import { authority, describeWith, eventually, silentLog, startRedis, tlsFiles, type RedisServer, type TlsFiles } from '@deckwatch/testing'; // prettier-ignore
import { RedisConnection } from '../src/redis/redis-connection.ts';

describeWith('redis')('a Redis that speaks TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deckwatch-tls-'));
  const ours = authority();
  const theirs = tlsFiles(folder, authority(), 'somebody else');
  const client = tlsFiles(folder, ours, 'a service');
  const { ca, cert, key } = client;
  const ends: (() => Promise<void>)[] = [];
  let redis: RedisServer;
  /** @param name what its certificate is for */
  const secured = async (name: string): Promise<RedisServer> => {
    const server = await startRedis({ tls: tlsFiles(folder, ours, name) });
    ends.unshift(() => server.stop());
    return server;
  };

  beforeAll(async () => {
    redis = await secured('127.0.0.1');
  });
  afterAll(async () => {
    for (const end of ends) await end();
    rmSync(folder, { recursive: true });
  });

  /** As the service does it with REDIS_CA, REDIS_CERT and REDIS_KEY. */
  const material = ({ ca: REDIS_CA, cert: REDIS_CERT, key: REDIS_KEY }: Partial<TlsFiles>): TlsMaterial =>
    tlsMaterial('REDIS', { REDIS_CA, REDIS_CERT, REDIS_KEY })!;
  function connection(url: string, files: Partial<TlsFiles>): RedisConnection {
    const opened = new RedisConnection({ url, tls: material(files), settings: 'REDIS', name: 'test' }, silentLog);
    ends.unshift(() => opened.close());
    opened.open();
    return opened;
  }
  async function faultOf(url: string, files: Partial<TlsFiles>): Promise<string> {
    const tried = connection(url, files);
    await eventually(() => expect(tried.fault).toMatch(/^not connected: (?!.*closed)/));
    return tried.fault!.replace('not connected: ', '');
  }

  it('is connected to with its authority and a certificate of one’s own, and again after it was away', async () => {
    const opened = connection(redis.url, client);
    await eventually(() => expect(opened.fault).toBeNull());
    expect(await opened.call('ping')).toBe('PONG');
    await redis.restart();
    await eventually(async () => expect(await opened.call('ping')).toBe('PONG'));
  });

  it('is not trusted without its authority, nor by another', async () => {
    const fault = 'its certificate is not signed by an authority that is trusted here: set REDIS_CA to the authority\'s certificate'; // prettier-ignore
    expect(await faultOf(redis.url, { cert, key })).toBe(fault);
    expect(await faultOf(redis.url, { ca: theirs.ca, cert, key })).toBe(fault);
  });

  it('is not trusted when its certificate is for another name', async () => {
    const { url } = await secured('redis.example');
    expect(await faultOf(url, client)).toMatch(/^its certificate is for another name: .*redis\.example/);
  });

  it('lets in nobody without a certificate, nor with one of another authority', async () => {
    const fault = 'it wants a client certificate that it knows: set REDIS_CERT and REDIS_KEY';
    expect(await faultOf(redis.url, { ca })).toBe(fault);
    expect(await faultOf(redis.url, { ...theirs, ca })).toBe(fault);
  });
});
