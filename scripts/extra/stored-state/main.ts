/**
 * Makes the stored state of release 0.2.0 with the gateway, dev issuer, command line and client of
 * that release. `test/vectors/stored-0.2.0/README.md` describes its use. Writes what the gateway
 * stored and its responses, but no token and no private key.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { deriveKey } from '../../../test/support/derived-keys.ts'
import { startProcess } from '../../processes.ts'
import { exchange, GATEWAY, makeAttempts, signSubject, tryAttempt } from './attempts.ts'
import { copyObjects } from './copy-objects.ts'
import { API, FILES, makeDocuments, makePolicy } from './documents.ts'

/** Below the ephemeral ports of systems, so no server listens there in a test. */
const ISSUER_PORT = 20_200
/** An isolate uses a new revision within ten seconds, and reports its decisions as often. */
const SETTLED_MILLISECONDS = 12_000
/** The revocation log publishes once a second. */
const PUBLISHED_MILLISECONDS = 3000

const [checkout = '', output] = process.argv.slice(2)
if (output === undefined) throw new Error('Usage: main.ts CHECKOUT OUTPUT')
const release = (path: string) => join(resolve(checkout), 'dist', path)
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-stored-'))

/** The release is used with the types of this version, as far as they are the same. */
type Dev = typeof import('../../../src/dev/index.ts')
type Client = typeof import('../../../src/client/index.ts')
const dev = (await import(release('dev/index.js'))) as Dev
const client = (await import(release('client/index.js'))) as Client

const issuer = await dev.startDevIssuer({ port: ISSUER_PORT })
const issuers = issuer.issuer
const keys = {
  idp: await deriveKey('idp'),
  admin: await deriveKey('admin'),
  mesh: await deriveKey('mesh'),
  cluster: await deriveKey('cluster'),
  gitlab: await deriveKey('gitlab'),
}
const attempts = makeAttempts(issuers)
const documents = makeDocuments(issuers, keys.cluster)

function save(name: string, text: string): string {
  const path = join(scratch, name)
  writeFileSync(path, text)
  return path
}

