import { addressOf, networkOf } from './peer.ts';

describe('where a request came from', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8::1', '2001:db8::1'],
    ['what a client made up', '10.0.0.9'],
    [undefined, '10.0.0.9'],
  ])('%s is %s', (ip, address) => {
    expect(addressOf({ ip, socket: { remoteAddress: '::ffff:10.0.0.9' } })).toBe(address);
  });

  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['2001:db8:0:7::1', '2001:db8:0:7::/64'],
    ['2001:0DB8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:7:ffff:ffff:ffff:ffff', '2001:db8:0:7::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('the network of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
