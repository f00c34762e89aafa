// @ts-check
import { createServer } from 'node:net';

/**
 * Whether a TCP port can be listened on.
 * @param {number} port 0: any
 * @param {string} [host]
 * @returns {Promise<{ port: number } | { fault: string }>} the fault is the system's code, such as EADDRINUSE
 */
export function tryPort(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      resolve({ fault: error.code ?? error.message }),
    );
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve({ port: found }));
    });
  });
}

/**
 * The first of these ports that is free, else any free one.
 * @param {(number | undefined)[]} wanted
 * @returns {Promise<number>}
 */
export async function freePort(wanted) {
  for (const port of wanted) {
    if (port === undefined) continue;
    const tried = await tryPort(port);
    if ('port' in tried) return tried.port;
  }
  const any = await tryPort(0);
  if ('port' in any) return any.port;
  throw new Error(`no free port on 127.0.0.1: ${any.fault}`);
}
