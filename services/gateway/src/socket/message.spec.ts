import { Joints, Message } from './message.ts';

const textOf = (frame: Buffer): string => frame.toString('utf8', 2);

describe('Message', () => {
  it('is encoded once for all that take it in the same way', () => {
    const message = new Message(['{"a":1}', '{"b":2}']);
    expect(message.frames(true)).toBe(message.frames(true));
    expect(message.frames(false)).toBe(message.frames(false));
  });

  it('is one array to those that batch, a frame each to the others', () => {
    const message = new Message(['{"a":1}', '{"b":2}']);
    expect(textOf(message.frames(true))).toBe('[{"a":1},{"b":2}]');
    expect(message.frames(false)).toHaveLength(2 * (2 + 7));
  });

  it('is no array when it is alone', () => {
    expect(textOf(new Message(['{"a":1}']).frames(true))).toBe('{"a":1}');
  });
});

describe('Joints', () => {
  it('joins equal runs of messages once', () => {
    const joints = new Joints();
    const [one, two] = [new Message(['1']), new Message(['2'])];
    expect(joints.join([one, two])).toBe(joints.join([one, two]));
    expect(joints.join([one, two])).not.toBe(joints.join([two, one]));
    expect(joints.join([one, two]).texts).toEqual(['1', '2']);
    expect(joints.join([one])).toBe(one);
  });
});
