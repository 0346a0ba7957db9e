// Makes the inspector's screen stand without a network: the worker keeps the shell's files (never
// an answer of the API), and the browser is asked not to throw the outbox away when space is short.
export function installed(): void {
  void navigator.storage?.persist?.().catch(() => false);
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  void navigator.serviceWorker.register('/worker.js', { scope: '/', updateViaCache: 'none' });
}
