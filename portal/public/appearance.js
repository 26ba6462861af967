// Runs as the page's first element, before anything is painted: a file, since no script may stand in the page itself.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('keywright.appearance');
  } catch {
    // Storage may be forbidden; then the system's wish holds.
  }
  const dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.body.classList.toggle('awsui-dark-mode', dark);
})();
