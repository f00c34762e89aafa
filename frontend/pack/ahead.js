// The scripts of the page that is opened come together with the first ones, not after these have run; and so does the first
// data of the page that has much of it, as `FirstLook` asks for it.
{
  const pages = {};
  const page = location.pathname.split('/')[1] || 'overview';
  const link = (attributes) => document.head.append(Object.assign(document.createElement('link'), attributes));
  for (const href of pages[page] ?? []) link({ rel: 'modulepreload', href });
  if (page === 'containers' && !location.search)
    link({
      rel: 'preload',
      as: 'fetch',
      crossOrigin: 'anonymous',
      href: '/api/v1/containers?limit=50&sort=name&order=asc',
    });
}
