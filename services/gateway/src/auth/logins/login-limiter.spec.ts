import { LoginLimiter } from './login-limiter.ts';

const MINUTE = 60_000;

describe('the limiter of sign-ins', () => {
  let now: number;
  let limiter: LoginLimiter;
  beforeEach(() => {
    now = 1_000_000;
    limiter = new LoginLimiter(() => now);
  });
  const fail = (times: number, user: string | ((n: number) => string), address: string | ((n: number) => string)) => {
    const waits = Array.from({ length: times }, (_, n) =>
      limiter.claim(typeof user === 'string' ? user : user(n), typeof address === 'string' ? address : address(n)),
    );
    return waits.filter((waitMs) => waitMs === 0).length;
  };

  it('lets five tries through, also when they come at once, and then fewer and fewer', () => {
    expect(fail(1000, 'ada', '10.0.0.1')).toBe(5);
    expect(limiter.claim('ada', '10.0.0.1')).toBe(1000);
    const waits = Array.from({ length: 12 }, () => {
      now += limiter.claim('ada', '10.0.0.1');
      expect(limiter.claim('ada', '10.0.0.1')).toBe(0);
      return limiter.claim('ada', '10.0.0.1') / 1000;
    });
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]);
  });

  it('takes the user as he is meant, however he is written', () => {
    fail(5, ' ADA ', '10.0.0.1');
    expect(limiter.claim('ada', '10.0.0.1')).toBeGreaterThan(0);
  });

  it('holds back an address that tries many users, and others of it, but not who signed in from there before', () => {
    limiter.claim('ada', '10.0.0.1');
    limiter.succeeded('ada', '10.0.0.1');
    expect(fail(1000, (n) => `user-${n}`, '10.0.0.1')).toBe(50);
    expect(limiter.claim('bob', '10.0.0.1')).toBeGreaterThan(0);
    expect(limiter.claim('ada', '10.0.0.1')).toBe(0);
    expect(limiter.claim('bob', '10.0.0.2')).toBe(0);
  });

  it('holds back who guesses one user from many addresses: not much over a hundred times an hour', () => {
    let tried = 0;
    for (let n = 0; n < 3600; n += 1) {
      tried += fail(10, 'ada', (at) => `10.1.${n % 250}.${at}`);
      now += 1000;
    }
    expect(tried).toBeLessThan(110);
    expect(limiter.claim('ada', '127.0.0.1')).toBe(0);
  });

  it('takes a network of IPv6 for one address', () => {
    expect(fail(20, 'ada', (n) => `2001:db8::${n}`)).toBe(5);
  });

  it('forgets the failures of who knew the password, and of who was not tried', () => {
    for (let n = 0; n < 100; n += 1) {
      fail(4, 'ada', '10.0.0.1');
      expect(limiter.claim('ada', '10.0.0.1')).toBe(0);
      limiter.succeeded('ada', '10.0.0.1');
      expect(limiter.claim('bob', '10.0.0.3')).toBe(0);
      limiter.untried('bob', '10.0.0.3');
    }
  });

  it('forgets after an hour', () => {
    fail(5, 'ada', '10.0.0.1');
    now += 60 * MINUTE;
    expect(fail(10, 'ada', '10.0.0.1')).toBe(5);
  });

  it('keeps a bounded number of failures, those of who goes on among them', () => {
    fail(60, (n) => `user-${n}`, '10.0.0.9');
    for (let n = 0; n < 20_000; n += 1) {
      limiter.claim(`u${n}`, `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
      if (n % 1000 === 0) limiter.claim('x', '10.0.0.9');
    }
    expect((limiter as unknown as { records: Map<string, unknown> }).records.size).toBe(10_000);
  });
});
