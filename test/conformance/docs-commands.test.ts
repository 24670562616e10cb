/** Runs every command that a page shows, in the order of the page. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { experimental_getWranglerCommands } from 'wrangler'
import { type DocsWorld, startDocsWorld } from './support/docs/docs-world.ts'
import { ELSEWHERE, type Place } from './support/docs/elsewhere.ts'
import { type Block, listPages, readBlocks, readPage } from './support/docs/pages.ts'
import { WRANGLER_CALLS } from './support/docs/wrangler-calls.ts'

type Answer = Place & { readonly json?: object; readonly stdout?: RegExp }

const REFUSED_THEN_NOT = /HTTP\/1\.1 401\n[\s\S]*HTTP\/1\.1 200\n/

/** The responses to commands that pages describe. */
const ANSWERS: readonly Answer[] = [
  {
    page: 'README.md',
    begins: 'SUBJECT_TOKEN=',
    json: {
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'deploy:read deploy:write',
      decision_id: expect.stringMatching(/^dec_/),
    },
  },
  ...[
    'urn:ietf:params:oauth:grant-type:token-exchange',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'client_credentials',
  ].map((grantType) => ({
    page: 'docs/grant-types.md',
    begins: `tr -d '\\n' < token.jwt | curl -s http://127.0.0.1:8787/token \\\n  -d grant_type=${grantType} `,
    json: { token_type: 'Bearer', access_token: expect.any(String) },
  })),
  {
    page: 'docs/downscoping.md',
    begins: "tr -d '\\n' < issued.jwt | curl -s https://sts.example.com/token",
    json: {
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 60,
      scope: 'deploy:read',
      decision_id: expect.stringMatching(/^dec_/),
    },
  },
  {
    // Both files have the same token here, and the page says that this is refused.
    page: 'docs/delegation.md',
    begins: `printf 'data-urlencode`,
    json: { error_description: 'the actor token is the subject token' },
  },
  {
    page: 'docs/introspection.md',
    begins: `printf 'data-urlencode`,
    json: { active: true },
  },
  {
    page: 'docs/playbooks/leaked-token.md',
    begins: `printf 'header = "Authorization: Bearer %s"`,
    json: { active: false },
  },
  {
    page: 'docs/playbooks/gateway-down.md',
    begins: 'curl -s https://sts.example.com/health',
    json: { status: 'ready' },
  },
  {
    page: 'docs/admin-api.md',
    begins: 'printf "authorization: Bearer %s" "$(cat admin.jwt)"',
    json: { outcome: expect.any(String), verified: false, rules: expect.any(Array) },
  },
  {
    page: 'examples/protected-api/README.md',
    begins: 'curl -i',
    stdout: REFUSED_THEN_NOT,
  },
  ...['express', 'fastify', 'hono', 'workers'].map((name) => ({
    page: `docs/api-owners/${name}.md`,
    begins: '(umask 077; npx edgemint token',
    stdout: REFUSED_THEN_NOT,
  })),
]

/** What the reader of a page has before a block, and the test makes. */
const BEFORE: readonly (Place & { readonly commands: string })[] = [
  {
    page: 'docs/playbooks/leaked-token.md',
    begins: 'npx edgemint revoke --leaked',
    commands: '{ cat issued.jwt; echo; } > leaked.jwt\n',
  },
  {
    page: 'docs/delegation.md',
    begins: `printf 'data-urlencode`,
    commands: 'cp token.jwt person.jwt && cp token.jwt agent.jwt\n',
  },
  {
    page: 'docs/playbooks/gateway-down.md',
    begins: 'npx edgemint restore',
    commands: `npx edgemint serve --trust examples/trust.yaml --local-issuers
npx edgemint backup --state .edgemint/state --out last.backup\n`,
  },
]

function begins(block: Block, place: Place): boolean {
  return place.page === block.page && block.code.startsWith(place.begins)
}

/** docs-platforms.test.ts runs the pages of platforms, each in a job of its platform. */
const isPlatform = (page: string) => /^docs\/platforms\/(?!README)/.test(page)

/** audit-page.test.ts runs this page, and compares the answers. */
const isAudit = (page: string) => page === 'docs/audit.md'

/** Pages whose reader begins in an empty folder. */
const isFresh = (page: string) =>
  ['docs/first-gateway.md', 'docs/production-cloudflare.md'].includes(page)

const commands = listPages()
  .filter((page) => !isPlatform(page) && !isAudit(page))
  .flatMap((page) => readBlocks(page).filter(({ language }) => language === 'sh'))
const pages = [...new Set(commands.map(({ page }) => page))]

let world: DocsWorld
beforeAll(async () => {
  world = await startDocsWorld(commands)
})
afterAll(() => world.close())

describe('every command of the docs', () => {
  it.each(pages)('runs in %s', { timeout: 300_000 }, async (page) => {
    const folder = await world.openPage(isFresh(page))
    try {
      for (const block of commands.filter((command) => command.page === page)) {
        if (ELSEWHERE.some((place) => begins(block, place))) continue
        const before = BEFORE.find((place) => begins(block, place))
        if (before !== undefined) await folder.run({ ...block, code: before.commands })
        const { exitCode, stderr, stdout } = await folder.run(block)
        const place = `${page}:${block.line}\n${block.code}\n${stderr}\n${stdout}`
        expect(exitCode, place).toBe(0)
        const shown = ANSWERS.find((answer) => answer.page === page && begins(block, answer))
        if (shown?.json !== undefined) expect(JSON.parse(stdout)).toMatchObject(shown.json)
        if (shown?.stdout !== undefined) expect(stdout).toMatch(shown.stdout)
      }
    } finally {
      await folder.close()
    }
  })

  it('runs here or in another test', () => {
    const unused = [...ELSEWHERE, ...ANSWERS, ...BEFORE].filter(
      (place) => !commands.some((block) => begins(block, place)),
    )
    expect(unused).toEqual([])
    for (const { test } of ELSEWHERE) expect(readPage(test[0])).toContain(test[1])
  })

  it.each(Object.entries(WRANGLER_CALLS))('uses only flags that wrangler %s has', (call, flags) => {
    const found = listWranglerFlags(call)
    expect(flags.filter((flag) => !found.includes(flag))).toEqual([])
  })
})

/** Lists the flags that the installed wrangler shows for a call. One `--help` takes seconds. */
function listWranglerFlags(call: string): readonly string[] {
  const { registry, globalFlags } = experimental_getWranglerCommands()
  const [first = '', ...rest] = call.split(' ')
  const node = rest.reduce((at, word) => at?.subtree.get(word), registry.subtree.get(first))
  if (node?.definition?.type !== 'command') throw new Error(`wrangler has no command ${call}`)
  return Object.entries({ ...globalFlags, ...node.definition.args })
    .filter(([, flag]) => !('hidden' in flag && flag.hidden === true))
    .map(([name]) => `--${name}`)
}
