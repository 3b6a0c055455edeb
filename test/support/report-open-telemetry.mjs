import { register } from 'node:module';

// To be imported into a process. Says when the process loads the file that imports OpenTelemetry, bundled or not.
register('./report-open-telemetry-hook.mjs', import.meta.url);
