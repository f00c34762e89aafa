import type { IncomingMessage } from 'node:http';
import type { AccountBook } from './accounts/account-book.ts';
import type { AccessTokens } from './logins/access-tokens.ts';
import type { LoginBook } from './logins/login-book.ts';
import type { TokenBook } from './programs/token-book.ts';
import { cookiesOf } from './cookies.ts';
import type { User } from './user.ts';

const SAFE = new Set(['GET', 'HEAD']);
const PROGRAM = 'dwt_';

/** Tells who somebody is by what he shows, and whether that still holds. */
export class Authenticator {
  constructor(
    private readonly accounts: AccountBook,
    private readonly logins: LoginBook,
    private readonly access: AccessTokens,
    private readonly programs: TokenBook,
    private readonly now: () => number,
  ) {}

  /** By `Authorization: Bearer`; a console's cookie is good for reading alone, so no other page can make it write. */
  ofRequest({ headers, method }: IncomingMessage): Promise<User | undefined> {
    const { authorization } = headers;
    if (authorization !== undefined) return this.ofToken(/^Bearer ([\w.~+/=-]{1,4096})$/i.exec(authorization)?.[1]);
    return this.ofToken(SAFE.has(method ?? '') ? cookiesOf(headers.cookie).access : undefined);
  }

  async ofToken(token: string | undefined): Promise<User | undefined> {
    if (token === undefined) return undefined;
    if (token.startsWith(PROGRAM)) return this.ofProgram(token);
    const claims = await this.access.read(token);
    if (!claims || !(await this.logins.isLiveAnywhere(claims.login))) return undefined;
    const { username: name, role, stamp, login, expiresAt } = claims;
    const user: User = { name, role, scope: null, expiresAt, by: { kind: 'login', login, stamp } };
    return this.holds(user) ? user : undefined;
  }

  /** Whether what let somebody in is still good. */
  holds({ name, role, expiresAt, by }: User): boolean {
    if (expiresAt !== null && expiresAt <= this.now()) return false;
    if (by.kind === 'token') return this.programs.get(by.id) !== undefined;
    const account = this.accounts.get(name);
    return account !== undefined && !account.disabled && account.role === role && account.stamp === by.stamp;
  }

  /** Whether his login goes on. */
  isSignedIn({ by }: User): boolean {
    return by.kind === 'token' || this.logins.isLive(by.login);
  }

  private ofProgram(text: string): User | undefined {
    const token = this.programs.read(text);
    if (!token) return undefined;
    const { id, name, role, scope, expiresAt } = token;
    return { name: `token:${name}`, role, scope, expiresAt, by: { kind: 'token', id } };
  }
}
