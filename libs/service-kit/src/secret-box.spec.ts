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
    // In the middle: the last character of base64 may carry bits that say nothing.
    const at = sealed.length - 10;
    const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
    expect(() => box.open(sealed, 'other')).toThrow();
    expect(() => new SecretBox(Buffer.alloc(32, 2)).open(sealed, 'on-call')).toThrow(/another key/);
    expect(() => box.open(changed, 'on-call')).toThrow();
    expect(() => box.open('plain', 'on-call')).toThrow('not a sealed secret');
  });
});
