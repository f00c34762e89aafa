/**
 * Chance without state: the same seed, index and key always give the same number from 0 up to 1, in any order.
 * The finalizer of MurmurHash3 over a linear mix of the three.
 */
export function chance(seed: number, index: number, key: number): number {
  return (
    mixed(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca77) ^ Math.imul(key + 1, 0xc2b2ae3d)) / 2 ** 32
  );
}

function mixed(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Twelve hex digits, as a container's short id. */
export function hexId(seed: number, index: number, generation: number): string {
  const digits = (key: number) =>
    Math.floor(chance(seed, index, key + 16 * generation) * 2 ** 24)
      .toString(16)
      .padStart(6, '0');
  return digits(1001) + digits(1002);
}
