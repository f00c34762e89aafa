import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Bus } from '@deckwatch/bus';
import { OWN_APP, subjects } from '@deckwatch/contracts';
import { BUS, CLOCK, CONTEXT, METRICS, type Clock, type Metrics, type ServiceContext } from '@deckwatch/service-kit';
import { AccountBook } from '../auth/accounts/account-book.ts';
import { AuthModule } from '../auth/auth.module.ts';
import { Authenticator } from '../auth/authenticator.ts';
import { LoginBook } from '../auth/logins/login-book.ts';
import { TokenBook } from '../auth/programs/token-book.ts';
import { FeedsModule } from '../feeds/feeds.module.ts';
import { LiveState } from '../feeds/live-state.ts';
import { ConsoleGateway } from './console.gateway.ts';
import { Desk } from './desk.ts';
import { Hub, type HubLimits } from './hub.ts';
import { OwnSessions } from './own-sessions.ts';

/** Limits of connections other than the contract's, for tests. */
export const HUB_LIMITS = Symbol('HUB_LIMITS');

const ownSessions = {
  provide: OwnSessions,
  useFactory: (bus: Bus, clock: Clock) =>
    new OwnSessions(clock, (session) => bus.publish(subjects.ingestSessions(OWN_APP), session)),
  inject: [BUS, CLOCK],
};

const hub = {
  provide: Hub,
  useFactory: (
    { clock, log, version }: ServiceContext,
    state: LiveState,
    own: OwnSessions,
    metrics: Metrics,
    authenticator: Authenticator,
    limits?: Partial<HubLimits>,
  ) => {
    const closed = metrics.counter(
      'deckwatch_gateway_closed_connections',
      'Connections ended by the gateway, by close code',
      ['code'],
    );
    const flags = () => state.flags.current;
    const made = new Hub({
      clock,
      log,
      version,
      flags,
      limits,
      desk: new Desk(state.directory, flags),
      authenticate: (token) => authenticator.ofToken(token),
      holds: (user) => authenticator.holds(user) && authenticator.isSignedIn(user),
      onGreeted: (connection) => own.greeted(connection),
      onGone: (connection) => own.gone(connection),
      onClosing: (code) => closed.inc({ code: String(code) }),
    });
    metrics.gauge('deckwatch_gateway_connections', 'Open WebSocket connections', () => made.size);
    metrics.gauge(
      'deckwatch_gateway_channels',
      'Open channels: a topic at a rate for a scope',
      () => state.directory.size,
    );
    return made;
  },
  inject: [CONTEXT, LiveState, OwnSessions, METRICS, Authenticator, { token: HUB_LIMITS, optional: true }],
};

/** The WebSocket side of the door. */
@Module({ imports: [AuthModule, FeedsModule], providers: [ownSessions, hub, ConsoleGateway] })
export class SocketModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(Hub) private readonly hub: Hub,
    @Inject(OwnSessions) private readonly own: OwnSessions,
    @Inject(LiveState) private readonly state: LiveState,
    @Inject(AccountBook) private readonly accounts: AccountBook,
    @Inject(LoginBook) private readonly logins: LoginBook,
    @Inject(TokenBook) private readonly programs: TokenBook,
  ) {}

  onModuleInit(): void {
    this.own.start();
    this.state.flags.onChange(() => this.hub.follow());
    this.accounts.onChange(() => this.hub.review());
    this.logins.onEnd(() => this.hub.review());
    this.programs.onEnd(() => this.hub.review());
  }

  onApplicationShutdown(): void {
    this.own.stop();
  }
}
