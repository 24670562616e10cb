/**
 * Follows each page of docs/platforms: applies its rule, and runs its commands in a job of its
 * platform. Compares the refusal of a near miss with the page. `UPDATE_DOCS=1` writes the refusals
 * into the pages.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Started, startProcess } from '../../scripts/processes.ts'
import { isBlocking, lint } from '../../src/analysis/lint/lint.ts'
import { compileTrust } from '../../src/core/policy/compile/compile.ts'
import { type Claims, type DevIssuer, startDevIssuer } from '../../src/dev/index.ts'
import { compileCache } from '../support/compile-cache.ts'
import { freePort } from './support/docs/free-port.ts'
import { type Block, readBlocks, readPage } from './support/docs/pages.ts'
import { collectScripts } from './support/docs/pipelines.ts'
import { type Job, startJob } from './support/docs/platform-job.ts'
import { PLATFORM_PAGES, type PlatformRow } from './support/docs/platform-table.ts'
import { writeShims } from './support/docs/shims.ts'
import { root } from './support/world.ts'

const GATEWAY = 'https://sts.example.com'
/** The API of all pages: its URI has a path, as the pages advise. */
const API = 'https://api.example.com/v1'
const MAX_LINES = 90
const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]+/
/** 2026-11-24, when the pages were written, so that no rule in them has ended. */
const AT = 1_795_478_400

type Issuers = Readonly<Record<string, { readonly issuer?: string }>>
type Document = {
  readonly issuers: Issuers
  readonly resources: Readonly<Record<string, unknown>>
  readonly rules: readonly object[]
}

const pathOf = ({ page }: PlatformRow) => `docs/platforms/${page}.md`

function findBlock(row: PlatformRow, language: string, tag: string): Block | undefined {
  return readBlocks(pathOf(row)).find((block) => block.language === language && block.tag === tag)
}

const trustOf = (row: PlatformRow) => parse(findBlock(row, 'yaml', '')?.code ?? '') as Document

let scratch: string
let bin: string
let issuer: DevIssuer
let gateway: Started
let api: Started
let url: string

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'edgemint-platforms-'))
  bin = writeShims(scratch)
  issuer = await startDevIssuer()
  url = `http://127.0.0.1:${await freePort()}`
  const trustFile = join(scratch, 'trust.json')
  writeFileSync(trustFile, JSON.stringify(joinDocuments()))
  const flags = ['--port', new URL(url).port, '--state', join(scratch, 'state')]
  const serve = [join(root, 'dist/cli/shell/main.js'), 'serve', ...flags, '--local-issuers']
  gateway = await startProcess(process.execPath, [...serve, '--trust', trustFile])
  api = await startProcess(process.execPath, [join(root, 'scripts/demo-api.ts')], {
    ISSUER: url,
    AUDIENCE: API,
  })
})
afterAll(async () => {
  await api.stop()
  await gateway.stop()
  await issuer.close()
  rmSync(scratch, { recursive: true, force: true })
})

/**
 * Joins all pages into one document. Issuer names are unique, so each rule applies only to its own
 * page.
 */
function joinDocuments(): object {
  const documents = PLATFORM_PAGES.map(trustOf)
  const issuers = documents.flatMap((document) => Object.entries(document.issuers))
  return {
    version: 1,
    issuers: Object.fromEntries(
      issuers.map(([name, entry]) => [name, { ...entry, issuer: `${issuer.issuer}/${name}` }]),
    ),
    resources: { [API]: { scopes: ['deploy:read', 'deploy:write'] } },
    rules: documents.flatMap(({ rules }) => rules),
  }
}

type Ran = { readonly stdout: string; readonly stderr: string; readonly exitCode: number }

/**
 * Runs the commands of the page in a job whose token has these claims. `shellFlags` are those that
 * the platform adds.
 */
async function runJob(row: PlatformRow, claims: Claims, shellFlags: string[] = []): Promise<Ran> {
  const local = (text: string) => text.replaceAll(GATEWAY, url)
  const mint = (asked: string) => {
    const expected = row.asks ?? GATEWAY
    if (local(asked) !== local(expected)) throw new Error(`unexpected audience ${asked}`)
    const audience = row.audience ?? local(asked)
    return issuer.mint({ provider: row.provider, audience, claims }, row.issuer)
  }
  const job = await startJob(scratch, mint)
  try {
    for (const { tag, code } of readBlocks(pathOf(row)).filter(
      ({ language }) => language === 'js',
    )) {
      job.writeFile(tag, local(code))
    }
    const pipeline: unknown = parse(findBlock(row, 'yaml', 'pipeline')?.code ?? '')
    const written = findBlock(row, 'sh', '')?.code ?? collectScripts(pipeline).join('\n')
    const lines = row.upload?.(written) ?? written
    const environment = {
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      HOME: job.folder,
      ...compileCache(),
      DOCS_HOSTS: JSON.stringify({ [API]: String(api.ready.url) }),
      DOCS_PLATFORM: job.commands,
      ...(await row.prepare(job, pipeline)),
    }
    const strict = row.keepsGoing === true ? [] : ['-euo', 'pipefail']
    return await runLines(local(lines), job.folder, environment, [...shellFlags, ...strict])
  } finally {
    await job.close()
  }
}

