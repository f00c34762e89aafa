import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '@deckwatch/testing';
import { KUBERNETES, NODE } from './pods.ts';

type Json = Record<string, unknown>;
type Answer = (response: ServerResponse) => void;

interface Watcher {
  response: ServerResponse;
  since: number;
}

/** How a test lets an answer go wrong. */
export const FAULTS = {
  status: (code: number, message = 'no'): Answer => (response) => {
    const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code };
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(status));
  },
  garbage: (response: ServerResponse): void => void response.writeHead(200).end('<html>a proxy says hello</html>'),
  truncated: (response: ServerResponse): void => {
    response.writeHead(200, { 'content-length': '5000' });
    response.write('{"metadata":{"resourceVersion":"1"},"items":[', () => response.destroy());
  },
  silence: (): void => undefined,
}; // prettier-ignore

/**
 * The API server and the kubelet of a cluster that a test plays, over real HTTPS: what they answer is written by hand
 * from the published schemas (see `pods.ts`), and was not taken from a live cluster.
 */
export class FakeCluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'account-'));
  readonly asked: string[] = [];
  /** Taken by the next questions whose path begins so, one each. */
  readonly faults: { path: string; answer: Answer }[] = [];
  /** The only one that is accepted. */
  token = 'token-1';
  /** The kubelet's next answer. */
  summary: unknown = { node: {}, pods: [] };
  gitVersion: keyof typeof KUBERNETES = 'v1.34.1';
  chunk = 2;
  private readonly pods = new Map<string, Json>();
  private readonly history: { version: number; line: Json }[] = [];
  private readonly watchers = new Set<Watcher>();
  private version = 1000;
  /** What is older than this has been forgotten. */
  private forgotten = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<FakeCluster> {
    const { cert, key } = selfSigned('localhost');
    const server = createServer({ cert, key });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const cluster = new FakeCluster(server, `https://localhost:${(server.address() as AddressInfo).port}`);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => cluster.answer(request, response));
    writeFileSync(join(cluster.folder, 'ca.crt'), cert);
    cluster.mount(cluster.token);
    return cluster;
  }

  /** Kubernetes writes a token into the pod. */
  mount(token: string): void {
    writeFileSync(join(this.folder, 'token'), `${token}\n`);
  }

  get watching(): number {
    return this.watchers.size;
  }

  count(path: string): number {
    return this.asked.filter((one) => one.startsWith(path)).length;
  }

  fail(path: string, ...answers: Answer[]): void {
    this.faults.push(...answers.map((answer) => ({ path, answer })));
  }

  put(pod: Json): void {
    const uid = this.uidOf(pod);
    this.tell(this.pods.has(uid) ? 'MODIFIED' : 'ADDED', this.stamped(pod));
    this.pods.set(uid, pod);
  }

  remove(pod: Json): void {
    this.pods.delete(this.uidOf(pod));
    this.tell('DELETED', this.stamped(pod));
  }

  /** Says that it is there, and how far it has come. */
  bookmark(): void {
    this.version += 50;
    const object = { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion: String(this.version) } };
    for (const { response } of this.watchers) response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  /** Something else than a pod to all who watch. */
  say(text: string): void {
    for (const { response } of this.watchers) response.write(text);
  }

  /** All watches end: in order, or torn. */
  endWatches(torn = false): void {
    for (const { response } of this.watchers) void (torn ? response.destroy() : response.end());
    this.watchers.clear();
  }

  /** Changes without telling anybody, and forgets what was before. */
  compact(change: () => void): void {
    this.endWatches();
    change();
    this.forgotten = this.version;
    this.history.length = 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private uidOf(pod: Json): string {
    return String((pod['metadata'] as Json)['uid']);
  }

  private stamped(pod: Json): Json {
    this.version += 1;
    return { ...pod, metadata: { ...(pod['metadata'] as Json), resourceVersion: String(this.version) } };
  }

  private tell(type: string, object: Json): void {
    const line = { type, object };
    this.history.push({ version: this.version, line });
    for (const { response } of this.watchers) response.write(`${JSON.stringify(line)}\n`);
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { url = '/' } = request;
    this.asked.push(url);
    response.on('error', () => undefined);
    if (request.headers.authorization !== `Bearer ${this.token}`) return FAULTS.status(401, 'Unauthorized')(response);
    const fault = this.faults.findIndex(({ path }) => url.startsWith(path));
    if (fault >= 0) return this.faults.splice(fault, 1)[0]!.answer(response);
    const { pathname, searchParams } = new URL(url, this.url);
    if (pathname === '/version') return this.json(response, { major: '1', gitVersion: this.gitVersion });
    if (pathname === '/stats/summary') return this.json(response, this.summary);
    const ofNode = searchParams.get('fieldSelector') === `spec.nodeName=${NODE}`;
    if (pathname === '/api/v1/pods' && ofNode) {
      return searchParams.has('watch') ? this.watch(response, searchParams) : this.list(response, searchParams);
    }
    if (pathname.startsWith('/api/v1/namespaces/') && pathname.endsWith('/pods')) return this.single(response, searchParams); // prettier-ignore
    return FAULTS.status(403, `pods is forbidden: ${pathname}`)(response);
  }

  private single(response: ServerResponse, query: URLSearchParams): void {
    const name = query.get('fieldSelector')?.replace('metadata.name=', '');
    const items = [...this.pods.values()].filter((pod) => (pod['metadata'] as Json)['name'] === name);
    this.json(response, { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items });
  }

  private json(response: ServerResponse, body: unknown): void {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  private list(response: ServerResponse, query: URLSearchParams): void {
    const from = Number(query.get('continue') ?? 0);
    const all = [...this.pods.values()];
    const end = from + Math.min(this.chunk, Number(query.get('limit')));
    const metadata = {
      resourceVersion: String(this.version),
      ...(end < all.length && { continue: String(end), remainingItemCount: all.length - end }),
    };
    this.json(response, { kind: 'PodList', apiVersion: 'v1', metadata, items: all.slice(from, end) });
  }

  private watch(response: ServerResponse, query: URLSearchParams): void {
    const since = Number(query.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
    if (since < this.forgotten) {
      const object = { kind: 'Status', status: 'Failure', reason: 'Expired', message: 'too old resource version', code: 410 }; // prettier-ignore
      return void response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
    }
    response.flushHeaders();
    const watcher = { response, since };
    this.watchers.add(watcher);
    response.on('close', () => this.watchers.delete(watcher));
    for (const { version, line } of this.history) if (version > since) response.write(`${JSON.stringify(line)}\n`);
  }
}
