/** Which folder may import which, each rule with its reason. Run by `npm run import-rules`. */
const NOUNS = 'customers|setup-intents|charges|checkout|subscriptions|refunds';
const CALLERS = 'users|partners|services|operations|webhooks|health';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    forbid('no-cycles', 'A circle has no first file to read; types count too.', {}, { circular: true }),
    forbid(
      'libs-never-import-src',
      'Libraries stand alone: the service is built on them, never the other way round.',
      { path: '^libs/' },
      { path: '^(src|test)/' },
    ),
    forbid(
      'core-imports-nothing',
      'core holds the pure types and rules that everything else is written with.',
      { path: '^libs/core/' },
      { path: '^(src|libs)/', pathNot: '^libs/core/' },
    ),
    forbid(
      'stripe-lib-imports-core-only',
      'libs/stripe is the way to Stripe for every module.',
      { path: '^libs/stripe/' },
      { path: '^(src|libs)/', pathNot: ['^libs/core/', '^libs/stripe/'] },
    ),
    forbid(
      'embedded-postgres-stands-alone',
      'It starts a PostgreSQL and knows nothing of what is stored there.',
      { path: '^libs/embedded-postgres/' },
      { path: '^(src|libs)/', pathNot: '^libs/embedded-postgres/' },
    ),
    forbid(
      'only-boot-uses-embedded-postgres',
      'The application gets a database URL; which PostgreSQL answers there is decided at boot.',
      { path: '^src/', pathNot: '^src/boot/' },
      { path: '^libs/embedded-postgres/' },
    ),
    forbid(
      'sandbox-stands-alone',
      'The sandbox stands in for Stripe, which knows nothing about us either.',
      { path: '^libs/stripe-sandbox/' },
      { path: '^(src|test|libs)/', pathNot: '^libs/stripe-sandbox/' },
    ),
    forbid(
      'only-boot-uses-the-sandbox',
      'Only the boot in sandbox mode and the tests may know that there is a sandbox.',
      { path: '^(src|libs)/', pathNot: ['^src/boot/', '^libs/stripe-sandbox/', '\\.spec\\.ts$'] },
      { path: '^libs/stripe-sandbox/' },
    ),
    forbid(
      'sandbox-params-below-rules',
      'Parameters describe the request; the rules work with them, never the other way round.',
      { path: '^libs/stripe-sandbox/nouns/[^/]+/params\\.ts$' },
      { path: '^libs/stripe-sandbox/nouns/', pathNot: '/params\\.ts$' },
    ),
    forbid(
      'sandbox-rules-below-routes',
      'Routes call rules; a rule never knows by which route it was called.',
      {
        path: '^libs/stripe-sandbox/',
        pathNot: ['routes\\.ts$', '^libs/stripe-sandbox/create-sandbox\\.ts$'],
      },
      { path: '^libs/stripe-sandbox/nouns/.*routes\\.ts$' },
    ),
    forbid(
      'stripe-types-stop-here',
      'What Stripe says is turned into our own types in one file a noun.',
      { path: '^src/', pathNot: '\\.stripe\\.ts$' },
      { path: '^node_modules/stripe/' },
    ),
    forbid(
      'http-stops-at-api',
      'Requests and replies stop at the API; modules are called with plain objects.',
      { path: '^src/', pathNot: ['^src/api/', '^src/create-app\\.ts$'] },
      {
        path: ['^src/api/', '^node_modules/(fastify|@nestjs/swagger)/'],
        pathNot: '^src/api/api\\.module\\.ts$',
      },
    ),
    forbid(
      'only-the-app-imports-the-api',
      'The API calls the modules; no module may call the API.',
      { path: '^src/', pathNot: ['^src/api/', '^src/(app\\.module|create-app)\\.ts$'] },
      { path: '^src/api/' },
    ),
    forbid(
      'callers-apart',
      'Each kind of caller has a contract of its own, which may change alone.',
      { path: `^src/api/(${CALLERS})/` },
      { path: `^src/api/(${CALLERS})/`, pathNot: '^src/api/$1/' },
    ),
    forbid(
      'validation-at-the-edge',
      'Input is checked once, in the DTOs and the settings; everything behind them trusts its types.',
      { path: '^src/', pathNot: ['^src/api/', '^src/config/'] },
      { path: '^node_modules/(class-validator|class-transformer)/' },
    ),
    forbid(
      'only-refunds-use-charges',
      'A module that needs a payment asks Stripe by id; only refunds are about charges.',
      { path: `^src/(${NOUNS})/`, pathNot: '^src/(charges|refunds)/' },
      { path: '^src/charges/' },
    ),
    forbid(
      'nouns-apart',
      'Every noun may use customers, payments and operations; otherwise nouns do not know each other.',
      { path: `^src/(${NOUNS})/` },
      { path: `^src/(${NOUNS})/`, pathNot: ['^src/$1/', '^src/customers/', '^src/charges/'] },
    ),
    forbid(
      'payments-know-no-noun',
      'What a payment is does not depend on how it was started.',
      { path: '^src/payments/' },
      { path: `^src/(${NOUNS})/` },
    ),
    forbid(
      'webhooks-never-back',
      'Webhooks pass events on to the modules, none of which needs to know how they came.',
      { path: '^src/', pathNot: ['^src/webhooks/', '^src/api/webhooks/'] },
      { path: '^src/webhooks/' },
    ),
    forbid(
      'sql-in-stores',
      'The store of a module is the only place that reads and writes its tables.',
      {
        path: '^src/',
        pathNot: ['\\.store\\.ts$', '^src/database/', '^src/access/api-keys\\.service\\.ts$', '^src/health/'],
      },
      { path: '^(src/database/schema|node_modules/drizzle-orm/)' },
    ),
    forbid(
      'no-orphans',
      'A file that nobody imports is dead.',
      {
        orphan: true,
        pathNot: ['\\.(spec|d)\\.ts$', '^test/', '^src/(main|token)\\.ts$', 'stripe-sandbox/main\\.ts$'],
      },
      {},
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['paydesk-source', 'import', 'require', 'node', 'default', 'types'],
    },
  },
};
