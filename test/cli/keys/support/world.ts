/** A gateway with some signing keys, and an `npx` that records what it is asked to store. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeEach } from 'vitest'
import type { KeyReport } from '../../../../src/contract/admin.ts'
import { type Asked, type Gateway, type Reply, startGateway } from '../../support/gateway.ts'
import { runCli, type Transcript } from '../../support/run.ts'

export const NOW = Math.floor(Date.now() / 1000)
export const HOUR = 3600
export const DAY = 24 * HOUR
/** The ids of keys: thumbprints have 43 characters. */
export const [OLD, NEXT, RSA] = ['o', 'n', 'r'].map((letter) => letter.repeat(43)) as [
  string,
  string,
  string,
]

export function key(change: Partial<KeyReport> = {}): KeyReport {
  return {
    kid: OLD,
    alg: 'ES256',
    secret: 'SIGNING_KEY_OLD',
    state: 'signing',
    default: change.alg === undefined,
    activates_at: NOW - 30 * DAY,
    retires_at: null,
    published_until: null,
    ...change,
  }
}

export const next = (change: Partial<KeyReport> = {}): KeyReport =>
  key({
    kid: NEXT,
    secret: 'SIGNING_KEY_NEXT',
    state: 'scheduled',
    default: false,
    activates_at: NOW + DAY,
    ...change,
  })

export const written = (seconds: number) =>
  new Date(seconds * 1000).toISOString().replace('.000', '')

/** One call of the recorded `npx`. */
type Call = { readonly args: readonly string[]; readonly stdin: string }

export type KeyWorld = {
  readonly gateway: Gateway
  readonly folder: string
  /** Sets the keys that the gateway reports and publishes. */
  readonly have: (keys: readonly KeyReport[], change?: Change) => void
  readonly calls: () => readonly Call[]
  /** Runs `edgemint keys`, with an admin token if `--url` is added by the caller. */
  readonly keys: (args: readonly string[]) => Promise<Transcript>
  /** The flags that name the gateway. */
  readonly flags: readonly string[]
  /** From then on, the recorded `npx` fails for this secret. */
  readonly failAt: (name: string) => void
}

export type Change = {
  readonly published?: readonly object[]
  readonly headers?: Readonly<Record<string, string>>
  readonly problems?: readonly { readonly variable: string; readonly message: string }[]
  readonly document?: object
  readonly revoked?: Reply | ((asked: Asked) => Reply)
}

const PROGRAM = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync } = require('node:fs')
const folder = __dirname
let stdin = ''
process.stdin.on('data', (chunk) => { stdin += chunk }).on('end', () => {
  const args = process.argv.slice(2)
  appendFileSync(folder + '/calls', JSON.stringify({ args, stdin }) + '\\n')
  console.log('Success! Uploaded secret ' + args[3])
  const broken = existsSync(folder + '/broken') ? readFileSync(folder + '/broken', 'utf8') : ''
  process.exitCode = args.includes(broken) ? 1 : 0
})
`

export async function prepareKeys(): Promise<KeyWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'edgemint-keys-'))
  writeFileSync(join(folder, 'npx'), PROGRAM)
  chmodSync(join(folder, 'npx'), 0o755)
  writeFileSync(join(folder, 'admin.jwt'), 'admin.token.x')
  const gateway = await startGateway()
  beforeEach(() => {
    for (const name of ['calls', 'broken']) rmSync(join(folder, name), { force: true })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const callsFile = join(folder, 'calls')
  return {
    gateway,
    folder,
    have: (keys, change = {}) => gateway.answer((asked) => answer(asked, keys, change)),
    calls: () => (existsSync(callsFile) ? readCalls(callsFile) : []),
    keys: (args) => {
      const environment = { PATH: `${folder}${delimiter}${process.env.PATH}` }
      return runCli(['keys', ...args], { environment })
    },
    flags: ['--url', gateway.url, '--token-file', join(folder, 'admin.jwt')],
    failAt: (name) => writeFileSync(join(folder, 'broken'), name),
  }
}

function readCalls(file: string): readonly Call[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Call)
}

function answer(asked: Asked, keys: readonly KeyReport[], change: Change): Reply {
  const { published, headers, problems = [], document, revoked } = change
  switch (`${asked.method} ${asked.path}`) {
    case 'GET /admin/v1/keys':
      return { status: 200, body: { keys, problems, warnings: [] } }
    case 'GET /jwks.json':
      return {
        status: 200,
        body: { keys: published ?? keys.map(({ kid, alg }) => ({ kid, alg, kty: 'EC' })) },
        headers: { 'cache-control': 'public, max-age=300', ...headers },
      }
    case 'GET /admin/v1/trust':
      return {
        status: 200,
        body: document ?? { version: 1, issuers: {}, resources: {}, rules: [] },
        headers: { etag: '"1"' },
      }
    case 'POST /admin/v1/revocations':
      if (typeof revoked === 'function') return revoked(asked)
      return revoked ?? { status: 200, body: { revoked_at: NOW, expires_at: NOW + DAY } }
    default:
      return { status: 404 }
  }
}
