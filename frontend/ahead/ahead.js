// The scripts of the page that is opened come together with the first ones, not after these have run.
{
  const pages = {};
  for (const href of pages[location.pathname.split('/')[1] || 'overview'] ?? [])
    document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href }));
}
