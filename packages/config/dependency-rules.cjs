// Layers point one way, and a domain is entered by its doors. Each rule was seen to fail when its line is crossed.
const server = '^apps/server/src';
const domain = `${server}/domains/([^/]+)`;
const web = '^apps/web/src/lib';
const tests = '(\\.test\\.ts$|/testing/)';
const forbid = (name, from, to) => ({ name, severity: 'error', from: { pathNot: tests, ...from }, to });

module.exports = {
  forbidden: [
    forbid('no-cycles', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    forbid('kernel-imports-nothing', { path: `${server}/kernel/` }, { path: `${server}/`, pathNot: `${server}/kernel/` }),
    forbid('platform-below-domains', { path: `${server}/platform/` }, { path: `${server}/(graphql|domains)/` }),
    forbid('graphql-below-domains', { path: `${server}/graphql/` }, { path: `${server}/domains/` }),
    forbid(
      'domains-meet-at-the-door',
      { path: `${domain}/` },
      { path: `${domain}/(?!(api/)?index\\.ts$)`, pathNot: `${server}/domains/$1/` },
    ),
    forbid(
      'domain-is-deaf-to-graphql',
      { path: `${domain}/(?!api/)[^/]+\\.ts$` },
      { path: `(${server}/graphql/|/api/|node_modules/(type-graphql|graphql)/)` },
    ),
    forbid('api-never-queries', { path: `${domain}/api/` }, { path: 'node_modules/@mikro-orm/' }),
    forbid('policies-events-errors-are-pure', { path: '\\.(policy|events|errors)\\.ts$' }, { path: 'node_modules/' }),
    forbid('identity-knows-no-other', { path: `${server}/domains/identity/` }, { path: `${server}/domains/(?!identity/)` }),
    forbid('contacts-know-identity-alone', { path: `${server}/domains/contacts/` }, { path: `${server}/domains/(?!contacts/|identity/)` }),
    forbid(
      'tickets-know-no-satellites',
      { path: `${server}/domains/tickets/` },
      { path: `${server}/domains/(?!tickets/|contacts/|identity/)` },
    ),
    forbid('ui-knows-no-domain', { path: `${web}/ui/` }, { path: `${web}/(?!ui/)` }),
    forbid('i18n-knows-no-domain', { path: `${web}/i18n/` }, { path: `${web}/(?!i18n/)` }),
    forbid(
      'views-are-the-only-mixers',
      { path: `${web}/(?!views/)([^/]+)/` },
      { path: `${web}/(?!ui/|graphql/|live/|i18n/|identity/|attachments/|settings/)([^/]+)/`, pathNot: `${web}/$1/` },
    ),
    forbid('apps-never-meet', { path: '^apps/([^/]+)/' }, { path: '^apps/', pathNot: '^apps/$1/' }),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types', 'svelte'] },
  },
};
