import type { IncomingMessage } from 'node:http';
import type Docker from 'dockerode';
import type { ContainerDetails } from '@deckwatch/contracts';
import type { Log } from '@deckwatch/service-kit';
import { readDetails } from './container-details.ts';
import { readEvent, readInfo, readInspection, readList } from './engine-answers.ts';
import type { DockerAddress } from './engine-address.ts';
import {
  ENGINE_ACTIONS,
  PODMAN_ACTIONS,
  type ContainerFacts,
  type Engine,
  type EngineEvent,
  type EngineInfo,
  type EngineStream,
  type ListedContainer,
} from './engine.ts';
import { JsonLines } from './json-lines.ts';

const TIMEOUT_MS = 10_000;
const LIST_TIMEOUT_MS = 30_000;
/** Docker writes long lines in pieces of 16 KiB, so that the few that are asked for fit. */
const MOST_LOG_BYTES = 1024 * 1024;

interface Abortable {
  abortSignal: AbortSignal;
}

/** A call by the client's own hand, where the answer is to be read as it comes. */
interface Dial {
  path: string;
  method: 'GET';
  isStream: true;
  statusCodes: Record<number, true | string>;
  options: Record<string, unknown>;
  abortSignal: AbortSignal;
}

/** The calls of dockerode that are used, with the options that its types leave out. */
interface DockerClient {
  ping(options: Abortable): Promise<unknown>;
  info(options: Abortable): Promise<unknown>;
  listContainers(options: Abortable & { all: true }): Promise<unknown>;
  getEvents(options: Abortable & { since: string; filters: Record<string, string[]> }): Promise<IncomingMessage>;
  modem: { dial(call: Dial, done: (error: Error | null, stream: IncomingMessage) => void): void };
  getContainer(id: string): {
    inspect(options: Abortable): Promise<unknown>;
    stats(options: Abortable & { stream: true }): Promise<IncomingMessage>;
  };
}

/** The engine behind Docker's API, by dockerode. Only what reads is called. */
export class DockerEngine implements Engine {
  /** Podman makes up an id for each answer, by which nobody is known again; undefined: not yet asked twice. */
  private keepsId: boolean | undefined;

  private constructor(
    readonly address: DockerAddress,
    private readonly docker: DockerClient,
    private readonly log: Log,
  ) {}

  static async at(address: DockerAddress, log: Log): Promise<DockerEngine> {
    const { default: Client } = await import('dockerode');
    return new DockerEngine(address, new Client(clientOptions(address)) as unknown as DockerClient, log);
  }

  async ping(timeoutMs = TIMEOUT_MS): Promise<void> {
    await this.docker.ping({ abortSignal: AbortSignal.timeout(timeoutMs) });
  }

  async info(timeoutMs = TIMEOUT_MS): Promise<EngineInfo> {
    const ask = async () => readInfo(await this.docker.info({ abortSignal: AbortSignal.timeout(timeoutMs) }));
    const info = await ask();
    this.keepsId ??= (await ask()).id === info.id;
    return this.keepsId ? info : { ...info, id: '' };
  }

  async list(): Promise<ListedContainer[]> {
    return readList(await this.docker.listContainers({ all: true, abortSignal: AbortSignal.timeout(LIST_TIMEOUT_MS) }));
  }

  inspect(id: string, timeoutMs = TIMEOUT_MS): Promise<ContainerFacts | undefined> {
    return this.inspection(id, timeoutMs, readInspection);
  }

  details(id: string, timeoutMs = TIMEOUT_MS): Promise<ContainerDetails | undefined> {
    return this.inspection(id, timeoutMs, readDetails);
  }

  private async inspection<T>(id: string, timeoutMs: number, read: (answer: unknown) => T): Promise<T | undefined> {
    try {
      return read(await this.docker.getContainer(id).inspect({ abortSignal: AbortSignal.timeout(timeoutMs) }));
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  async logTail(id: string, lines: number, timeoutMs = TIMEOUT_MS): Promise<Buffer | undefined> {
    const call: Dial = {
      path: `/containers/${id}/logs?`,
      method: 'GET',
      isStream: true,
      statusCodes: { 200: true, 404: 'no such container', 500: 'the engine can not read it' },
      options: { stdout: true, stderr: true, tail: lines },
      abortSignal: AbortSignal.timeout(timeoutMs),
    };
    try {
      const stream = await new Promise<IncomingMessage>((resolve, reject) =>
        this.docker.modem.dial(call, (error, answer) => (error ? reject(error) : resolve(answer))),
      );
      return await readUpTo(stream, MOST_LOG_BYTES);
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  async events(sinceMs: number, onEvent: (event: EngineEvent) => void): Promise<EngineStream> {
    const abort = new AbortController();
    const stream = await this.docker.getEvents({
      since: (sinceMs / 1000).toFixed(3),
      filters: { type: ['container'], event: [...ENGINE_ACTIONS, ...Object.keys(PODMAN_ACTIONS)] },
      abortSignal: abort.signal,
    });
    return this.follow(stream, abort, 'event', (value) => {
      const event = readEvent(value);
      if (event) onEvent(event);
    });
  }

  async stats(id: string, onAnswer: (answer: unknown) => void): Promise<EngineStream | undefined> {
    const abort = new AbortController();
    try {
      const stream = await this.docker.getContainer(id).stats({ stream: true, abortSignal: abort.signal });
      return this.follow(stream, abort, 'stats', onAnswer);
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  private follow(
    stream: IncomingMessage,
    abort: AbortController,
    kind: string,
    onValue: (value: unknown) => void,
  ): EngineStream {
    const lines = new JsonLines(onValue, (fault) => this.log.warn('the engine sent something else', { kind, fault }));
    stream.on('data', (chunk: Buffer) => lines.push(chunk));
    const ended = new Promise<void>((resolve) => {
      stream.on('error', () => stream.destroy()); // what is wrong shows at the next call
      stream.on('close', resolve);
    });
    return { close: () => abort.abort(), ended };
  }
}

/** dockerode reads the environment where it is not told otherwise: it is told everything. */
function clientOptions(address: DockerAddress): Docker.DockerOptions {
  if (address.kind === 'unix') {
    return {
      socketPath: address.socketPath,
      host: undefined,
      port: undefined,
      protocol: 'http',
      ca: undefined,
      cert: undefined,
      key: undefined,
    };
  }
  const { host, port, tls } = address;
  const credentials = { ca: tls?.ca, cert: tls?.cert, key: tls?.key };
  return {
    socketPath: undefined,
    host: host.includes(':') ? `[${host}]` : host,
    port,
    protocol: tls ? 'https' : 'http',
    ...credentials,
  };
}

function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

async function readUpTo(stream: IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length >= most) break;
  }
  stream.destroy();
  return Buffer.concat(chunks).subarray(0, most);
}
