// @ts-check
import { request } from 'node:http';

/** @typedef {{ ready: boolean, missing: string }} Readiness */

/**
 * Asks the gateway whether all is ready.
 * @param {string} host
 * @param {number} port
 * @returns {Promise<Readiness>}
 */
export function readiness(host, port) {
  return new Promise((resolve) => {
    const asked = request({ host, port, path: '/health/ready', timeout: 2000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => void (body = (body + text).slice(0, 65_536)));
      response.once('end', () => resolve({ ready: response.statusCode === 200, missing: missingParts(body) }));
      response.once('error', () => resolve({ ready: false, missing: 'the gateway' }));
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve({ ready: false, missing: 'the gateway does not answer yet' }));
    asked.end();
  });
}

/**
 * @param {string} body `{ready, parts:{<name>: <fault> | null}}`
 */
export function missingParts(body) {
  try {
    const { parts } = JSON.parse(body);
    const faults = Object.entries(parts ?? {}).filter(([, fault]) => fault !== null);
    return faults.map(([name, fault]) => `${name}: ${fault}`).join(', ');
  } catch {
    return 'the gateway answers, but not as expected';
  }
}

/**
 * The address under which this machine reaches a listener.
 * @param {string} host as listened on
 */
export function reachable(host) {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/**
 * @param {string} host
 * @param {number} port
 */
export function consoleUrl(host, port) {
  const name = reachable(host);
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
