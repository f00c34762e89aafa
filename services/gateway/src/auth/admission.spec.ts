import { isForwarded, isLoopbackName, isLoopbackPeer, isOwnHost, isOwnOrigin, nameOfHost } from './admission.ts';

const POLICY = {
  bindHost: '192.168.1.5',
  tls: false,
  publicOrigins: ['https://deck.example', 'http://other.example:8443'],
};

describe('the door', () => {
  it.each(['127.0.0.1', '127.9.8.7', '::1', '::ffff:127.0.0.1'])('takes %s for a peer on this machine', (peer) => {
    expect(isLoopbackPeer(peer)).toBe(true);
  });

  it.each(['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '128.0.0.1', undefined])('does not take %s for one', (peer) => {
    expect(isLoopbackPeer(peer)).toBe(false);
  });

  it.each([
    ['localhost', 'localhost'],
    ['LocalHost:8080', 'localhost'],
    ['[::1]:8080', '[::1]'],
    ['127.0.0.1:80', '127.0.0.1'],
    ['a.b:99999999', undefined],
    ['a b', undefined],
    ['evil.example/127.0.0.1', undefined],
    ['user@127.0.0.1', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads the host %s as %s', (host, name) => {
    expect(nameOfHost(host)).toBe(name);
  });

  it.each(['localhost:1', '127.0.0.1', '[::1]', '192.168.1.5:8080', 'deck.example', 'other.example:8443'])(
    'serves the host %s',
    (host) => {
      expect(isOwnHost(host, POLICY)).toBe(true);
    },
  );

  it.each(['evil.example', 'localhost.evil.example', 'notlocalhost', 'xdeck.example', '1127.0.0.1', undefined])(
    'does not serve %s',
    (host) => {
      expect(isOwnHost(host, POLICY)).toBe(false);
    },
  );

  it.each([
    [undefined, true],
    ['http://127.0.0.1:8080', true],
    ['https://deck.example', true],
    ['https://127.0.0.1:8080', false],
    ['http://127.0.0.1', false],
    ['http://localhost:8080', false],
    ['https://deck.example.evil', false],
    ['null', false],
    ['', false],
  ])('of Origin %s on 127.0.0.1:8080 says %s', (origin, own) => {
    expect(isOwnOrigin(origin, '127.0.0.1:8080', POLICY)).toBe(own);
  });

  it('knows loopback names, and no others that look like them', () => {
    expect(['localhost', '[::1]', '127.0.0.1'].every(isLoopbackName)).toBe(true);
    expect(['127.0.0.1.evil', 'localhost.', '0.0.0.0', '[::2]'].some(isLoopbackName)).toBe(false);
  });

  it.each([
    [{ forwarded: 'x' }, true],
    [{ via: 'x' }, true],
    [{ 'x-forwarded-for': 'x' }, true],
    [{ 'x-forwarded-anything': 'x' }, true],
    [{ 'x-real-ip': 'x' }, false],
    [{}, false],
  ])('of headers %p says that a proxy was between: %s', (headers, forwarded) => {
    expect(isForwarded(headers)).toBe(forwarded);
  });
});
