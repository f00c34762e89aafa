import { z } from 'zod';

/** Schemas under the names by which published documents refer to them. */
export type NamedSchemas = Record<string, z.ZodType>;
export type Direction = 'input' | 'output';
export type JsonSchema = Record<string, unknown>;

const refOf = (id: string): string => `#/components/schemas/${id}`;

/**
 * Writes schemas as JSON Schema 2020-12; wherever one of `named` occurs it becomes a reference to
 * `#/components/schemas/<name>`. What JSON Schema can't say (a custom rule) is left open.
 */
export class SchemaWriter {
  private readonly ids = new Map<z.ZodType, string>();
  private readonly written = new Map<Direction, Record<string, JsonSchema>>();

  constructor(
    private readonly named: NamedSchemas,
    others: Iterable<z.ZodType>,
  ) {
    for (const [name, schema] of Object.entries(named)) this.ids.set(schema, name);
    for (const schema of others) if (!this.ids.has(schema)) this.ids.set(schema, `_${this.ids.size}`);
  }

  /** The named schemas themselves. */
  components(direction: Direction): Record<string, JsonSchema> {
    const all = this.all(direction);
    return Object.fromEntries(Object.keys(this.named).map((name) => [name, all[name]!]));
  }

  /** One of the schemas given at first. */
  write(schema: z.ZodType, direction: Direction): JsonSchema {
    const id = this.ids.get(schema);
    if (id === undefined) throw new Error('a schema that the writer was not given');
    return id in this.named ? { $ref: refOf(id) } : this.all(direction)[id]!;
  }

  private all(direction: Direction): Record<string, JsonSchema> {
    const known = this.written.get(direction);
    if (known) return known;
    const registry = z.registry<{ id: string }>();
    for (const [schema, id] of this.ids) registry.add(schema, { id });
    const { schemas } = z.toJSONSchema(registry, { uri: refOf, io: direction, unrepresentable: 'any' });
    const bare = Object.entries(schemas).map(
      ([id, schema]) => [id, inlined(schema as JsonSchema, schemas as never, direction)] as const,
    );
    const all: Record<string, JsonSchema> = Object.fromEntries(bare);
    this.written.set(direction, all);
    return all;
  }
}

/**
 * Without what only a document of its own needs; references to unnamed schemas are written out. Answers may always have
 * more fields than are described.
 */
function inlined(value: unknown, schemas: Record<string, JsonSchema>, direction: Direction): JsonSchema {
  const dropped = (key: string, inner: unknown): boolean =>
    key === '$schema' || key === '$id' || (key === 'additionalProperties' && inner === false && direction === 'output');
  const visit = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(visit);
    if (typeof part !== 'object' || part === null) return part;
    const ref = (part as { $ref?: unknown }).$ref;
    const unnamed = typeof ref === 'string' ? /\/(_\d+)$/.exec(ref)?.[1] : undefined;
    if (unnamed !== undefined) return visit(schemas[unnamed]);
    return Object.fromEntries(
      Object.entries(part)
        .filter(([key, inner]) => !dropped(key, inner))
        .map(([key, inner]) => [key, visit(inner)]),
    );
  };
  return visit(value) as JsonSchema;
}
