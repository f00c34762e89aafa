import { containerIdOf } from '@deckwatch/testing';
import { OwnShards, shardOf } from './own-shards.ts';

describe('the shard of a target', () => {
  // printf %s KEY | sha256sum | cut -c1-8, modulo
  it.each([
    ['alpha', 2, 0x8ed3f6ad % 2],
    ['alpha', 7, 0x8ed3f6ad % 7],
    ['alpha.0123456789ab', 2, 0x7936a27b % 2],
    ['alpha.0123456789ab', 16, 0x7936a27b % 16],
    ['shop.api', 3, 0x7c7e2e85 % 3],
    ['anything', 1, 0],
  ])('%s of %i is %i', (key, count, shard) => {
    expect(shardOf(key, count)).toBe(shard);
  });

  it('is each of them about as often', () => {
    const counts = [0, 0, 0];
    for (let number = 0; number < 3000; number += 1) counts[shardOf(`alpha.${containerIdOf(number)}`, 3)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(900);
  });

  it('is owned while it is held', () => {
    const shards = new OwnShards(2);
    expect(shards.owns('alpha')).toBe(false);
    shards.add(shardOf('alpha', 2));
    expect(shards.owns('alpha')).toBe(true);
    shards.drop(shardOf('alpha', 2));
    expect(shards.owns('alpha')).toBe(false);
  });
});
