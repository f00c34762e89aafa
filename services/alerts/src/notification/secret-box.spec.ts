import { SecretBox } from './secret-box.ts';

describe('secrets at rest', () => {
  const box = new SecretBox(Buffer.alloc(32, 1));

  it('come back as they were, and look different each time', () => {
    const sealed = box.seal('whsec_topsecret', 'on-call');
    expect(box.open(sealed, 'on-call')).toBe('whsec_topsecret');
    expect(sealed).not.toContain('topsecret');
    expect(box.seal('whsec_topsecret', 'on-call')).not.toBe(sealed);
    expect(sealed.split('.')[1]).toBe(box.keyId);
  });

  it('do not open for another owner, with another key, or when a bit was changed', () => {
    const sealed = box.seal('secret', 'on-call');
    const last = sealed.at(-1) === 'A' ? 'B' : 'A';
    expect(() => box.open(sealed, 'other')).toThrow();
    expect(() => new SecretBox(Buffer.alloc(32, 2)).open(sealed, 'on-call')).toThrow(/another key/);
    expect(() => box.open(sealed.slice(0, -1) + last, 'on-call')).toThrow();
    expect(() => box.open('plain', 'on-call')).toThrow('not a sealed secret');
  });
});
