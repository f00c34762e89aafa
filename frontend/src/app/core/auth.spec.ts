import { TestBed } from '@angular/core/testing';
import { setUpConsole, settle } from '../../testing/console.ts';
import { FakeFault, type FakeBrowser } from '../../testing/fake-browser.ts';
import { FakeTabs } from '../../testing/fake-tabs.ts';
import { Auth } from './auth.ts';
import { Connection } from './connection.ts';
import { TABS } from './tabs.ts';

const REFRESH = '/api/v1/auth/refresh';
const LOGIN = '/api/v1/auth/login';
const LOGOUT = '/api/v1/auth/logout';
const answer = (token: string, expiresIn = 900) => ({ accessToken: token, expiresIn, user: { username: 'ada', role: 'operator' } }); // prettier-ignore

describe('Auth', () => {
  let browser: FakeBrowser;
  let auth: Auth;
  let connection: Connection;
  let tabs: FakeTabs;
  beforeEach(async () => {
    browser = setUpConsole();
    tabs = new FakeTabs();
    TestBed.configureTestingModule({ providers: [{ provide: TABS, useValue: tabs }] });
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

  const asked = (path: string) => browser.requests.filter((request) => request.path === path).length;

  describe('signing out', () => {
    it('ends what goes on in the background, and tells the other tabs', async () => {
      browser.answers = { [LOGOUT]: null, [REFRESH]: answer('second') };
      welcome(70_000);
      await settle();
      expect(await auth.logout()).toEqual({ ok: true });
      await settle(3_600_000);
      expect([auth.state().kind, asked(REFRESH)]).toEqual(['out', 0]);
      expect(tabs.told).toEqual([{ kind: 'out' }]);
    });

    it('is not claimed when the gateway does not answer or refuses: the page goes on, and its renewal too', async () => {
      browser.answers = { [REFRESH]: answer('second') };
      welcome(70_000);
      await settle();
      expect(await auth.logout()).toEqual({ ok: false, message: 'The gateway does not answer. You are still signed in.' }); // prettier-ignore
      browser.answers = { ...browser.answers, [LOGOUT]: new FakeFault(503, 'the broker is away') };
      expect(await auth.logout()).toEqual({ ok: false, message: 'The broker is away. You are still signed in.' });
      expect([auth.state().kind, tabs.told]).toEqual(['in', []]);
      await settle(11_000);
      expect(browser.socket.sentOf('refresh')).toEqual([{ token: 'second' }]);
    });

    it('is not undone by a renewal that was under way', async () => {
      const letGo = tabs.hold();
      welcome();
      await settle();
      browser.answers = { [LOGOUT]: null, [REFRESH]: answer('late') };
      let give: () => void = () => undefined;
      const { fetch } = browser;
      browser.fetch = async (path, init) => {
        if (path === REFRESH) await new Promise<void>((resolve) => (give = resolve));
        return fetch.call(browser, path, init);
      };
      const renewal = auth.renew();
      letGo();
      await settle();
      await auth.logout();
      give();
      expect([await renewal, auth.state().kind]).toEqual(['refused', 'out']);
    });
  });

  describe('with other tabs', () => {
    it('takes the token that another asked for, over its own connection, and asks for none itself', async () => {
      browser.answers = { [REFRESH]: answer('own') };
      welcome(70_000);
      await settle(5000);
      tabs.messages$.next({ kind: 'renewed', answer: answer('shared') });
      await settle(12_000);
      expect(browser.socket.sentOf('refresh')).toEqual([{ token: 'shared' }]);
      expect([await auth.accessToken(), asked(REFRESH)]).toEqual(['shared', 0]);
    });

    it('waits while another asks, and asks only if that brought nothing', async () => {
      browser.answers = { [REFRESH]: answer('own') };
      const letGo = tabs.hold();
      const token = auth.accessToken();
      await settle();
      expect(asked(REFRESH)).toBe(0);
      tabs.messages$.next({ kind: 'renewed', answer: answer('shared') });
      letGo();
      expect([await token, asked(REFRESH)]).toEqual(['shared', 0]);
    });

    it('alone asks for itself, and tells what it got', async () => {
      browser.answers = { [REFRESH]: answer('own') };
      expect(await auth.accessToken()).toBe('own');
      expect(tabs.told).toEqual([{ kind: 'renewed', answer: answer('own') }]);
    });

    it('is out when another signs out, and in when another signs in', async () => {
      browser.answers = { [REFRESH]: new FakeFault(401, 'sign in again') };
      welcome();
      await settle();
      tabs.messages$.next({ kind: 'out' });
      browser.socket.end(4401);
      await settle();
      expect([auth.state().kind, browser.sockets.length]).toEqual(['out', 1]);
      tabs.messages$.next({ kind: 'renewed', answer: answer('shared') });
      await settle();
      expect([auth.state().kind, browser.sockets.length]).toEqual(['in', 2]);
    });

    it.each([null, 7, { kind: 'x' }, { kind: 'renewed', answer: null }])('makes nothing of %j', async (message) => {
      welcome();
      await settle();
      tabs.messages$.next(message);
      expect(auth.state().kind).toBe('in');
    });
  });
});
