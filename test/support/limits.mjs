/** Ends a spec that hangs. None is about time, and so none is too slow to pass. */
export const limits = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 240_000, interval: 20 } },
};
