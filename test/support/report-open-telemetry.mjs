import { createRequire } from 'node:module';

// To be imported into a process. On SIGTERM it says whether OpenTelemetry's SDK was loaded. Its packages are CommonJS, so that
// they are in this cache also if a module has imported them. prom-client loads its API, which does nothing alone.
const { cache } = createRequire(import.meta.url);
process.on('SIGTERM', () => {
  const isLoaded = Object.keys(cache).some((file) => file.includes('/@opentelemetry/sdk-'));
  console.log(`OpenTelemetry: ${isLoaded ? 'loaded' : 'not loaded'}`);
});
