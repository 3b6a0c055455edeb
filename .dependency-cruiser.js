/** Which folder may import which, each rule with its reason. Run by `npm run import-rules`. */
const NOUNS =
  'customers|setup-intents|charges|checkout|subscriptions|refunds|portal|captures|confirmations|disputes';
const CALLERS = 'users|partners|services|admin|operations|notifications|webhooks|health|confirm';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    forbid(
      'no-cycles',
      'Files in a circle can only be understood all at once. Type imports count too.',
      {},
      { circular: true },
    ),
    forbid(
      'libs-never-import-src',
      'Libraries stand alone: the service uses them, never the other way round.',
      { path: '^libs/' },
      { path: '^(src|test)/' },
    ),
    forbid(
      'core-imports-nothing',
      'Everything else uses core, so it depends on nothing.',
      { path: '^libs/core/' },
      { path: '^(src|libs)/', pathNot: '^libs/core/' },
    ),
    forbid(
      'stripe-lib-imports-core-only',
      'Every module calls Stripe through libs/stripe, so it depends on no module.',
      { path: '^libs/stripe/' },
      { path: '^(src|libs)/', pathNot: ['^libs/core/', '^libs/stripe/'] },
    ),
    forbid(
      'embedded-postgres-stands-alone',
      'It starts a PostgreSQL and does not depend on the data in it.',
      { path: '^libs/embedded-postgres/' },
      { path: '^(src|libs)/', pathNot: '^libs/embedded-postgres/' },
    ),
    forbid(
      'only-boot-uses-embedded-postgres',
      'The application gets a database URL. The boot decides which PostgreSQL that is.',
      { path: '^src/', pathNot: '^src/boot/' },
      { path: '^libs/embedded-postgres/' },
    ),
    forbid(
      'sandbox-stands-alone',
      'The sandbox replaces Stripe, which does not depend on us either.',
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
      'Rules use the parameters of a request, never the other way round.',
      { path: '^libs/stripe-sandbox/nouns/[^/]+/params\\.ts$' },
      { path: '^libs/stripe-sandbox/nouns/', pathNot: '/params\\.ts$' },
    ),
    forbid(
      'sandbox-rules-below-routes',
      'Routes call rules, never the other way round.',
      {
        path: '^libs/stripe-sandbox/',
        pathNot: ['routes\\.ts$', '\\.spec\\.ts$', '^libs/stripe-sandbox/create-sandbox\\.ts$'],
      },
      { path: '^libs/stripe-sandbox/nouns/.*routes\\.ts$' },
    ),
    forbid(
      'stripe-types-stop-here',
      'One file per noun maps the types of Stripe to our own.',
      { path: '^src/', pathNot: '\\.stripe\\.ts$' },
      { path: '^node_modules/stripe/' },
    ),
    forbid(
      'http-stops-at-api',
      'Only the API uses HTTP requests and replies. Modules get plain objects.',
      { path: '^src/', pathNot: ['^src/api/', '^src/create-app\\.ts$'] },
      {
        path: ['^src/api/', '^node_modules/(fastify|@nestjs/swagger)/'],
        pathNot: '^src/api/api\\.module\\.ts$',
      },
    ),
    forbid(
      'only-the-app-imports-the-api',
      'The API calls the modules, never the other way round.',
      { path: '^src/', pathNot: ['^src/api/', '^src/(app\\.module|create-app)\\.ts$'] },
      { path: '^src/api/' },
    ),
    forbid(
      'callers-apart',
      'Each kind of caller has its own contract, which may change separately.',
      { path: `^src/api/(${CALLERS})/` },
      { path: `^src/api/(${CALLERS})/`, pathNot: '^src/api/$1/' },
    ),
    forbid(
      'validation-at-the-edge',
      'Input is validated once, in the DTOs and the settings. All other code relies on its types.',
      { path: '^src/', pathNot: ['^src/api/', '^src/config/'] },
      { path: '^node_modules/(class-validator|class-transformer)/' },
    ),
    forbid(
      'only-refunds-use-charges',
      'A module that needs a payment asks Stripe by id. Only refunds are about charges.',
      { path: `^src/(${NOUNS})/`, pathNot: '^src/(charges|refunds)/' },
      { path: '^src/charges/' },
    ),
    forbid(
      'nouns-apart',
      'Nouns may use customers, payments and operations, but not each other.',
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
      'queue-knows-no-module',
      'Operations, events and notifications share it, so it depends on none of them.',
      { path: '^src/queue/' },
      { path: '^src/', pathNot: '^src/(queue|database)/' },
    ),
    forbid(
      'webhooks-never-back',
      'Webhooks call the modules, never the other way round. The doctor and the command `webhook` compare their events with the endpoint, and a backfill makes up for a late walk.',
      {
        path: '^src/',
        pathNot: [
          '^src/webhooks/',
          '^src/api/(webhooks|admin)/',
          '^src/doctor/',
          '^src/backfill/',
          '^src/command-line/webhook-commands\\.stripe\\.ts$',
          '^src/boot/stripe\\.ts$',
          '^src/database/schema\\.ts$',
        ],
      },
      { path: '^src/webhooks/' },
    ),
    forbid(
      'sql-in-stores',
      'Only the store of a module reads and writes its tables.',
      {
        path: '^src/',
        pathNot: ['\\.store\\.ts$', '^src/database/', '^src/health/'],
      },
      { path: '^(src/database/schema|node_modules/drizzle-orm/)' },
    ),
    forbid(
      'no-orphans',
      'A file without an importer is dead code.',
      {
        orphan: true,
        pathNot: [
          '\\.(spec|d)\\.ts$',
          '^test/',
          '^src/(main|migrate|token|keys|webhook|doctor)\\.ts$',
          'stripe-sandbox/main\\.ts$',
        ],
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
