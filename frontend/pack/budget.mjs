// @ts-check
// What a page may cost a browser that opens it: bytes of script, compressed with gzip as any server does it.
import { gzipSync } from 'node:zlib';

/** Bytes of all scripts that are asked for with the first one, of any page. */
export const MOST_BYTES = 150_000;

/**
 * The weight of each page, heaviest first.
 * @param {Record<string, readonly string[]>} pages the scripts of each page beside those that every page needs
 * @param {readonly string[]} everywhere those that every page needs
 * @param {(file: string) => Buffer | string} read
 * @returns {{ page: string, bytes: number }[]}
 * @throws {Error} that names the pages over the budget
 */
export function weigh(pages, everywhere, read, most = MOST_BYTES) {
  /** @type {Map<string, number>} */
  const sizes = new Map();
  /** @param {string} file */
  const sizeOf = (file) => {
    const size = sizes.get(file) ?? gzipSync(read(file), { level: 9 }).length;
    sizes.set(file, size);
    return size;
  };
  const weights = Object.entries(pages)
    .map(([page, files]) => ({ page, bytes: [...everywhere, ...files].reduce((sum, file) => sum + sizeOf(file), 0) }))
    .sort((a, b) => b.bytes - a.bytes);
  const over = weights.filter(({ bytes }) => bytes > most);
  if (over.length === 0) return weights;
  const words = over.map(({ page, bytes }) => `${page} ${(bytes / 1000).toFixed(1)} kB`).join(', ');
  throw new Error(`over the budget of ${most / 1000} kB of script, gzip: ${words}`);
}
