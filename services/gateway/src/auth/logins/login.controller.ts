import { Controller, Inject, Req, Res } from '@nestjs/common';
import type { LoginAnswer } from '@deckwatch/contracts';
import type { Request, Response } from 'express';
import { ProblemError } from '../../rest/problem.ts';
import { Checked, Route, type Answer, type Call } from '../../rest/route.decorator.ts';
import { AccountBook, checkPassword, type StoredAccount } from '../accounts/account-book.ts';
import { TooBusy } from '../accounts/password-hash.ts';
import { AuditLog } from '../audit-log.ts';
import { addressOf } from '../peer.ts';
import { clearCookies, cookiesOf, setCookies } from '../cookies.ts';
import { ACCESS_MS, AccessTokens } from './access-tokens.ts';
import { LoginBook, type Login } from './login-book.ts';
import { LoginLimiter } from './login-limiter.ts';

/** Signing in and out. What is wrong with a sign-in is not told: neither by words nor by the time that it takes. */
@Controller()
export class LoginController {
  constructor(
    @Inject(AccountBook) private readonly accounts: AccountBook,
    @Inject(LoginBook) private readonly logins: LoginBook,
    @Inject(AccessTokens) private readonly access: AccessTokens,
    @Inject(LoginLimiter) private readonly limiter: LoginLimiter,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  @Route('login')
  async login(
    @Checked() { body: { username, password } }: Call<'login'>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<LoginAnswer> {
    const from = addressOf(request);
    const account = await this.tried(username, password, from);
    if (!account) {
      await this.audit.refuse({ who: 'anyone', action: 'sign-in refused', target: username.slice(0, 64), from });
      throw new ProblemError(401, 'user or password is wrong');
    }
    await this.audit.write({ who: account.username, action: 'sign-in', target: account.username, from, before: null, after: null }); // prettier-ignore
    return this.answer(account, await this.logins.begin(account.username, account.stamp), request, response);
  }

  @Route('refresh')
  async refresh(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<LoginAnswer> {
    const { refresh } = cookiesOf(request.headers.cookie);
    const login = refresh === undefined ? undefined : await this.logins.rotate(refresh);
    const account = login && this.accounts.get(login.username);
    if (login && account && !account.disabled && account.stamp === login.stamp) {
      return this.answer(account, login, request, response);
    }
    if (login) await this.logins.end(login.id);
    clearCookies(response, isSecure(request));
    throw new ProblemError(401, 'sign in again');
  }

  @Route('logout')
  async logout(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const { refresh } = cookiesOf(request.headers.cookie);
    const who = refresh === undefined ? undefined : await this.logins.endOf(refresh);
    clearCookies(response, isSecure(request));
    const from = addressOf(request);
    if (who !== undefined) await this.audit.write({ who, action: 'sign-out', target: who, from, before: null, after: null }); // prettier-ignore
  }

  @Route('me')
  me(@Checked() { user }: Call<'me'>): Answer<'me'> {
    return { username: user.name, role: user.role! };
  }

  @Route('changePassword')
  async changePassword(
    @Checked() { user, body: { current, next } }: Call<'changePassword'>,
    @Req() request: Request,
  ): Promise<void> {
    const from = addressOf(request);
    if (user.by.kind !== 'login') throw new ProblemError(403, 'a token has no password');
    checkPassword(next, user.name);
    if (!(await this.tried(user.name, current, from))) {
      await this.audit.refuse({ who: user.name, action: 'password change refused', target: user.name, from });
      throw new ProblemError(400, 'the request does not fit', [{ path: 'body.current', message: 'not the password' }]);
    }
    await this.accounts.update(user.name, { password: next });
    await this.audit.write({ who: user.name, action: 'password changed', target: user.name, from, before: null, after: null }); // prettier-ignore
  }

  /** Throws 429 when it has to wait. */
  private async tried(username: string, password: string, from: string): Promise<StoredAccount | undefined> {
    const later = (seconds: number): ProblemError =>
      new ProblemError(429, `too many tries: again in ${seconds} s`, undefined, { 'retry-after': String(seconds) });
    const waitMs = this.limiter.claim(username, from);
    if (waitMs > 0) {
      await this.audit.refuse({ who: 'anyone', action: 'sign-in held back', target: username.slice(0, 64), from });
      throw later(Math.ceil(waitMs / 1000));
    }
    try {
      const account = await this.accounts.signIn(username, password, this.limiter.isKnown(username, from));
      if (account) this.limiter.succeeded(username, from);
      return account;
    } catch (error) {
      this.limiter.untried(username, from);
      if (error instanceof TooBusy) throw later(2);
      throw error;
    }
  }

  private async answer(
    account: StoredAccount,
    login: Login,
    request: Request,
    response: Response,
  ): Promise<LoginAnswer> {
    const { username, role, stamp } = account;
    const accessToken = await this.access.sign({ username, role, stamp, login: login.id });
    setCookies(response, { access: accessToken, refresh: login.refreshToken }, isSecure(request));
    return { accessToken, expiresIn: ACCESS_MS / 1000, user: { username, role } };
  }
}

/** The page that asks came by https: a browser then keeps the cookies to https. */
function isSecure(request: Request): boolean {
  return request.headers.origin?.startsWith('https:') === true;
}
