/**
 * A gateway whose administrators are people of the dev issuer, and the command line as a process of
 * a user with a state directory of their own.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { type Started, startProcess } from '../../../scripts/processes.ts'
import { run } from '../../../src/cli/shell/run.ts'
import { type DevIssuer, startDevIssuer } from '../../../src/dev/issuer/issuer.ts'
import { createBrowser } from '../../support/browser.ts'
import { giveSigningKey } from '../../support/canary/keys.ts'
import { compileCache } from '../../support/compile-cache.ts'
import { CLI } from '../support/job.ts'
import { root, runCli, type Transcript } from '../support/run.ts'

type Values = Readonly<Record<string, string>>

type Running = {
  /** Resolves to the first match in stderr. Rejects if the command ends without it. */
  readonly said: (pattern: RegExp) => Promise<string>
  readonly ended: Promise<Transcript>
}

/** A user of a machine. */
export type User = {
  readonly state: string
  /** Starts a command in this process, which is faster and has the sources of today. */
  readonly start: (args: readonly string[], environment?: Values) => Running
  /** Starts the built program. */
  readonly startProgram: (args: readonly string[]) => Running
  readonly run: (...args: readonly string[]) => Promise<Transcript>
  /** Logs in with the browser. `person` is who is chosen there; `undefined` refuses. */
  readonly logIn: (person?: string, ...flags: readonly string[]) => Promise<Transcript>
  /** For tests of what comes after a login. */
  readonly logInHere: (person: string, url?: string) => Promise<void>
  /** The path of the only session, or undefined. */
  readonly file: () => string | undefined
  readonly session: () => Record<string, unknown>
  readonly change: (members: Readonly<Record<string, unknown>>) => void
}

export type PeopleWorld = {
  readonly dev: DevIssuer
  /** Those of the gateway. */
  readonly settings: Values
  readonly url: string
  readonly newUser: () => User
  /** Sets faults of the provider until the test ends. */
  readonly behave: (members: Values) => Promise<void>
  readonly startGateway: (environment: Values) => Promise<Started>
  readonly close: () => Promise<void>
}

/** `ada` is an owner, `grace` a viewer, and `guest` nothing. */
export function policyOf(issuer: string): string {
  const rule = { owner: 'platform@example.com', expires: '2099-12-31', from: 'people' }
  const grant = (role: string) => ({ scopes: [role], lifetime: '10m' })
  return JSON.stringify({
    issuers: { people: { provider: 'generic-oidc', issuer, audience: 'edgemint' } },
    rules: [
      { ...rule, name: 'owners', when: { sub: 'ada' }, grant: grant('owner') },
      { ...rule, name: 'viewers', when: { sub: 'grace' }, grant: grant('viewer') },
    ],
  })
}

export async function startPeopleWorld(): Promise<PeopleWorld> {
  const scratch = mkdtempSync(join(tmpdir(), 'edgemint-people-'))
  const dev = await startDevIssuer()
  const issuer = `${dev.issuer}/people`
  const gateways: Started[] = []
  let count = 0
  const startGateway = async (environment: Values) => {
    count += 1
    const state = join(scratch, `gateway-${count}`)
    await giveSigningKey(state)
    const flags = ['--port', '0', '--state', state, '--local-issuers']
    const started = await startProcess(process.execPath, [CLI, 'serve', ...flags], environment)
    gateways.push(started)
    return started
  }
  const login = { issuer, client_id: 'edgemint', scopes: ['openid', 'offline_access'] }
  const settings = { BOOTSTRAP_TRUST: policyOf(issuer), ADMIN_LOGIN: JSON.stringify(login) }
  const gateway = await startGateway(settings)
  const url = String(gateway.ready.url)
  return {
    dev,
    url,
    settings,
    startGateway,
    newUser: () => createUser(mkdtempSync(join(scratch, 'user-')), url),
    async behave(members) {
      const body = JSON.stringify(members)
      const response = await fetch(`${issuer}/behave`, { method: 'POST', body })
      if (!response.ok) throw new Error(await response.text())
    },
    async close() {
      for (const { stop } of gateways) await stop()
      await dev.close()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

/** The page of the provider, as the command prints it. */
export const AUTHORIZE = /http\S+\/authorize\?\S+/

export const NORMAL = {
  discovery: 'normal',
  sign_in: 'normal',
  id_token: 'normal',
  refresh_token: 'normal',
} as const

function createUser(home: string, url: string): User {
  const state = join(home, 'state')
  const directory = join(state, 'edgemint')
  const own = { XDG_STATE_HOME: state, HOME: home }
  const start: User['start'] = (args, environment = {}) =>
    startHere(args, { ...own, ...environment })
  const file = () => {
    const names = existsSync(directory) ? readdirSync(directory) : []
    const name = names.find((one) => one.endsWith('.json'))
    return name === undefined ? undefined : join(directory, name)
  }
  const session = () => JSON.parse(readFileSync(file() ?? '', 'utf8')) as Record<string, unknown>
  return {
    state,
    start,
    startProgram: (args) => startProgram(args, own),
    file,
    session,
    run: (...args) => runCli([...args, '--url', url], { environment: own }),
    change: (members) => writeFileSync(file() ?? '', JSON.stringify({ ...session(), ...members })),
    async logInHere(person, at = url) {
      const running = start(['login', '--url', at, '--browser'])
      await chooseAt(await running.said(AUTHORIZE), person)
      if ((await running.ended).exitCode !== 0) throw new Error(`${person} cannot log in`)
    },
    async logIn(person, ...flags) {
      const running = start(['login', '--url', url, '--browser', ...flags])
      await chooseAt(await running.said(AUTHORIZE), person)
      return running.ended
    },
  }
}

/** Goes to a page of the provider, chooses a person, and follows the way back to the command. */
export async function chooseAt(page: string, person: string | undefined): Promise<string> {
  const browser = createBrowser()
  const choice: Values = person === undefined ? { deny: 'yes' } : { person }
  const answer = await browser.submit(await browser.open(page), choice)
  if (answer.location === undefined) return answer.text
  return (await fetch(answer.location)).text()
}

function startHere(args: readonly string[], environment: Values): Running {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const exit = run(args, { stdin: Readable.from([]), stdout, stderr, environment }).finally(() => {
    stdout.end()
    stderr.end()
  })
  return watch(stdout, stderr, exit)
}

function startProgram(args: readonly string[], environment: Values): Running {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...compileCache(), ...environment },
  })
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve))
  return watch(child.stdout, child.stderr, exit)
}

function watch(out: Readable, err: Readable, exit: Promise<number | null>): Running {
  let stdout = ''
  let stderr = ''
  out.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  err.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ends = [exit, finished(out), finished(err)] as const
  const ended = Promise.all(ends).then(([exitCode]) => ({ stdout, stderr, exitCode }))
  const said: Running['said'] = (pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const [found] = pattern.exec(stderr) ?? []
        // The line must be complete.
        if (found !== undefined && stderr.includes(`${found}\n`)) resolve(found)
      }
      err.on('data', look)
      err.once('end', () => reject(new Error(`ended without ${pattern}: ${stderr}`)))
      look()
    })
  return { said, ended }
}
