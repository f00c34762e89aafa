// What a container's health check runs: asks the service beside it on its own port for health and metrics.
//   node /app/healthy.mjs ready|live
const { DECKWATCH_OPS_PORT: port = '9090' } = process.env;
const url = `http://127.0.0.1:${port}/health/${process.argv[2] ?? 'ready'}`;
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(3000) });
  if (!answer.ok) process.stdout.write(await answer.text());
  process.exit(answer.ok ? 0 : 1);
} catch (fault) {
  const { message, cause } = /** @type {Error & { cause?: { code?: string } }} */ (fault);
  process.stdout.write(`${url}: ${cause?.code ?? message}`);
  process.exit(1);
}
