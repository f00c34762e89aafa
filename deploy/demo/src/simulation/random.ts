/**
 * Chance without state: the same seed and key always give the same number, so the simulation can be asked about any
 * moment in any order. FNV-1a over the key, then the finalizer of MurmurHash3.
 */
export function chance(seed: number, key: string, index = 0): number {
  return mixed(hashOf(key) ^ Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(index | 0, 0x85ebca77)) / 0x1_0000_0000;
}

const hashes = new Map<string, number>();
const MOST_HASHES = 50_000;

function hashOf(key: string): number {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  if (hashes.size >= MOST_HASHES) hashes.clear();
  hashes.set(key, hash);
  return hash;
}

function mixed(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Hex digits from a seed and a key. */
export function hexDigits(seed: number, key: string, digits: number): string {
  let text = '';
  for (let at = 0; text.length < digits; at += 1) {
    text += mixed(hashOf(key) ^ Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(at + 1, 0xc2b2ae35))
      .toString(16)
      .padStart(8, '0');
  }
  return text.slice(0, digits);
}

/** Noise that moves smoothly between random values, one every `periodMs`: between 0 and 1. */
export function smoothNoise(seed: number, key: string, t: number, periodMs: number): number {
  const at = t / periodMs;
  const index = Math.floor(at);
  const between = at - index;
  const eased = between * between * (3 - 2 * between);
  return chance(seed, key, index) * (1 - eased) + chance(seed, key, index + 1) * eased;
}