function runLines(
  lines: string,
  cwd: string,
  env: Record<string, string>,
  shellFlags: readonly string[],
): Promise<Ran> {
  const flags = ['--norc', ...shellFlags, '-c', lines]
  return new Promise((resolve) => {
    execFile('bash', flags, { cwd, env }, (error, stdout, stderr) =>
      resolve({ stdout, stderr, exitCode: error === null ? 0 : Number(error.code ?? 1) }),
    )
  })
}

describe('docs/platforms', () => {
  it('has a page for each row, a row for each page, and an index of all pages', () => {
    const pages = readdirSync(join(root, 'docs/platforms')).filter((name) => name !== 'README.md')
    expect(pages.toSorted()).toEqual(PLATFORM_PAGES.map(({ page }) => `${page}.md`).toSorted())
    const index = readPage('docs/platforms/README.md')
    for (const page of pages) expect(index).toContain(`](${page}) |`)
  })
})

describe('docs/platforms/azure.md', () => {
  it('lets a pod on AKS call the API with its second rule', async () => {
    const pod = {
      page: 'azure',
      issuer: 'aks',
      provider: 'aks',
      nearMiss: {},
      prepare: async (job: Job) => ({
        EDGEMINT_SUBJECT_TOKEN_FILE: job.writeFile('token', await job.mint(GATEWAY)),
      }),
    }
    expect(await runJob(pod, {})).toMatchObject({ exitCode: 0 })
  })
})

describe('docs/platforms/jenkins.md', () => {
  it('keeps the tokens out of the log, to which Jenkins writes each command with its values', async () => {
    const row = PLATFORM_PAGES.find(({ page }) => page === 'jenkins')
    if (row === undefined) throw new Error('no row for Jenkins')
    const { stderr, exitCode } = await runJob(row, {}, ['-x'])
    expect(exitCode, stderr).toBe(0)
    expect(stderr).not.toMatch(JWT)
  })
})

const ROWS = PLATFORM_PAGES.map((row) => [row.page, row] as const)

// A job starts several processes, and the machine can be busy.
describe.each(ROWS)('%s.md', { timeout: 120_000 }, (_, row) => {
  it('is short and has a rule, commands, a refusal and traps, in this order', () => {
    const page = readPage(pathOf(row))
    expect(page.split('\n').length).toBeLessThan(MAX_LINES)
    expect(page).toContain('[apply it](README.md#where-the-rule-goes)')
    const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual(['The rule', expect.any(String), 'When it is refused', 'Traps'])
    const lines = readBlocks(pathOf(row)).filter(({ language, tag }) =>
      ['sh', 'yaml pipeline'].includes(`${language} ${tag}`.trim()),
    )
    expect(lines.length).toBe(1)
  })

  it('has a rule that compiles and has no unresolved findings', () => {
    const compiled = compileTrust(trustOf(row), {
      gatewayIssuer: GATEWAY,
      maxTokenLifetimeSeconds: 3600,
      maxRuleExpirySeconds: undefined,
      localIssuers: false,
    })
    if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
    expect(lint(compiled.trust, { at: AT }).filter(isBlocking)).toEqual([])
  })

  it('lets a job call the API with the token of its platform', async () => {
    const { stdout, stderr, exitCode } = await runJob(row, {})
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ deployments: expect.any(Array) })
  })

  it('shows the exact refusal of a near miss', async () => {
    const { stdout, stderr, exitCode } = await runJob(row, row.nearMiss)
    expect([stdout, exitCode]).toEqual(['', 1])
    // The runner of GitHub takes masks out of the log.
    const log = stderr.replaceAll(/^::add-mask::.*\n/gm, '')
    const said = log.replaceAll(/dec_[\w-]{22}/g, 'dec_…')
    const shown = findBlock(row, 'text', 'refusal')?.code
    if (process.env.UPDATE_DOCS === '1') {
      const [before, after] = readPage(pathOf(row)).split(`\`\`\`text refusal\n${shown}\`\`\``)
      const page = `${before}\`\`\`text refusal\n${said}\`\`\`${after}`
      writeFileSync(join(root, pathOf(row)), page)
    } else {
      expect(said).toBe(shown)
    }
  })
})
