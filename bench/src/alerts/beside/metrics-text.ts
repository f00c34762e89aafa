const LINE = /^([a-zA-Z_:][\w:]*)(?:\{.*\})? (\S+)/;

/** The sum of all samples of a metric in Prometheus' text format, whatever their labels; none: 0. */
export function sumOf(text: string, metric: string): number {
  return text.split('\n').reduce((sum, line) => {
    const [, name, value] = LINE.exec(line) ?? [];
    return name === metric ? sum + Number(value) : sum;
  }, 0);
}

/** Reads what a process tells of itself. */
export async function readMetrics(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}
