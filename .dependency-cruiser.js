/** Which folder may import which, each rule with its reason. Run by `npm run import-rules`. */
const NOUNS = 'customers|setup-intents|charges|checkout|subscriptions|refunds';
const DIALECTS = 'payments|partners|pay|operations|webhooks|health';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    forbid(
      'no-cycles',
      'A cycle has no first file to load; types alone may refer to each other.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    forbid(
      'core-stands-alone',
      'core holds pure words that everything else is said in.',
      { path: '^src/core/' },
      { path: '^(src|libs)/', pathNot: '^src/core/' },
    ),
    forbid(
      'stripe-lib-knows-core-only',
      'libs/stripe is the way to Stripe for whatever module there is.',
      { path: '^libs/stripe/' },
      { path: '^(src|libs)/', pathNot: ['^src/core/', '^libs/stripe/'] },
    ),
    forbid(
      'sandbox-stands-alone',
      'The sandbox stands in for Stripe, which knows nothing of us either.',
      { path: '^libs/stripe-sandbox/' },
      { path: '^(src|test|libs/stripe)/' },
    ),
    forbid(
      'nobody-knows-the-sandbox',
      'Only the boot in sandbox mode and the tests may know that there is a sandbox.',
      { path: '^(src|libs/stripe/)', pathNot: ['^src/boot/', '\\.spec\\.ts$'] },
      { path: '^libs/stripe-sandbox/' },
    ),
    forbid(
      'stripe-types-stop-here',
      'What Stripe says is turned into our own types in one file a noun.',
      { path: '^src/', pathNot: '\\.stripe\\.ts$' },
      { path: '^node_modules/stripe/' },
    ),
    forbid(
      'http-stops-at-api',
      'Requests and replies are a matter of the dialects; modules are called with plain objects.',
      { path: '^src/', pathNot: ['^src/api/', '^src/create-app\\.ts$'] },
      {
        path: ['^src/api/', '^node_modules/(fastify|@nestjs/swagger)/'],
        pathNot: '^src/api/api\\.module\\.ts$',
      },
    ),
    forbid(
      'only-the-app-has-the-api',
      'The dialects are faces of the modules; no module may lean on a face.',
      { path: '^src/', pathNot: ['^src/api/', '^src/(app\\.module|create-app)\\.ts$'] },
      { path: '^src/api/' },
    ),
    forbid(
      'dialects-apart',
      'Each dialect has a contract of its own and may change alone.',
      { path: `^src/api/(${DIALECTS})/` },
      { path: `^src/api/(${DIALECTS})/`, pathNot: '^src/api/$1/' },
    ),
    forbid(
      'validation-stays-at-the-door',
      'Input is checked once, in the DTOs; further in it is right by construction.',
      { path: '^src/', pathNot: ['^src/api/', '^src/config/'] },
      { path: '^node_modules/(class-validator|class-transformer)/' },
    ),
    forbid(
      'only-refunds-use-charges',
      'A module that needs a payment asks Stripe by id; refunds alone are about charges.',
      { path: `^src/(${NOUNS})/`, pathNot: '^src/(charges|refunds)/' },
      { path: '^src/charges/' },
    ),
    forbid(
      'nouns-apart',
      'Every noun may use customers and operations; beyond that they do not know each other.',
      { path: `^src/(${NOUNS})/` },
      { path: `^src/(${NOUNS})/`, pathNot: ['^src/$1/', '^src/customers/', '^src/charges/'] },
    ),
    forbid(
      'webhooks-never-back',
      'Webhooks hand what Stripe tells to the modules, none of which needs to know how it came.',
      { path: '^src/', pathNot: ['^src/webhooks/', '^src/api/webhooks/'] },
      { path: '^src/webhooks/' },
    ),
    forbid(
      'sql-in-stores',
      'Tables are read and written by the store of their module, so that their rules are in one place.',
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
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
