/**
 * Runs the example of a user, an agent, a tool, a search service and a store. Dev issuer, gateway,
 * agent and services are separate processes.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Started, startProcess } from '../../scripts/processes.ts'
import { exchange, revoke } from '../../src/client/index.ts'
import { type DevIssuer, startDevIssuer } from '../../src/dev/index.ts'
import { freePort } from './support/docs/free-port.ts'
import { root } from './support/world.ts'

const CLI = join(root, 'dist/cli/shell/main.js')
const example = (file: string) => join(root, 'examples/mcp/chain', file)
const OWN = 'urn:ietf:params:oauth:token-type:access_token'
/** Longer than the verifier of the example remembers an answer, and than the log collects. */
const BOUND = { timeout: 40_000, interval: 200 }
/** Longer than an isolate keeps the published revocations, by which it issues. */
const EDGE_BOUND = { timeout: 45_000, interval: 500 }

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-chain-'))
const started: Started[] = []
let issuer: DevIssuer
let gateway: string
let resources: { readonly tool: string; readonly search: string; readonly store: string }

async function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const process_ = await startProcess(process.execPath, args, environment)
  started.push(process_)
  return String(process_.ready.url)
}

const file = (name: string) => join(scratch, name)

function mintPod(name: string, number: number): Promise<string> {
  const uid = `11111111-0000-4000-8000-00000000000${number}`
  const claims = {
    sub: `system:serviceaccount:agents:${name}`,
    'kubernetes.io': { namespace: 'agents', serviceaccount: { name, uid } },
  }
  return issuer.mint({ provider: 'kubernetes', audience: gateway, claims }, 'cluster')
}

const mintUser = () =>
  issuer.mint({ provider: 'generic-oidc', audience: gateway, claims: { sub: 'user-1' } }, 'people')

beforeAll(async () => {
  issuer = await startDevIssuer()
  const [tool, search, store] = [await freePort(), await freePort(), await freePort()]
  const urlOf = (port: string) => `http://127.0.0.1:${port}/`
  resources = { tool: urlOf(tool), search: urlOf(search), store: urlOf(store) }
  const trust = readFileSync(example('trust.yaml'), 'utf8')
    .replaceAll('http://127.0.0.1:7600', issuer.issuer)
    .replaceAll('http://127.0.0.1:8788/', resources.tool)
    .replaceAll('http://127.0.0.1:8789/', resources.search)
    .replaceAll('http://127.0.0.1:8080/', resources.store)
  writeFileSync(file('trust.yaml'), trust)
  const state = ['--port', '0', '--state', file('state'), '--trust', file('trust.yaml')]
  gateway = await start([CLI, 'serve', ...state, '--local-issuers'])
  writeFileSync(file('user.jwt'), await mintUser())
  writeFileSync(file('agent-pod.jwt'), await mintPod('assistant', 1))
  writeFileSync(file('tool-pod.jwt'), await mintPod('tool', 2))
  writeFileSync(file('search-pod.jwt'), await mintPod('search', 3))
  const service = (port: string, more: Readonly<Record<string, string>>) =>
    start([example('server.ts')], { ISSUER: gateway, RESOURCE: urlOf(port), PORT: port, ...more })
  const pod = (name: string) => file(`${name}-pod.jwt`)
  await service(tool, { NEXT: resources.search, POD_TOKEN: pod('tool') })
  await service(search, { NEXT: resources.store, POD_TOKEN: pod('search') })
  await service(store, {})
})
afterAll(async () => {
  for (const process_ of started.reverse()) await process_.stop()
  await issuer?.close()
  rmSync(scratch, { recursive: true, force: true })
})

type Held = {
  readonly subject: string
  readonly actors: readonly { readonly iss: string; readonly sub: string }[]
  readonly scopes: readonly string[]
  readonly expiresAt: number
  readonly next?: Held
}

/** Runs the agent. It keeps its token in a file. */
function runAgent(): Promise<{ readonly status: string; readonly held: Held }> {
  const env = { ISSUER: gateway, TOOL: resources.tool }
  const args = [example('agent.ts'), ...['user.jwt', 'agent-pod.jwt', 'agent.jwt'].map(file)]
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env }, (_, stdout) => {
      const [status = '', text = '{}'] = stdout.trim().split(/ (.*)/)
      resolve({ status, held: JSON.parse(text) as Held })
    })
  })
}

async function statusAt(resource: string, token: string): Promise<number> {
  return (await fetch(resource, { headers: { authorization: `Bearer ${token}` } })).status
}

