/** The blocks of the docs that cannot run in docs-commands.test.ts, each with the test that checks it. */

/** A block, identified by its page and the start of its text. */
export type Place = { readonly page: string; readonly begins: string }
type Elsewhere = Place & {
  readonly reason: string
  /** The test that runs it, and text in that test that proves it. */
  readonly test: readonly [file: string, words: string]
}

const SELF_HOSTED = 'docs/production-self-hosted.md'

/** Each with the reason, and the test that checks it instead. */
export const ELSEWHERE: readonly Elsewhere[] = [
  {
    page: 'README.md',
    begins: 'npx edgemint init',
    reason: 'a terminal, on which somebody answers',
    test: ['test/cli/setup/init.test.ts', 'asks on a terminal'],
  },
  ...[
    ['README.md', 'npx edgemint deploy'],
    ['docs/production-cloudflare.md', 'npx edgemint deploy\n'],
  ].map(
    ([page = '', begins = '']): Elsewhere => ({
      page,
      begins,
      reason: 'real wrangler, and an account',
      test: ['test/cli/setup/deploy.wrangler.test.ts', 'project.deploy(flags'],
    }),
  ),
  {
    page: 'docs/credentials.md',
    begins: 'git config --global',
    reason: 'real git, against a server that asks for a login',
    test: ['test/conformance/credentials.test.ts', "block('git', 'sh')"],
  },
  {
    page: 'docs/monitoring.md',
    begins: 'npx edgemint proxy --url https://sts.example.com --resource https://sts.example.com',
    reason: 'a policy that grants metrics:read, and real Prometheus: npm run check:monitoring',
    test: ['scripts/extra/monitoring/world.ts', "'--scope', 'metrics:read'"],
  },
  ...['docs/login.md', 'docs/cli.md'].flatMap((page): readonly Elsewhere[] => [
    {
      page,
      begins: 'npx edgemint login',
      reason: 'a person at the page of a provider',
      test: ['test/cli/people/browser.test.ts', "'login', '--url', world.url, '--browser'"],
    },
  ]),
  ...['logout', 'whoami'].map(
    (command): Elsewhere => ({
      page: 'docs/cli.md',
      begins: `npx edgemint ${command}`,
      reason: 'a person who has logged in',
      test: ['test/cli/people/logout.test.ts', `user.run('${command}'`],
    }),
  ),
  {
    page: 'docs/login.md',
    begins: 'npx edgemint issuers',
    reason: 'a person who has logged in',
    test: ['test/cli/people/browser.test.ts', "user.run('issuers')"],
  },
  ...[
    'decisions list',
    'decisions show',
    'decisions follow',
    'decisions export',
    'audit verify',
  ].map(
    (command): Elsewhere => ({
      page: 'docs/cli.md',
      begins: `npx edgemint ${command}`,
      reason: 'a gateway whose log has decisions, and a token with decisions:read',
      test: ['test/cli/decisions/serve.test.ts', `'${command.replace(' ', "', '")}'`],
    }),
  ),
  {
    page: 'docs/keys.md',
    begins: 'npx edgemint keys rotate --now --url',
    reason: 'a deployed gateway: the keys of the gateway of the docs are files',
    test: ['test/cli/keys/rotate.test.ts', "'--now'"],
  },
  ...['docs/keys.md', 'docs/cli.md'].flatMap((page): readonly Elsewhere[] => [
    {
      page,
      begins: 'npx edgemint keys check',
      reason: 'the keys of the gateway of the docs have no dates, so the check fails',
      test: ['test/conformance/key-rotation.test.ts', "run('npx edgemint keys check')"],
    },
    {
      page,
      begins: 'npx edgemint keys rotate --url',
      reason: 'a deployed gateway: the keys of the gateway of the docs are files',
      test: ['test/cli/keys/rotate.test.ts', "'--dry-run'"],
    },
    {
      page,
      begins: 'npx edgemint keys retire',
      reason: 'a gateway with a scheduled successor, and a key that may be revoked',
      test: ['test/cli/keys/retire.test.ts', "'--now', '--reason'"],
    },
  ]),
  ...['docs/backup.md', 'docs/cli.md'].map(
    (page): Elsewhere => ({
      page,
      begins: 'npx edgemint import gateway.export --url',
      reason: 'a gateway without a revision',
      test: ['test/conformance/backup.test.ts', "'import', place('gateway.export')"],
    }),
  ),
  ...['ask what', 'ask outliving', 'ask in-force'].map(
    (command): Elsewhere => ({
      page: 'docs/cli.md',
      begins: `npx edgemint ${command}`,
      reason:
        'a gateway whose log has decisions, a token with decisions:read, and a moment that is past',
      test: ['docs/audit.md', `npx edgemint ${command}`],
    }),
  ),
  ...[
    'useradd',
    '(umask 077',
    'edgemint serve --production --issuer https://sts.example.com --state /var/lib/edgemint --behind-proxy',
    'edgemint serve --production --issuer https://sts.example.com --state /var/lib/edgemint --host',
  ].map(
    (begins): Elsewhere => ({
      page: SELF_HOSTED,
      begins,
      reason: 'a machine of its own: npm run check:home runs the blocks in an empty root',
      test: ['scripts/extra/home/container.ts', "find('(umask 077')"],
    }),
  ),
  {
    page: SELF_HOSTED,
    begins: 'cp /opt/edgemint',
    reason: 'systemd: npm run check:home runs the unit',
    test: ['scripts/extra/home/unit.ts', "'the unit, supervised'"],
  },
  {
    page: SELF_HOSTED,
    begins: 'podman build',
    reason: 'a builder of images: npm run check:home runs the steps without one',
    test: ['scripts/extra/home/container.ts', "'the container, in an empty root'"],
  },
]
