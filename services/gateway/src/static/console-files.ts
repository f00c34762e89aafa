import { existsSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { HashedFiles } from './hashed-files.ts';

const YEAR_S = 31_536_000;
const NOT_PAGES = /^\/(api|ws|health|metrics)(\/|$)/;

const MISSING = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Deckwatch</title>
<h1>The console is not built</h1><p>Build it with <code>npm run build</code>, or set DECKWATCH_CONSOLE_DIR to where it is. The API is at <a href="/api/docs">/api/docs</a>.</p></html>`;

/**
 * Only what the gateway serves runs, and nothing is asked of anyone else. Angular writes styles into the page. Text becomes
 * markup or a script's address by Angular's sanitizer and the console's one named exception alone (Trusted Types).
 */
const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types angular deckwatch',
].join('; ');

/** Where the console's files are: as set, beside the bundle, or where the workspace builds them. */
export function findConsole(setting: string | undefined): string | undefined {
  const here = dirname(fileURLToPath(import.meta.url));
  const places =
    setting === undefined ? ['console', '../../../frontend/dist/browser', '../../../frontend/dist'] : [setting];
  return places.map((place) => resolve(here, place)).find((place) => existsSync(join(place, 'index.html')));
}

interface Files {
  directory: string;
  hashed: HashedFiles;
}

/** Serves the console: hashed files for good, its page for every address that a person may type. */
export function consoleFiles(setting: string | undefined): RequestHandler {
  let files: (Files & { serve: RequestHandler }) | undefined;
  return (request, response, next) => {
    if (!['GET', 'HEAD'].includes(request.method) || NOT_PAGES.test(request.path)) return next();
    response.set('content-security-policy', POLICY);
    const directory = files?.directory ?? findConsole(setting);
    if (directory === undefined) return missing(request, response, next);
    files ??= {
      directory,
      hashed: new HashedFiles(directory),
      serve: express.static(directory, { index: false, redirect: false, setHeaders: askAgain }),
    };
    preferCompressed(files, request, response);
    const body = files.hashed.read(request.path.slice(1));
    if (body) return sendHashed(body, request, response);
    void files.serve(request, response, (fault) => (fault ? next(fault) : page(directory, request, response, next)));
  };
}

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/** Serves the compressed form that the build left beside a file, to whoever reads it. */
function preferCompressed({ directory, hashed }: Files, request: Request, response: Response): void {
  const type = TYPES[extname(request.path)];
  if (type === undefined || !/^\/[\w.-]+$/.test(request.path)) return;
  response.vary('accept-encoding');
  const compressed = `${request.path}.br`;
  if (!request.acceptsEncodings('br')) return;
  if (!hashed.read(compressed.slice(1)) && !existsSync(join(directory, compressed))) return;
  request.url = compressed;
  response.set({ 'content-encoding': 'br', 'content-type': type });
}

function askAgain(response: Response): void {
  response.set('cache-control', 'no-cache');
}

function sendHashed(body: Buffer, request: Request, response: Response): void {
  response.set('cache-control', `public, max-age=${YEAR_S}, immutable`);
  if (!response.hasHeader('content-type')) response.type(extname(request.path));
  response.set('content-length', String(body.length)).end(request.method === 'HEAD' ? undefined : body);
}

/** A navigation: what a browser asks for when somebody opens an address. */
function isNavigation(request: Request): boolean {
  return request.accepts(['json', 'html']) === 'html' || request.path === '/';
}

function page(directory: string, request: Request, response: Response, next: NextFunction): void {
  if (!isNavigation(request) || /\.\w{1,8}$/.test(request.path)) return next();
  response.set('cache-control', 'no-cache');
  response.sendFile(
    'index.html',
    { root: directory, cacheControl: false },
    (fault) => fault && !response.headersSent && next(fault),
  );
}

function missing(request: Request, response: Response, next: NextFunction): void {
  if (!isNavigation(request)) return next();
  response.status(503).type('html').set('cache-control', 'no-store').send(MISSING);
}
