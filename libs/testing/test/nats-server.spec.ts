import { connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { existsSync } from 'node:fs';
import { describeWith, startNats } from '../src/index.ts';

const store = async (url: string): Promise<void> => {
  const client = await connect({ servers: url });
  await (await jetstreamManager(client)).streams.add({ name: 'KEPT', subjects: ['kept'] });
  await jetstream(client).publish('kept', 'a');
  await client.close();
};
const stored = async (url: string): Promise<number> => {
  const client = await connect({ servers: url });
  const { state } = await (await jetstreamManager(client)).streams.info('KEPT');
  await client.close();
  return state.messages;
};

describeWith('nats')('a real nats-server', () => {
  it('keeps what was stored over a kill and a restart, on the same port', async () => {
    const nats = await startNats();
    await store(nats.url);
    await nats.kill();
    await expect(connect({ servers: nats.url, reconnect: false })).rejects.toThrow();
    await nats.restart();
    await expect(stored(nats.url)).resolves.toBe(1);
    await nats.stop();
  });

  it('ends and removes its files', async () => {
    const nats = await startNats();
    const { pid, storeDir } = nats;
    await store(nats.url);
    await nats.stop();
    expect(() => process.kill(pid as number, 0)).toThrow('ESRCH');
    expect(existsSync(storeDir)).toBe(false);
  });

  it('runs several at a time', async () => {
    const servers = await Promise.all([startNats(), startNats()]);
    expect(servers[0].port).not.toBe(servers[1].port);
    await Promise.all(servers.map((server) => server.stop()));
  });

  it('takes more configuration', async () => {
    const nats = await startNats({ config: 'authorization { token: "s3cret" }' });
    await expect(connect({ servers: nats.url, reconnect: false })).rejects.toThrow(/authorization/i);
    await (await connect({ servers: nats.url, token: 's3cret' })).close();
    await nats.stop();
  });

  it("tells the server's own words when it does not start", async () => {
    await expect(startNats({ config: 'no_such_setting: 1' })).rejects.toThrow(/unknown field "no_such_setting"/);
  });
});
