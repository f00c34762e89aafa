// @ts-check
// Whole streams out of NATS and into it, by JetStream's own snapshots: messages with their sequences and times, and where
// each durable consumer stood. https://docs.nats.io/reference/reference-protocols/nats_api_reference
import { createInbox } from '@nats-io/nats-core';

/** @typedef {import('@nats-io/nats-core').NatsConnection} NatsConnection */
/** @typedef {import('./backup-file.mjs').StreamHead} StreamHead */

const CHUNK_BYTES = 128 * 1024;
const ANSWER_MS = 10_000;
/** A server puts all of a stream together before it answers. */
const WHOLE_MS = 120_000;
const STREAM_NOT_FOUND = 10059;

/** JetStream said no. */
export class StreamFault extends Error {
  /**
   * @param {string} stream
   * @param {{ err_code?: number, description?: string }} said
   */
  constructor(stream, said) {
    super(`${stream}: ${said.description ?? 'no reason given'}`);
    this.code = said.err_code;
  }
}

/**
 * @param {NatsConnection} nats
 * @param {string} stream
 * @param {string} act
 * @param {object} [question]
 * @param {number} [timeout]
 * @returns {Promise<any>}
 */
async function ask(nats, stream, act, question = {}, timeout = ANSWER_MS) {
  const answer = await nats.request(`$JS.API.STREAM.${act}.${stream}`, JSON.stringify(question), { timeout });
  const said = /** @type {any} */ (answer.json());
  if (said.error) throw new StreamFault(stream, said.error);
  return said;
}

/**
 * How a stream stands; undefined: there is none.
 * @param {NatsConnection} nats
 * @param {string} stream
 * @returns {Promise<{ config: any, state: any } | undefined>}
 */
export async function streamInfo(nats, stream) {
  try {
    return await ask(nats, stream, 'INFO');
  } catch (error) {
    if (error instanceof StreamFault && error.code === STREAM_NOT_FOUND) return undefined;
    throw error;
  }
}

/** @param {NatsConnection} nats @param {string} stream */
export async function deleteStream(nats, stream) {
  await ask(nats, stream, 'DELETE');
}

/**
 * Takes a stream as it stands now, while it is used.
 * @param {NatsConnection} nats
 * @param {string} stream
 * @param {{
 *   inboxPrefix?: string,
 *   onHead: (head: StreamHead) => Promise<void>,
 *   onChunk: (data: Uint8Array) => Promise<void>
 * }} options
 */
export async function takeStream(nats, stream, { inboxPrefix, onHead, onChunk }) {
  const inbox = createInbox(inboxPrefix);
  const chunks = nats.subscribe(inbox, { timeout: WHOLE_MS });
  try {
    const { config, state } = await ask(nats, stream, 'SNAPSHOT', { deliver_subject: inbox, chunk_size: CHUNK_BYTES }, WHOLE_MS); // prettier-ignore
    await onHead({ name: stream, config, state });
    for await (const chunk of chunks) {
      // The last one is empty; what ends it early says so in its status.
      const status = chunk.headers?.code ?? 0;
      if (status >= 400) throw new StreamFault(stream, { description: chunk.headers?.description ?? `status ${status}` }); // prettier-ignore
      if (chunk.data.length === 0) return;
      await onChunk(chunk.data);
      chunk.respond();
    }
    throw new StreamFault(stream, { description: 'its snapshot ended early' });
  } finally {
    chunks.unsubscribe();
  }
}

/**
 * Makes a stream that does not exist out of its snapshot.
 * @param {NatsConnection} nats
 * @param {StreamHead} head
 * @returns {Promise<{ chunk(data: Uint8Array): Promise<void>, end(): Promise<void> }>}
 */
export async function beginRestore(nats, { name, config, state }) {
  const { deliver_subject: subject } = await ask(nats, name, 'RESTORE', { config, state }, WHOLE_MS);
  return {
    async chunk(data) {
      const answer = await nats.request(subject, data, { timeout: ANSWER_MS });
      if (answer.data.length > 0) refuse(name, answer);
    },
    async end() {
      const answer = await nats.request(subject, '', { timeout: WHOLE_MS });
      refuse(name, answer);
    },
  };
}

/** @param {string} stream @param {import('@nats-io/nats-core').Msg} answer */
function refuse(stream, answer) {
  const { error } = /** @type {any} */ (answer.json());
  if (error) throw new StreamFault(stream, error);
}
