import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Bus } from '@deckwatch/bus';
import { BUCKETS } from '@deckwatch/contracts';
import { BUS, CLOCK, CONTEXT, LOG, SecretBox, SettingsError, type Clock, type Log, type ServiceContext } from '@deckwatch/service-kit'; // prettier-ignore
import type { GatewaySettings } from '../settings.ts';
import { AccountBook, StoredAccounts } from './accounts/account-book.ts';
import { PasswordHasher } from './accounts/password-hash.ts';
import { AuditInterceptor } from './audit.interceptor.ts';
import { AuditLog } from './audit-log.ts';
import { Authenticator } from './authenticator.ts';
import { ensureFirstAdmin } from './first-admin.ts';
import { AccessTokens } from './logins/access-tokens.ts';
import { LoginBook, StoredLogin } from './logins/login-book.ts';
import { LoginLimiter } from './logins/login-limiter.ts';
import { SealedKeys, SigningKeys } from './logins/signing-keys.ts';
import { StoredToken, TokenBook } from './programs/token-book.ts';

type Context = ServiceContext<GatewaySettings>;
const ROTATE_EVERY_MS = 3_600_000;
const FLUSH_EVERY_MS = 60_000;

function secretBox({ settings }: Context): SecretBox {
  const key = settings.DECKWATCH_SECRET_KEY;
  if (!key) throw new SettingsError('DECKWATCH_SECRET_KEY is missing: allowed: 32 bytes in base64, the same for all services'); // prettier-ignore
  return new SecretBox(key);
}

const now = (clock: Clock) => (): number => clock.now();

const PROVIDERS = [
  PasswordHasher,
  AuditInterceptor,
  { provide: SecretBox, useFactory: secretBox, inject: [CONTEXT] },
  { provide: AuditLog, useFactory: (bus: Bus, clock: Clock, log: Log) => new AuditLog(bus, now(clock), log), inject: [BUS, CLOCK, LOG] }, // prettier-ignore
  {
    provide: AccountBook,
    useFactory: async (bus: Bus, hasher: PasswordHasher, clock: Clock) =>
      new AccountBook(await bus.bucket(BUCKETS.users, StoredAccounts), hasher, now(clock)),
    inject: [BUS, PasswordHasher, CLOCK],
  },
  {
    provide: SigningKeys,
    useFactory: async (bus: Bus, box: SecretBox, clock: Clock) =>
      new SigningKeys(await bus.bucket(BUCKETS.signingKeys, SealedKeys), box, now(clock)),
    inject: [BUS, SecretBox, CLOCK],
  },
  {
    provide: LoginBook,
    useFactory: async (bus: Bus, box: SecretBox, clock: Clock) =>
      new LoginBook(await bus.bucket(BUCKETS.logins, StoredLogin), box, now(clock)),
    inject: [BUS, SecretBox, CLOCK],
  },
  {
    provide: TokenBook,
    useFactory: async (bus: Bus, clock: Clock) => new TokenBook(await bus.bucket(BUCKETS.tokens, StoredToken), now(clock)), // prettier-ignore
    inject: [BUS, CLOCK],
  },
  { provide: AccessTokens, useFactory: (keys: SigningKeys, clock: Clock) => new AccessTokens(keys, now(clock)), inject: [SigningKeys, CLOCK] }, // prettier-ignore
  { provide: LoginLimiter, useFactory: (clock: Clock) => new LoginLimiter(now(clock)), inject: [CLOCK] },
  {
    provide: Authenticator,
    useFactory: (accounts: AccountBook, logins: LoginBook, access: AccessTokens, tokens: TokenBook, clock: Clock) =>
      new Authenticator(accounts, logins, access, tokens, now(clock)),
    inject: [AccountBook, LoginBook, AccessTokens, TokenBook, CLOCK],
  },
];

/** Who may come in. */
@Module({ providers: PROVIDERS, exports: PROVIDERS })
export class AuthModule implements OnModuleInit, OnApplicationShutdown {
  private rotation: NodeJS.Timeout | undefined;
  private flushing: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(AccountBook) private readonly accounts: AccountBook,
    @Inject(SigningKeys) private readonly keys: SigningKeys,
    @Inject(LoginBook) private readonly logins: LoginBook,
    @Inject(TokenBook) private readonly tokens: TokenBook,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  async onModuleInit(): Promise<void> {
    const { settings, log } = this.context;
    await Promise.all([this.accounts.start(), this.keys.start(), this.logins.start(), this.tokens.start()]);
    await ensureFirstAdmin(this.accounts, settings.DECKWATCH_ADMIN_PASSWORD, settings.DECKWATCH_DATA, log);
    this.rotation = setInterval(() => void this.keys.rotate().catch(() => undefined), ROTATE_EVERY_MS);
    this.flushing = setInterval(() => void this.audit.flush(), FLUSH_EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.rotation);
    clearInterval(this.flushing);
    for (const book of [this.accounts, this.keys, this.logins, this.tokens]) book.stop();
  }
}
