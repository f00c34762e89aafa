import { addressOf, AddressRefused, isPublicAddress, type Resolve } from './address-guard.ts';

describe('addresses of receivers', () => {
  it.each(['93.184.216.34', '8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd12:3456::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '::ffff:0:7f00:1',
    '2001:db8::1',
    'fe80::1%eth0',
    'not an address',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('takes the one address that was checked', async () => {
    let asked = 0;
    const resolve: Resolve = async () => [{ address: (asked += 1) === 1 ? '8.8.8.8' : '127.0.0.1', family: 4 }];
    expect(await addressOf('hooks.example', false, resolve)).toEqual({
      address: '8.8.8.8',
      family: 4,
    });
    expect(asked).toBe(1);
  });

  it('refuses a name with even one private address, unless that is allowed', async () => {
    const resolve: Resolve = async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    await expect(addressOf('hooks.example', false, resolve)).rejects.toThrow(AddressRefused);
    expect(await addressOf('hooks.example', true, resolve)).toMatchObject({ address: '8.8.8.8' });
  });

  it.each([
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://017700000001/',
    'http://[::ffff:127.0.0.1]/',
  ])('refuses %s, however it is written', async (url) => {
    await expect(addressOf(new URL(url).hostname, false)).rejects.toThrow(AddressRefused);
  });
});
