// A script that does not come, because the network changed under it, would leave an empty page: it is loaded again, a few
// times at most. A file of its own: the console allows no inline script.
{
  const MOST = 5;
  const WAIT_MS = 1000;
  const KEY = 'deckwatch.loads';
  const count = () => Number(sessionStorage.getItem(KEY) ?? 0);
  addEventListener(
    'error',
    ({ target }) => {
      try {
        if (!(target instanceof HTMLScriptElement) || count() >= MOST) return;
        sessionStorage.setItem(KEY, String(count() + 1));
        setTimeout(() => location.reload(), WAIT_MS);
      } catch {
        // Storage is closed to us: nobody would know when to stop.
      }
    },
    true,
  );
  addEventListener('load', () => {
    try {
      if (document.querySelector('app-root')?.childElementCount) sessionStorage.removeItem(KEY);
    } catch {
      // As above.
    }
  });
}
