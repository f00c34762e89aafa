import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface EitherDoor {
  url: string;
  /** Lets nothing more through on the connections that are open, and tells neither end; new ones are as before. */
  fallSilent(): void;
  stop(): void;
}

/** A balancer before several gateways: each connection goes to the first of the ports that takes it. */
export async function startEitherDoor(ports: readonly number[]): Promise<EitherDoor> {
  const open = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    keep(client).on('error', () => client.destroy());
    const reach = (at: number): void => {
      const port = ports[at];
      if (port === undefined) return void client.destroy();
      const gateway = keep(connect({ port, host: '127.0.0.1' }));
      let reached = false;
      gateway.once('connect', () => {
        reached = true;
        client.pipe(gateway).pipe(client);
      });
      gateway.on('error', () => (reached ? client.destroy() : reach(at + 1)));
      gateway.once('close', () => reached && client.destroy());
      client.once('close', () => gateway.destroy());
    };
    reach(0);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fallSilent: () => {
      for (const socket of open) socket.unpipe().resume().removeAllListeners('close');
    },
    stop: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
