/** For specs that clean up after themselves: files share a worker's modules, as importing them takes longer than most specs. */
export const sharedModules = { isolate: false, sequence: { hooks: /** @type {const} */ ('stack') } };

/** The limits end only specs that hang: no spec fails because the machine is slow. */
export const limits = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 240_000, interval: 20 } },
};
