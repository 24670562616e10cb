/**
 * Starts the servers that the docs use: a dev issuer, `edgemint serve` with examples/trust.yaml and
 * the example API. Makes a folder for each page with the files that its commands name.
 */
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startProcess } from '../../../../scripts/processes.ts'
import { startDevIssuer } from '../../../../src/dev/issuer/issuer.ts'
import { giveSigningKey } from '../../../support/canary/keys.ts'
import { lookAtState } from '../../../support/canary/programs.ts'
import { look } from '../../../support/canary/watch.ts'
import { compileCache } from '../../../support/compile-cache.ts'
import { REQUEST_SECRET } from '../platform-server.ts'
import { API, ID_TOKEN, root, TOKEN_EXCHANGE } from '../world.ts'
import { freePort } from './free-port.ts'
import type { Block } from './pages.ts'
import { startJob } from './platform-job.ts'
import { type Places, rewrite } from './rewrite.ts'
import { writeScripts, writeShims } from './shims.ts'
import { extendTrust, findResources } from './trust-of-the-docs.ts'

type Ran = {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

type DocsPage = {
  /** Runs one block in the folder of the page, with the files of the blocks before it. */
  readonly run: (block: Block) => Promise<Ran>
  readonly close: () => Promise<void>
}

export type DocsWorld = {
  /** Opens a page whose reader has the examples, or whose reader begins in an empty folder. */
  readonly openPage: (isEmpty?: boolean) => Promise<DocsPage>
  readonly close: () => Promise<void>
}

const CLI = join(root, 'dist/cli/shell/main.js')
/** Longer than any command of the docs on a busy machine. */
const BLOCK_MILLISECONDS = 90_000
const END_MILLISECONDS = 15_000
const EXAMPLE = /\.(ya?ml|json|md|ts)$/

export async function startDocsWorld(blocks: readonly Block[]): Promise<DocsWorld> {
  const scratch = mkdtempSync(join(tmpdir(), 'edgemint-docs-'))
  const issuer = await startDevIssuer()
  const gatewayUrl = `http://127.0.0.1:${await freePort()}`
  const places = {
    gateway: gatewayUrl,
    devIssuerPort: new URL(issuer.issuer).port,
    servePort: new URL(gatewayUrl).port,
    ports: { 8080: await freePort(), 8788: await freePort(), 8789: await freePort() },
  }
  const example = readFileSync(join(root, 'examples/trust.yaml'), 'utf8')
  const trustFile = join(scratch, 'trust.yaml')
  const rewritten = rewrite(example, { ...places, api: API, awsSts: '', folder: scratch })
  writeFileSync(trustFile, extendTrust(rewritten, findResources(blocks)))
  const flags = ['--port', places.servePort, '--state', join(scratch, 'state'), '--local-issuers']
  await giveSigningKey(join(scratch, 'state'))
  const gateway = await startProcess(
    process.execPath,
    [CLI, 'serve', ...flags, '--trust', trustFile],
    { BOOTSTRAP_TRUST: JSON.stringify(adminPolicy(issuer.issuer)) },
  )
  const api = await startProcess(process.execPath, [join(root, 'scripts/demo-api.ts')], {
    ISSUER: gatewayUrl,
    AUDIENCE: API,
  })
  const apiUrl = String(api.ready.url)
  const bin = writeShims(scratch)
  // The commands run in a GitHub Actions job that the rule of the example allows.
  const job = await startJob(scratch, (audience) =>
    issuer.mint({ provider: 'github-actions', audience }, 'github'),
  )

  const mint = () => issuer.mint({ provider: 'github-actions', audience: gatewayUrl }, 'github')

  async function exchange(resource: string): Promise<string> {
    const body = new URLSearchParams({
      grant_type: TOKEN_EXCHANGE,
      subject_token: await mint(),
      subject_token_type: ID_TOKEN,
      resource,
    })
    const response = await fetch(`${gatewayUrl}/token`, { method: 'POST', body })
    const answer = (await response.json()) as { access_token?: string }
    if (answer.access_token === undefined) throw new Error(JSON.stringify(answer))
    return answer.access_token
  }

  /** The files that the commands of most pages name. */
  async function fillFolder(folder: string, here: Places): Promise<void> {
    rewriteExamples(folder, here)
    writeFileSync(join(folder, 'trust.yaml'), readFileSync(trustFile))
    const admin = await exchange(gatewayUrl)
    writeFileSync(join(folder, 'token.jwt'), await mint())
    // With the line end that the command line prints after a token.
    writeFileSync(join(folder, 'admin.jwt'), `${admin}\n`)
    writeFileSync(join(folder, 'issued.jwt'), `${await exchange(API)}\n`)
  }

  async function openPage(isEmpty = false): Promise<DocsPage> {
    const folder = mkdtempSync(join(scratch, 'page-'))
    const servers = join(folder, '.servers')
    const own = { servePort: await freePort(), devIssuerPort: await freePort() }
    let here: Places = { ...places, api: apiUrl, awsSts: job.commands, folder }
    writeFileSync(servers, '')
    if (!isEmpty) {
      writeScripts(folder)
      cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true })
    }

    async function run(block: Block): Promise<Ran> {
      // A server that a page starts replaces the shared one for the rest of the page.
      if (starts('serve', block)) here = { ...here, servePort: own.servePort }
      if (starts('dev-issuer', block)) here = { ...here, devIssuerPort: own.devIssuerPort }
      if (!isEmpty) await fillFolder(folder, here)
      return runBlock(rewrite(block.code, here), folder, {
        PATH: `${bin}${delimiter}${process.env.PATH}`,
        HOME: folder,
        ...compileCache(),
        DOCS_HOSTS: JSON.stringify({ [API]: apiUrl }),
        DOCS_SERVERS: servers,
        DOCS_SERVE_PORT: own.servePort,
        DOCS_DEV_ISSUER_PORT: own.devIssuerPort,
        DOCS_PLATFORM: job.commands,
        ACTIONS_ID_TOKEN_REQUEST_URL: `${job.url}/github?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_SECRET,
      })
    }
    async function close(): Promise<void> {
      await endServers(servers)
      lookAtServers(folder)
    }
    return { run, close }
  }

  return {
    openPage,
    async close() {
      await job.close()
      await api.stop()
      await gateway.stop()
      await issuer.close()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

/** The policy lets the job of the examples administer this gateway. */
function adminPolicy(devIssuer: string) {
  return {
    issuers: { github: { provider: 'github-actions', issuer: `${devIssuer}/github` } },
    rules: [
      {
        name: 'administer',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'github',
        when: { repository_owner_id: '1234567', repository_id: '456789012' },
        grant: {
          scopes: ['trust:read', 'trust:write', 'revocations:write', 'decisions:read'],
          lifetime: '10m',
        },
      },
    ],
  }
}

function starts(server: string, { code }: Block): boolean {
  return new RegExp(`edgemint ${server}\\b(?! --help)`).test(code)
}

function rewriteExamples(folder: string, places: Places): void {
  for (const path of readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })) {
    if (!EXAMPLE.test(path)) continue
    const text = readFileSync(join(root, 'examples', path), 'utf8')
    writeFileSync(join(folder, 'examples', path), rewrite(text, places))
  }
}

/**
 * Runs one block as a script. Variables that it sets are available in the next block of the page.
 */
function runBlock(
  code: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<Ran> {
  const variables = join(folder, '.variables')
  const before = existsSync(variables) ? `source '${variables}'\n` : ''
  // `wait` lets background commands of a block finish before the next block.
  const script = `set -a\n${before}set +a\nset -a\n${code}\nset +a\nwait\nexport -p > '${variables}'\n`
  return new Promise((resolve) => {
    const options = { cwd: folder, env: environment, timeout: BLOCK_MILLISECONDS }
    const flags = ['--norc', '-euo', 'pipefail', '-c', script]
    const child = execFile('bash', flags, options, (error, out, err) =>
      resolve({ stdout: out, stderr: err, exitCode: error === null ? 0 : Number(error.code ?? 1) }),
    )
    child.stdin?.end()
  })
}

/**
 * Searches the output and the state of the servers of a page for the canary. They are not child
 * processes of the test.
 */
function lookAtServers(folder: string): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, path)
    if (basename(path) === 'signing-key.json') lookAtState(dirname(file))
    if (!/^\.[\w-]+\/(out|err)$/.test(path)) continue
    for (const line of readFileSync(file, 'utf8').split('\n')) look('lines of programs', path, line)
  }
}

/** Ends the servers of a page and waits for them, because their files are removed next. */
async function endServers(registry: string): Promise<void> {
  const lines = readFileSync(registry, 'utf8').trim().split('\n')
  const pids = lines.map((line) => Number(line.split(' ')[1] ?? 0)).filter((pid) => pid > 0)
  for (const pid of pids) send(pid, 'SIGTERM')
  const until = Date.now() + END_MILLISECONDS
  while (pids.some((pid) => send(pid, 0)) && Date.now() < until) await wait(50)
  for (const pid of pids) send(pid, 'SIGKILL')
}

/** Returns whether the process existed. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
