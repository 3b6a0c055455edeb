import { executionAsyncId } from 'node:async_hooks';

// To be imported into a process. On SIGTERM it says whether Node runs hooks for promises: only then do they have ids.
// https://nodejs.org/api/async_hooks.html#promise-execution-tracking
process.on('SIGTERM', () => {
  void Promise.resolve().then(() => console.log(`promise hooks: ${executionAsyncId() === 0 ? 'off' : 'on'}`));
});
