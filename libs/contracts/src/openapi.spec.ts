import { asyncApiDocument } from './asyncapi.ts';
import { ENDPOINTS } from './endpoints.ts';
import { API_PREFIX, openApiDocument } from './openapi.ts';
import { SERVER_FRAMES } from './server-frame-schemas.ts';

type Node = Record<string, unknown>;

function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Node;
  for (const inner of Object.values(value)) yield* nodesOf(inner);
}

function resolve(document: unknown, ref: string): unknown {
  return ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => (at as Node | undefined)?.[key], document);
}

const refsOf = (document: unknown) =>
  [...nodesOf(document)].flatMap((node) => (typeof node['$ref'] === 'string' ? [node['$ref']] : []));

describe('the OpenAPI document', () => {
  const document = openApiDocument('1.2.3') as {
    openapi: string;
    info: Node;
    paths: Record<string, Record<string, Node>>;
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, operation })),
  );

  it('is OpenAPI 3.1 of this version, and plain JSON', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('has every endpoint with its role', () => {
    for (const { method, path, role } of Object.values(ENDPOINTS))
      expect(document.paths[API_PREFIX + path]![method]).toMatchObject({ 'x-role': role });
  });

  it('refers only to what is in it', () => {
    expect(refsOf(document).length).toBeGreaterThan(20);
    for (const ref of refsOf(document)) expect([ref, typeof resolve(document, ref)]).toEqual([ref, 'object']);
  });

  it('names each operation once and describes all parameters of its path', () => {
    const ids = operations.map(({ operation }) => operation['operationId']);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      const inPath = ((operation['parameters'] ?? []) as Node[]).filter((parameter) => parameter['in'] === 'path');
      expect(inPath.map(({ name, required }) => [name, required])).toEqual(
        Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => [name, true]),
      );
    }
  });

  it('says of every operation what it answers, errors as problems', () => {
    for (const { path, operation } of operations.filter(({ path }) => path.startsWith(API_PREFIX))) {
      const responses = operation['responses'] as Record<string, { content?: Node }>;
      expect([path, Object.keys(responses).some((status) => /^20[014]$/.test(status))]).toEqual([path, true]);
      expect(responses['default']!.content).toHaveProperty(['application/problem+json']);
    }
  });

  it('lets answers have more fields than it knows, and requests leave out what has a default', () => {
    const { components } = openApiDocument('1') as { components: { schemas: Record<string, Node> } };
    expect(components.schemas['Host']).not.toHaveProperty('additionalProperties');
    expect(components.schemas['AlertRuleDraft']).toMatchObject({ required: ['name', 'target', 'condition'] });
  });
});

describe('the AsyncAPI document', () => {
  const document = asyncApiDocument('1.2.3') as {
    asyncapi: string;
    channels: Record<string, Node>;
    operations: Record<string, Node>;
  };

  it('is AsyncAPI 3 of this version, and plain JSON', () => {
    expect(document).toMatchObject({ asyncapi: '3.0.0', info: { version: '1.2.3' } });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('refers only to what is in it', () => {
    for (const ref of refsOf(document)) expect([ref, typeof resolve(document, ref)]).toEqual([ref, 'object']);
  });

  it('has the open subjects and every frame of the console protocol', () => {
    const addresses = Object.values(document.channels).map(({ address }) => address);
    expect(addresses).toEqual(
      expect.arrayContaining([
        'deckwatch.stats.{host}',
        'deckwatch.hosts.{host}',
        'deckwatch.ingest.sessions.{app}',
        '/ws',
      ]),
    );
    expect(Object.keys(document.channels['console']!['messages'] as object)).toEqual(
      expect.arrayContaining(Object.keys(SERVER_FRAMES)),
    );
  });
});
