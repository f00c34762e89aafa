import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Fleet } from '../simulation/fleet.ts';
import { API_VERSION, cpuReading, infoView, inspectView, listView, statsView, versionView } from './docker-views.ts';
import { passes, type EventLog } from './event-log.ts';
import { BadRequest, flag, isListed, readFilters, readTime, routeOf } from './requests.ts';
import { StatsStreams } from './stats-streams.ts';

export interface EngineServerOptions {
  fleet: Fleet;
  events: EventLog;
  engineId: string;
  now: () => number;
}

const MOST_CONNECTIONS = 8192;
/** A client that leaves this much of the events unread is cut off; it comes back with `since`. */
const MOST_UNREAD_BYTES = 1024 * 1024;

/** The part of the Docker Engine API that a watcher uses, over the simulated fleet. It changes nothing on request. */
export class EngineServer {
  readonly stats: StatsStreams;
  private readonly server: Server;
  private socketPath = '';

  constructor(private readonly options: EngineServerOptions) {
    this.stats = new StatsStreams(options.fleet);
    this.server = createServer((request, response) => this.answer(request, response));
    this.server.maxConnections = MOST_CONNECTIONS;
    this.server.requestTimeout = 10_000;
  }

  /** Listens on a unix socket, over one that an earlier run left. */
  listen(socketPath: string): Promise<void> {
    this.socketPath = socketPath;
    rmSync(socketPath, { force: true });
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(socketPath, resolve);
    });
  }

  /** How many clients are connected. */
  connections(): Promise<number> {
    return new Promise((resolve) => this.server.getConnections((error, count) => resolve(error ? 0 : count)));
  }

  close(): Promise<void> {
    this.stats.close();
    return new Promise((resolve) => {
      this.server.close(() => {
        rmSync(this.socketPath, { force: true });
        resolve();
      });
      this.server.closeAllConnections();
    });
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('Api-Version', API_VERSION);
    response.setHeader('Server', 'Deckwatch demo');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send(response, 405, { message: 'the demo changes nothing' });
    const url = URL.parse(request.url ?? '/', 'http://demo');
    if (!url) return send(response, 400, { message: 'not a URL' });
    try {
      this.route(url, response);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      send(response, 400, { message: error.message });
    }
  }

  private route({ pathname, searchParams }: URL, response: ServerResponse): void {
    const { fleet, engineId, now } = this.options;
    const route = routeOf(pathname);
    switch (route.name) {
      case 'ping':
        return void response.setHeader('Content-Type', 'text/plain').end('OK');
      case 'version':
        return send(response, 200, versionView());
      case 'info':
        return send(response, 200, infoView(fleet, engineId));
      case 'list':
        return this.list(searchParams, response);
      case 'events':
        return this.follow(searchParams, response);
      case 'unknown':
        return send(response, 404, { message: 'page not found' });
    }
    const container = fleet.find(route.container);
    if (!container) return send(response, 404, { message: `No such container: ${route.container.slice(0, 64)}` });
    if (route.name === 'inspect') return send(response, 200, inspectView(container));
    if (container.running && flag(searchParams.get('stream'), true)) return this.openStats(container.id, response);
    send(
      response,
      200,
      statsView(fleet, container, now(), container.running ? cpuReading(fleet, container, now()) : null),
    );
  }

  private list(query: URLSearchParams, response: ServerResponse): void {
    const { fleet, now } = this.options;
    const filters = readFilters(query.get('filters'));
    const all = flag(query.get('all'), false);
    const listed = fleet.containers.filter((container) => isListed(container, all, filters));
    send(
      response,
      200,
      listed.map((container) => listView(container, now())),
    );
  }

  private openStats(id: string, response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
    this.stats.open(id, response);
  }

  /** Replays since `since`, then follows until `until` or until the client goes. */
  private follow(query: URLSearchParams, response: ServerResponse): void {
    const { events, now } = this.options;
    const filters = readFilters(query.get('filters'));
    const since = readTime(query.get('since')) ?? now();
    const until = readTime(query.get('until'));
    response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
    for (const event of events.between(since, until ?? Infinity))
      if (passes(event, filters)) response.write(event.line);
    if (until !== null && until <= now()) return void response.end();
    const unfollow = events.follow((event) => {
      if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
      else if (passes(event, filters)) response.write(event.line);
    });
    const timer = until === null ? undefined : setTimeout(() => response.end(), Math.min(until - now(), 2 ** 31 - 1));
    response.once('close', () => {
      unfollow();
      clearTimeout(timer);
    });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
