import type { Bus } from '@deckwatch/bus';
import { startNats, testBus, type NatsServer } from '@deckwatch/testing';
import { Console, type ConsoleOptions } from './console.ts';
import { startGateway, type GatewayOptions, type RunningGateway } from './harness.ts';

/** A broker, a gateway and a bus for the tests of one `describe`; clients are closed after each test. */
export interface Fixture {
  nats: NatsServer;
  bus: Bus;
  gateway: RunningGateway;
  /** One more gateway on the same broker, stopped at the end. */
  another(options?: GatewayOptions): Promise<RunningGateway>;
  open(options?: ConsoleOptions & { at?: RunningGateway }): Promise<Console>;
}

export function useGateway(options: GatewayOptions = {}): Fixture {
  const fixture = {} as Fixture;
  const endings: (() => Promise<unknown>)[] = [];
  const clients: Console[] = [];
  beforeAll(async () => {
    fixture.nats = await startNats();
    endings.push(() => fixture.nats.stop());
    fixture.bus = await testBus(fixture.nats);
    endings.push(() => fixture.bus.close());
    fixture.another = async (more) => {
      const gateway = await startGateway(fixture.nats, more);
      endings.push(() => gateway.stop());
      return gateway;
    };
    fixture.gateway = await fixture.another(options);
    fixture.open = async ({ at = fixture.gateway, ...rest } = {}) => {
      const client = await Console.open(at.port, rest);
      clients.push(client);
      return client;
    };
  });
  afterEach(() => clients.splice(0).forEach((client) => client.socket.terminate()));
  afterAll(async () => {
    for (const end of endings.reverse()) await end();
  });
  return fixture;
}
