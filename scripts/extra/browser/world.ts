/**
 * What the browser check and the screenshots run against: a dev issuer with people, a gateway with a
 * trust document, and decisions of jobs. All are processes of the built package.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Started, startProcess } from '../../processes.ts'
import { type DocumentOptions, makeDocument, makePolicy } from './document.ts'
import { type Exchanged, exchange, JOBS } from './jobs.ts'

const CLI = join(import.meta.dirname, '../../../dist/cli/shell/main.js')
const AUDIENCE = 'https://sts.example.com'

export type World = {
  /** The URL of the console, with a slash at the end. */
  readonly console: string
  /** Runs one of the jobs. */
  readonly run: (job: number) => Promise<Exchanged>
  readonly stop: () => Promise<void>
}

export type WorldOptions = {
  /** Undefined: the gateway has no trust document. */
  readonly document?: DocumentOptions
  /** False: without `ADMIN_LOGIN`. */
  readonly hasLogin?: boolean
  /** What the policy gives to everyone. Without it, everyone is an owner. */
  readonly scopes?: readonly string[]
  /** How often every job runs at the start. */
  readonly rounds?: number
}

export async function startWorld({
  document,
  hasLogin = true,
  scopes,
  rounds = 0,
}: WorldOptions): Promise<World> {
  const scratch = mkdtempSync(join(tmpdir(), 'edgemint-browser-'))
  const started: Started[] = []
  const stop = async () => {
    for (const one of started.reverse()) await one.stop()
    rmSync(scratch, { recursive: true, force: true })
  }
  const start = async (args: readonly string[], environment = ENVIRONMENT) => {
    const one = await startProcess(process.execPath, [CLI, ...args], environment)
    started.push(one)
    return one.ready
  }
  try {
    const issuer = String((await start(['dev-issuer', '--port', '0'])).issuer)
    const trust = join(scratch, 'trust.json')
    if (document !== undefined) {
      writeFileSync(trust, JSON.stringify(makeDocument(issuer, AUDIENCE, document)))
    }
    const people = `${issuer}/people`
    const args = [
      ...['serve', '--port', '0', '--local-issuers', '--state', join(scratch, 'state')],
      ...(document === undefined ? [] : ['--trust', trust]),
      ...(hasLogin ? ['--admin-login', people] : []),
    ]
    const policy = scopes && { BOOTSTRAP_TRUST: makePolicy(people, scopes) }
    const ready = await start(args, { ...ENVIRONMENT, ...policy })
    const places = { issuer, gateway: String(ready.url), audience: AUDIENCE }
    const run = async (index: number) => {
      const job = JOBS[index]
      if (job === undefined) throw new Error(`there is no job ${index}`)
      return exchange(job, places)
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const index of JOBS.keys()) await run(index)
    }
    return { console: `${String(ready.url)}/console/`, run, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** With every claim recorded, an explanation has every condition. */
const ENVIRONMENT = { DECISION_CLAIMS: 'all' }
