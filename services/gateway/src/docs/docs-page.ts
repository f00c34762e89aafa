interface Operation {
  summary: string;
  description?: string;
  tags: string[];
  parameters?: { name: string; in: string; required: boolean; description?: string; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}
interface Document {
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
details { border: 1px solid #8886; border-radius: 6px; margin: .4rem 0; padding: .3rem .8rem; }
summary { cursor: pointer; } code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { overflow: auto; background: #8882; padding: .6rem; border-radius: 6px; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; text-transform: uppercase; }
td { padding: .1rem .8rem .1rem 0; vertical-align: top; }`;

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign]!);
const code = (value: unknown): string => `<pre>${escaped(JSON.stringify(value, null, 2))}</pre>`;

/** The OpenAPI document as a page to read: nothing comes from elsewhere, nothing runs in it. */
export function docsPage(document: object): string {
  const { info, paths, components } = document as Document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag));
    return `<h2>${escaped(tag)}</h2>${own.map(({ path, method, operation }) => operationHtml(path, method, operation)).join('')}`;
  });
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="${escaped(name)}"><summary><code>${escaped(name)}</code></summary>${code(schema)}</details>`,
  );
  const title = escaped(`${info.title} ${info.version}`);
  const links = '<p><a href="/api/openapi.json">OpenAPI 3.1</a> · <a href="/api/asyncapi.json">AsyncAPI 3</a></p>';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style><h1>${title}</h1>${links}${sections.join('')}<h2>schemas</h2>${schemas.join('')}</html>`;
}

function operationHtml(path: string, method: string, operation: Operation): string {
  const { summary, description = '', parameters = [], requestBody, responses } = operation;
  const rows = parameters.map((parameter) => {
    const { name, required, schema } = parameter;
    return `<tr><td><code>${escaped(name)}</code></td><td>${parameter.in}${required ? ', required' : ''}</td><td><code>${escaped(JSON.stringify(schema))}</code></td></tr>`;
  });
  const answers = Object.entries(responses).map(([status, { description: what, content }]) => {
    return `<h4>${escaped(status)}: ${escaped(what)}</h4>${Object.entries(content ?? {})
      .map(([type, { schema }]) => `<p><code>${escaped(type)}</code></p>${code(schema)}`)
      .join('')}`;
  });
  const body = requestBody
    ? `<h4>Body</h4>${Object.values(requestBody.content)
        .map(({ schema }) => code(schema))
        .join('')}`
    : '';
  const head = `<summary><span class="method">${method}</span> <code>${escaped(path)}</code> ${escaped(summary)}</summary>`;
  return `<details>${head}<p>${escaped(description)}</p>${rows.length > 0 ? `<table>${rows.join('')}</table>` : ''}${body}${answers.join('')}</details>`;
}
