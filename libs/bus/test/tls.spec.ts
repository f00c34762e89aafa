import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authority, describeWith, eventually, startNats, tlsFiles, type NatsServer } from '@deckwatch/testing';
import { connectForGood, type BrokerAddress } from '../src/connect.ts';

describeWith('nats')('a NATS that speaks TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deckwatch-tls-'));
  const ours = authority();
  const theirs = tlsFiles(folder, authority(), 'somebody else');
  const client = tlsFiles(folder, ours, 'a service');
  const { ca, cert, key } = client;
  const servers: NatsServer[] = [];
  let nats: NatsServer;
  /** @param name what its certificate is for */
  const secured = async (name: string): Promise<NatsServer> => {
    const server = await startNats({ config: '', tls: tlsFiles(folder, ours, name) });
    servers.push(server);
    return server;
  };

  beforeAll(async () => {
    nats = await secured('127.0.0.1');
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true });
  });

  /** Why it can't connect. */
  async function faultOf(address: Omit<BrokerAddress, 'name'>): Promise<string> {
    const ended = new AbortController();
    const faults: string[] = [];
    const tried = connectForGood({ name: 'test', ...address }, ended.signal, (fault) => faults.push(fault));
    tried.catch(() => undefined);
    await eventually(() => expect(faults).not.toEqual([]), { timeoutMs: 15_000 });
    ended.abort();
    await expect(tried).rejects.toThrow('given up');
    return faults[0]!;
  }

  it.each(['tls', 'nats'])(
    'is connected to by %s:// with its authority and a certificate of one’s own',
    async (scheme) => {
      const connection = await connectForGood({
        name: 'test',
        servers: `${scheme}://127.0.0.1:${nats.port}`,
        ...client,
      });
      await connection.flush();
      expect(connection.info?.tls_required).toBe(true);
      await connection.close();
    },
  );

  it('is not trusted without its authority, nor by another', async () => {
    const fault = 'its certificate is not signed by an authority that is trusted here: set NATS_CA to the authority\'s certificate'; // prettier-ignore
    expect(await faultOf({ servers: nats.url, cert, key })).toBe(fault);
    expect(await faultOf({ servers: nats.url, cert, key, ca: theirs.ca })).toBe(fault);
  });

  it('is not trusted when its certificate is for another name', async () => {
    const { url } = await secured('nats.example');
    expect(await faultOf({ servers: url, ...client })).toMatch(/^its certificate is for another name: .*nats\.example/);
  });

  it('lets in nobody without a certificate, nor with one of another authority', async () => {
    const fault = 'it wants a client certificate that it knows: set NATS_CERT and NATS_KEY';
    const tries = [{ ca }, { ...theirs, ca }].map((files) => faultOf({ servers: nats.url, ...files }));
    expect(await Promise.all(tries)).toEqual([fault, fault]);
  }, 20_000);

  it('is missed where the broker speaks none', async () => {
    const plain = await startNats();
    servers.push(plain);
    expect(await faultOf({ servers: plain.url, ca })).toBe('it does not speak TLS: NATS_URL and NATS_CA ask for it');
  });
});
