// Before the first paint, so that a chosen look never flashes. A file of its own: the console allows no inline script.
try {
  const { dataset } = document.documentElement;
  const theme = localStorage.getItem('deckwatch.theme');
  if (theme === 'light' || theme === 'dark') dataset.theme = theme;
  if (localStorage.getItem('deckwatch.density') === 'compact') dataset.density = 'compact';
} catch {
  // Storage is closed to us: the system's theme it is.
}
