import { TestBed } from '@angular/core/testing';
import { setUpConsole, settle } from '../../testing/console.ts';
import { FakeFault, type FakeBrowser } from '../../testing/fake-browser.ts';
import { Auth } from './auth.ts';
import { Connection } from './connection.ts';

const REFRESH = '/api/v1/auth/refresh';
const LOGIN = '/api/v1/auth/login';
const answer = (token: string, expiresIn = 900) => ({ accessToken: token, expiresIn, user: { username: 'ada', role: 'operator' } }); // prettier-ignore

describe('Auth', () => {
  let browser: FakeBrowser;
  let auth: Auth;
  let connection: Connection;
  beforeEach(async () => {
    browser = setUpConsole();
    auth = TestBed.inject(Auth);
    connection = TestBed.inject(Connection);
    connection.start();
    await settle();
  });
  afterEach(() => jest.useRealTimers());
  const welcome = (leftMs = 900_000) =>
    browser.socket.welcome({ user: { name: 'ada', role: 'operator' }, expiresAt: Date.now() + leftMs });

  it('knows the user from the greeting, and what he may', async () => {
    expect(auth.state().kind).toBe('asking');
    welcome();
    await settle();
    expect(auth.state()).toEqual({ kind: 'in', user: { name: 'ada', role: 'operator' } });
    expect([auth.may('viewer'), auth.may('operator'), auth.may('admin')]).toEqual([true, true, false]);
  });

  it('renews a minute before the end, over the open connection', async () => {
    browser.answers = { [REFRESH]: answer('second') };
    welcome(70_000);
    await settle(9000);
    expect(browser.socket.sentOf('refresh')).toEqual([]);
    await settle(1100);
    expect(browser.socket.sentOf('refresh')).toEqual([{ token: 'second' }]);
    expect(browser.sockets).toHaveLength(1);
  });

  it('comes back by itself when only the access token has ended', async () => {
    browser.answers = { [REFRESH]: answer('second') };
    browser.socket.open();
    browser.socket.end(4401);
    await settle();
    expect(browser.sockets).toHaveLength(2);
    expect(auth.state().kind).toBe('in');
  });

  it('is out when the login is over, and the page stays for who was signed in', async () => {
    browser.answers = { [REFRESH]: new FakeFault(401, 'sign in again') };
    browser.socket.open();
    browser.socket.end(4401);
    await settle();
    expect(auth.state().kind).toBe('out');
    browser.answers = { [LOGIN]: answer('first'), [REFRESH]: new FakeFault(401, 'sign in again') };
    expect(await auth.login('ada', 'x')).toEqual({ ok: true });
    await settle();
    welcome();
    await settle();
    browser.socket.end(4401);
    await settle();
    expect(auth.state()).toEqual({ kind: 'expired', user: { name: 'ada', role: 'operator' } });
  });

  it('waits for a gateway that does not answer, and asks nobody to sign in meanwhile', async () => {
    browser.socket.open();
    browser.socket.end(4401);
    await settle();
    expect(auth.state().kind).toBe('asking');
    browser.answers = { [REFRESH]: answer('second') };
    await settle(5000);
    expect(browser.sockets).toHaveLength(2);
  });

  it('says what the gateway says of a sign-in', async () => {
    browser.answers = { [LOGIN]: new FakeFault(429, 'too many tries: again in 4 s') };
    expect(await auth.login('ada', 'x')).toEqual({ ok: false, message: 'Too many tries: again in 4 s.' });
    browser.answers = {};
    expect(await auth.login('ada', 'x')).toEqual({ ok: false, message: 'The gateway does not answer.' });
  });

  it('notices when somebody signed in again in another tab', async () => {
    browser.answers = { [REFRESH]: new FakeFault(401, 'sign in again') };
    browser.socket.open();
    browser.socket.end(4401);
    await settle();
    browser.answers = { [REFRESH]: answer('other') };
    browser.back$.next('visible');
    await settle();
    expect(auth.state().kind).toBe('in');
  });

  it('asks once for all who need a token at the same moment', async () => {
    browser.answers = { [REFRESH]: answer('second') };
    const tokens = await Promise.all([auth.accessToken(), auth.accessToken()]);
    expect(tokens).toEqual(['second', 'second']);
    expect(browser.requests.filter(({ path }) => path === REFRESH)).toHaveLength(1);
  });
});