async function publishKeys(): Promise<void> {
  const post = async (path: string, body: object) => {
    const response = await fetch(`${issuers}/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(await response.text())
  }
  await post('idp/publish', { keys: [keys.idp.publicJwk], only: true })
  await post('admin/publish', { keys: [keys.admin.publicJwk], only: true })
  await post('mesh/publish', {
    keys: [{ ...keys.mesh.publicJwk, use: 'jwt-svid' }],
    only: true,
    members: { spiffe_sequence: 7, spiffe_refresh_hint: 300 },
  })
  await post('gitlab/behave', { discovery: 'down' })
}

function startGateway() {
  const trust = save('small.json', JSON.stringify(documents.small))
  const state = ['--state', join(scratch, 'state'), '--trust', trust]
  const flags = ['--port', '0', '--issuer', GATEWAY, '--local-issuers', ...state]
  const variables = { BOOTSTRAP_TRUST: makePolicy(issuers) }
  return startProcess(process.execPath, [release('cli/main.js'), 'serve', ...flags], variables)
}

async function mustExchange(url: string, token: string, resource: string): Promise<string> {
  const { status, answer, token: issued } = await exchange(url, token, { resource })
  if (status !== 200) throw new Error(JSON.stringify(answer))
  return issued
}

async function apply(url: string, adminFile: string, document: object): Promise<void> {
  const file = save('trust.json', JSON.stringify(document, null, 2))
  const args = ['apply', file, '--url', url, '--token-file', adminFile]
  const child = spawn(process.execPath, [release('cli/main.js'), ...args], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`apply ended with ${code}`)
}

/** Exchanges a token that is valid for one exchange. Returns what the gateway remembers of it. */
async function use(url: string, token: string, resource: string, isPerResource = false) {
  await mustExchange(url, token, resource)
  const claims = decodeJwt(token)
  // For a token without a `jti`, the gateway remembers the signed bytes.
  const signed = { header: decodeProtectedHeader(token), claims }
  return {
    issuer: claims.iss,
    ...(claims.jti === undefined ? { signed } : { jti: claims.jti }),
    ...(isPerResource ? { resource } : {}),
  }
}

async function useTokens(url: string) {
  const idp = { iss: `${issuers}/idp`, sub: 'job:2' }
  const batch = { ...idp, job: 'batch/nightly/run' }
  const mirror = { ...idp, job: 'mirror', team: 'blue' }
  const sign = (claims: Readonly<Record<string, string>>) => signSubject(keys.idp, claims)
  return [
    await use(url, await sign({ ...batch, jti: 'batch-1' }), API),
    await use(url, await sign(batch), API),
    await use(url, await sign({ ...mirror, jti: 'mirror-1' }), FILES, true),
  ]
}

/**
 * Exchanges a token of the platform's own format, from an issuer that has replaced all of its keys.
 */
async function useGitHub(url: string) {
  await sleep(SETTLED_MILLISECONDS)
  await issuer.rotate('github')
  const token = await issuer.mint({ provider: 'github-actions', audience: GATEWAY }, 'github')
  return use(url, token, API)
}

/** A request of the client of the release, with `{token}` in place of the token. */
type SentRequest = {
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

function recordInto(sent: SentRequest[], token: string): typeof fetch {
  return (input, init) => {
    sent.push({
      path: new URL(String(input)).pathname,
      method: init?.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init?.headers)),
      body: String(init?.body).replace(token, '{token}'),
    })
    return fetch(input, init)
  }
}

/**
 * Issues three tokens. The client revokes the first, an administrator revokes the second, and the
 * third stays valid.
 */
async function revokeTokens(url: string, admin: string) {
  const report = attempts[0]?.claims ?? {}
  const subjectToken = await signSubject(keys.idp, report)
  const sent: SentRequest[] = []
  const exchanged = await client.exchange({
    url,
    subjectToken,
    resource: API,
    scopes: ['deploy:read'],
    rule: 'report',
    lifetimeSeconds: 1200,
    fetch: recordInto(sent, subjectToken),
  })
  const first = exchanged.accessToken
  const second = await mustExchange(url, await signSubject(keys.idp, report), API)
  const third = await mustExchange(url, await signSubject(keys.idp, report), API)
  await client.revoke({ url, token: first, fetch: recordInto(sent, first) })
  const body = new URLSearchParams({ token: second })
  const headers = { authorization: `Bearer ${admin}` }
  const response = await fetch(`${url}/revoke`, { method: 'POST', body, headers })
  if (response.status !== 200) throw new Error(await response.text())
  return { sent, revoked: [first, second].map(decodeJwt), live: decodeJwt(third) }
}

const adminClaims = { iss: `${issuers}/admin`, sub: 'operator' }

/** Fills the gateway at this URL with state. Returns its responses, for the test to compare. */
async function makeState(url: string) {
  const used: object[] = [await useGitHub(url)]
  const admin = await mustExchange(url, await signSubject(keys.admin, adminClaims), GATEWAY)
  const adminFile = save('admin.jwt', admin)
  await apply(url, adminFile, documents.full)
  await apply(url, adminFile, documents.mistake)
  await apply(url, adminFile, documents.full)
  await sleep(SETTLED_MILLISECONDS)
  used.push(...(await useTokens(url)))
  const tokens = await revokeTokens(url, admin)
  const answers: object[] = []
  for (const attempt of attempts) {
    const key = keys[attempt.key as keyof typeof keys]
    answers.push({ ...attempt, answer: await tryAttempt(url, key, attempt) })
  }
  await sleep(SETTLED_MILLISECONDS)
  // This decision makes the isolate report the ones before it.
  await exchange(url, await signSubject(keys.idp, {}), { resource: API })
  await sleep(PUBLISHED_MILLISECONDS)
  const headers = { authorization: `Bearer ${admin}` }
  const report = await (await fetch(`${url}/admin/v1/issuers`, { headers })).json()
  return { answers, used, ...tokens, ...(report as { issuers: unknown }) }
}

try {
  await publishKeys()
  const gateway = await startGateway()
  let answered: Awaited<ReturnType<typeof makeState>>
  try {
    answered = await makeState(String(gateway.ready.url))
  } finally {
    await gateway.stop()
  }
  const made = {
    stopped_at: Math.floor(Date.now() / 1000),
    policy: makePolicy(issuers),
    admin_claims: adminClaims,
    ...answered,
  }
  copyObjects(join(scratch, 'state/objects'), resolve(output), ['do', 'kv'])
  writeFileSync(join(output, 'made.json'), `${JSON.stringify(made, null, 2)}\n`)
} finally {
  await issuer.close()
  rmSync(scratch, { recursive: true, force: true })
}