async function introspect(token: string): Promise<Record<string, unknown>> {
  const body = new URLSearchParams({ token })
  const answer = await fetch(`${gateway}/introspect`, { method: 'POST', body })
  return (await answer.json()) as Record<string, unknown>
}

/** The tokens of the three hops, as the agent and the services get them. */
async function makeChain(): Promise<readonly (readonly [resource: string, token: string])[]> {
  const first = await exchange({
    url: gateway,
    resource: resources.tool,
    subjectToken: await mintUser(),
    actorToken: await mintPod('assistant', 1),
  })
  const next = async (resource: string, subjectToken: string, actorToken: string) =>
    (await exchange({ url: gateway, resource, subjectToken, subjectTokenType: OWN, actorToken }))
      .accessToken
  const second = await next(resources.search, first.accessToken, await mintPod('tool', 2))
  const third = await next(resources.store, second, await mintPod('search', 3))
  return [
    [resources.tool, first.accessToken],
    [resources.search, second],
    [resources.store, third],
  ]
}

describe('the chain of the example', () => {
  it('TE-42 names the user and everybody who acted, and each hop holds less', async () => {
    const { status, held } = await runAgent()
    expect(status).toBe('200')
    const hops = [held, held.next, held.next?.next].map((hop) => hop as Held)
    const iss = `${issuer.issuer}/cluster`
    const actor = (name: string) => ({ iss, sub: `system:serviceaccount:agents:${name}` })
    expect(hops.map(({ actors }) => actors)).toEqual([
      [actor('assistant')],
      [actor('tool'), actor('assistant')],
      [actor('search'), actor('tool'), actor('assistant')],
    ])
    expect(hops.map(({ subject }) => subject)).toEqual(Array(3).fill('people:user-1'))
    expect(hops.map(({ scopes }) => scopes.length)).toEqual([3, 2, 1])
    const [first = 0, second = 0, third = 0] = hops.map(({ expiresAt }) => expiresAt)
    expect(first).toBeGreaterThan(second)
    expect(second).toBeGreaterThan(third)
  })

  it('REV-05 ends with its parent: everywhere, and for every further hop', {
    timeout: 60_000,
  }, async () => {
    const chain = await makeChain()
    for (const [resource, token] of chain) {
      expect(await statusAt(resource, token)).toBe(200)
      expect(await introspect(token)).toMatchObject({ active: true, act: expect.anything() })
    }
    const [[, parent] = ['', '']] = chain
    await revoke({ url: gateway, token: parent })
    for (const [resource, token] of chain) {
      expect(await introspect(token)).toEqual({ active: false })
      await vi.waitFor(async () => expect(await statusAt(resource, token)).toBe(401), BOUND)
    }
    const [, [, second] = ['', '']] = chain
    const again = async () =>
      exchange({
        url: gateway,
        resource: resources.store,
        subjectToken: second,
        subjectTokenType: OWN,
        actorToken: await mintPod('search', 3),
      })
    const refused = { code: 'invalid_request', description: 'the subject token was not accepted' }
    await vi.waitFor(() => expect(again()).rejects.toMatchObject(refused), EDGE_BOUND)
  })

  it('refuses the agent when its own token is revoked', async () => {
    await runAgent()
    await revoke({ url: gateway, token: readFileSync(file('agent.jwt'), 'utf8') })
    await vi.waitFor(async () => expect((await runAgent()).status).toBe('401'), BOUND)
  })

  it('refuses a pod that is not the next one of the chain', async () => {
    const [[, parent] = ['', '']] = await makeChain()
    const wrong = exchange({
      url: gateway,
      resource: resources.search,
      subjectToken: parent,
      subjectTokenType: OWN,
      actorToken: await mintPod('search', 3),
    })
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_request' })
    const alone = exchange({
      url: gateway,
      resource: resources.search,
      subjectToken: parent,
      subjectTokenType: OWN,
    })
    await expect(alone).rejects.toMatchObject({ code: 'invalid_request' })
  })

  it('is refused at a service without an actor', async () => {
    const user = exchange({
      url: gateway,
      resource: resources.tool,
      subjectToken: await mintUser(),
    })
    await expect(user).rejects.toMatchObject({ code: 'invalid_request' })
    expect(decodeJwt((await makeChain())[0]?.[1] ?? '')).toHaveProperty('act')
  })

  it('has a trust document without unresolved findings', async () => {
    const args = [CLI, 'lint', example('trust.yaml'), '--local-issuers']
    const said = await new Promise<string>((resolve) => {
      const env = { PATH: process.env.PATH ?? '' }
      execFile(process.execPath, args, { env }, (_, stdout, stderr) => resolve(stdout + stderr))
    })
    expect(said).toContain('0 unresolved findings')
  })
})
