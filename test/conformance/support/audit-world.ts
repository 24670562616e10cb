/**
 * The gateway of docs/audit.md: its trust document is that of the page, and two decisions are in its
 * log. Outputs differ in times, ids and addresses, which are replaced by the words of the page.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import { EXIT_CODES } from '../../../src/cli/shell/exit-codes.ts'
import { spawnCli } from '../../cli/support/run.ts'
import { until } from '../../cli/support/serve.ts'
import { ADMIN_ISSUER_PATH, adminPolicy } from '../../support/admin-policy.ts'
import { type Block, readBlocks } from './docs/pages.ts'
import { startWorld } from './world.ts'

export const PAGE = 'docs/audit.md'
const GATEWAY = 'https://sts.example.com'
const RESOURCE = 'https://api.example.com/v1'
const SAMPLE_DECISION = 'dec_AQGiIpBI__ARrf0R24hOWA'
const SAMPLE_MOMENT = '2026-11-28T18:48:19Z'
const DAY_MILLISECONDS = 86_400_000
/** On the page, the rule `preview` ends so many days after its examples. */
const ENDS_IN_DAYS = 9

type Rule = { readonly name: string; readonly grant?: object }

/** A command of the page and its answer: stdout, then stderr. */
export type Example = { readonly commands: readonly string[]; readonly answer: Block }

export function readExamples(): readonly Example[] {
  const blocks = readBlocks(PAGE)
  return blocks.flatMap((block, index) => {
    const answer = blocks[index + 1]
    if (block.language !== 'sh' || answer === undefined) return []
    return [{ commands: block.code.trimEnd().split('\n'), answer }]
  })
}

/** Replaces `*` in the name of a file by the files that are there, as a shell does. */
function expand(path: string): readonly string[] {
  const [start, end] = basename(path).split('*')
  if (start === undefined || end === undefined) return [path]
  const names = readdirSync(dirname(path)).toSorted()
  const found = names.filter((name) => name.startsWith(start) && name.endsWith(end))
  return found.map((name) => join(dirname(path), name))
}

/** The trust document of the page, for the dev issuer. */
function readTrust(issuerUrl: string): { readonly rules: readonly Rule[] } {
  const [block] = readBlocks(PAGE).filter(({ language }) => language === 'yaml')
  const document = parse(block?.code ?? '')
  Object.assign(document.issuers.github, { issuer: `${issuerUrl}/github`, audience: GATEWAY })
  const end = new Date(Date.now() + ENDS_IN_DAYS * DAY_MILLISECONDS).toISOString()
  for (const rule of document.rules) if (rule.name === 'preview') rule.expires = end.slice(0, 10)
  return document
}

/** The changed file of the page: the first rule grants one scope only. */
function narrow(document: ReturnType<typeof readTrust>): object {
  const [first, ...rest] = document.rules
  const grant = { ...first?.grant, scopes: ['deploy:read'] }
  return { ...document, rules: [{ ...first, grant }, ...rest] }
}

export async function startAuditWorld() {
  const world = await startWorld(
    (issuer) => ({ BOOTSTRAP_TRUST: adminPolicy(issuer), DECISION_SHARDS: '1' }),
    readTrust,
  )
  const folder = join(dirname(world.trustFile), 'audit')
  mkdirSync(folder)
  writeFileSync(join(folder, 'trust.yaml'), JSON.stringify(narrow(readTrust(world.issuer.issuer))))
  const tokenFile = join(folder, 'admin.jwt')
  const administrator = await world.issuer.mint(
    { provider: 'github-actions', audience: world.url(), claims: { environment: 'production' } },
    ADMIN_ISSUER_PATH,
  )
  const request = { method: 'POST', body: world.form(administrator, { resource: world.url() }) }
  const issued = (await (await fetch(`${world.url()}/token`, request)).json()) as {
    access_token: string
  }
  writeFileSync(tokenFile, issued.access_token)

  async function decide(claims: object): Promise<string> {
    const body = world.form(await world.mint({ claims: { ...claims } }), { resource: RESOURCE })
    const response = await fetch(`${world.url()}/token`, { method: 'POST', body })
    return ((await response.json()) as { decision_id: string }).decision_id
  }
  const denied = await decide({ repository_id: '7' })
  const granted = await decide({})
  const access = ['--url', world.url(), '--token-file', tokenFile]
  await until(async () => {
    const { stdout } = await spawnCli(['decisions', 'list', ...access, '--json'])
    return [denied, granted].every((id) => stdout.includes(id))
  })

  /** Runs one line of the page. */
  async function run(line: string): Promise<string> {
    const now = `${new Date().toISOString().slice(0, 19)}Z`
    const words = line
      .replaceAll(GATEWAY, world.url())
      .replaceAll(SAMPLE_DECISION, denied)
      .replaceAll(SAMPLE_MOMENT, now)
      .split(' ')
      .flatMap((word) =>
        /^(?:audit-export\b|admin\.jwt$|trust\.yaml$)/.test(word)
          ? expand(join(folder, word))
          : [word],
      )
    const [npx, edgemint, ...args] = words
    if (npx !== 'npx' || edgemint !== 'edgemint') throw new Error(`no command: ${line}`)
    const { stdout, stderr, exitCode } = await spawnCli(args)
    const isExpected = exitCode === EXIT_CODES.done || exitCode === EXIT_CODES.changesPending
    if (!isExpected) throw new Error(`${line}: exit code ${exitCode}\n${stderr}`)
    return `${stdout}${stderr}`
      .replaceAll(`${world.issuer.issuer}/github`, 'https://token.actions.githubusercontent.com')
      .replaceAll(world.url(), GATEWAY)
      .replaceAll(`${folder}/`, '')
      .replaceAll(denied, SAMPLE_DECISION)
  }
  return { run, close: () => world.close() }
}

/** Replaces what differs from run to run: times, ids, digests and sizes. */
function withoutVariables(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/g, 'TIME')
    .replaceAll(/\d{4}-\d\d-\d\d/g, 'DATE')
    .replaceAll(/duration_milliseconds: \d+/g, 'duration_milliseconds: NUMBER')
    .replaceAll(/\blocal:\S+/g, 'AUTHOR')
    .replaceAll(/dec_[\w-]{22}/g, 'DECISION')
    .replaceAll(/\d+ bytes/g, 'BYTES')
    .replaceAll(/\bbatches: 1 to \d+|\bbatches up to \d+/g, 'BATCHES')
    .replaceAll(/\b[\da-f]{64}\b/g, 'HEAD')
    .replaceAll(/\b\d{4} s {2}until/g, 'SECONDS s  until')
    .replaceAll(/\bin \d+ days/g, 'in DAYS')
    .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, 'UUID')
    .replaceAll(/(?<![\w-])[\w-]{43}(?![\w-])/g, 'KEY')
    .replaceAll(/(?<![\w-])[\w-]{22}(?![\w-])/g, 'ID')
}

/**
 * Whether an output is that of the page. A line `…` on the page stands for any lines, and `…` at the
 * end of a line for the rest of the line.
 */
export function matchesAnswer(output: string, answer: string): boolean {
  const pattern = withoutVariables(answer)
    .split('\n')
    .map((line) => {
      if (line === '…') return '(?:.*\\n)*?.*'
      const [start = '', rest] = line.split(/…$/)
      return `${start.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}${rest === undefined ? '' : '.*'}`
    })
    .join('\n')
  return new RegExp(`^${pattern}$`).test(withoutVariables(output))
}
