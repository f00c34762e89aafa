import { OpenItems } from './digest.ts';

const open = () => new OpenItems((item) => item === 'firing');

describe('OpenItems', () => {
  it('holds the last item of each subject while it is open, in order', () => {
    const items = open();
    items.apply(1, 'a', 'a1', 'firing');
    items.apply(2, 'b', 'b2', 'firing');
    items.apply(3, 'a', 'a3', 'firing');
    items.apply(4, 'b', 'b4', 'resolved');
    expect(items.texts()).toEqual(['a3']);
  });

  it('takes the past in any order until it is settled', () => {
    const items = open();
    items.apply(9, 'a', 'a9', 'resolved');
    items.apply(5, 'a', 'a5', 'firing');
    items.settle();
    expect(items.texts()).toEqual([]);
  });

  it('begins anew', () => {
    const items = open();
    items.apply(9, 'a', 'a9', 'firing');
    items.reset();
    items.apply(1, 'a', 'a1', 'firing');
    expect(items.texts()).toEqual(['a1']);
  });
});
