/**
 * The requests of callers, good and bad, and what each response proves. Each piece of work
 * increases a count. `wrong` lists broken invariants.
 */
import { API, AUDIENCE, type SoakGateway, trustDocument } from './gateway.ts'

type Counts = Record<
  | 'granted'
  | 'refused'
  | 'hostile refused'
  | 'single-use granted'
  | 'single-use refused'
  | 'revoked'
  | 'applied'
  | 'unavailable'
  | 'unreachable',
  number
>

export type Soak = {
  readonly gateway: SoakGateway
  readonly counts: Counts
  /** Broken invariants, as sentences. */
  readonly wrong: string[]
  /** How often each single-use token was granted: at most once. */
  readonly uses: Map<string, number>
  readonly revoked: string[]
  /** The newest revision that was acknowledged. */
  revision: number
}

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token'

type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> }

/** A killed gateway is back within seconds. A gateway that hangs never responds. */
const ANSWER_MILLISECONDS = 60_000

/** Returns undefined when the gateway did not respond, because it is being restarted. */
async function ask(soak: Soak, path: string, init: RequestInit): Promise<Answer | undefined> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MILLISECONDS)
    const response = await fetch(`${soak.gateway.url}${path}`, { ...init, signal })
    const body = (await response.json().catch(() => ({}))) as Answer['body']
    if (response.status === 503) soak.counts.unavailable += 1
    if (response.status >= 500 && response.status !== 503) {
      soak.wrong.push(`${path} answered ${response.status}`)
    }
    return { status: response.status, body }
  } catch (error) {
    soak.counts.unreachable += 1
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      soak.wrong.push('the gateway did not respond in time')
    }
    return undefined
  }
}

function exchange(soak: Soak, subjectToken: string, change: Readonly<Record<string, string>> = {}) {
  const form = {
    grant_type: TOKEN_EXCHANGE,
    subject_token: subjectToken,
    subject_token_type: ID_TOKEN,
    resource: API,
    ...change,
  }
  return ask(soak, '/token', { method: 'POST', body: new URLSearchParams(form) })
}

const mint = (
  { gateway }: Soak,
  claims: Readonly<Record<string, unknown>>,
  more: { readonly audience?: string } = {},
) =>
  gateway.issuer.mint({ provider: 'github-actions', audience: AUDIENCE, claims, ...more }, 'github')

/** Exchanges a reusable token, and requests a scope that no rule grants. */
export async function workGood(soak: Soak): Promise<void> {
  const token = await mint(soak, { ref: 'refs/heads/main' })
  for (let time = 0; time < 10; time += 1) {
    if ((await exchange(soak, token))?.status === 200) soak.counts.granted += 1
  }
  const denied = await exchange(soak, token, { scope: 'write' })
  if (denied?.status === 400) soak.counts.refused += 1
  if (denied?.status === 200) soak.wrong.push('a scope was granted that no rule has')
}

/** Presents a single-use token three times at once, and again at a random later time. */
export async function workOnce(soak: Soak): Promise<void> {
  const token = await mint(soak, { ref: 'refs/heads/once' })
  soak.uses.set(token, 0)
  const again = [...soak.uses.keys()][Math.floor(Math.random() * soak.uses.size)] ?? token
  await Promise.all([token, token, token, again].map((one) => useOnce(soak, one)))
}

export async function useOnce(soak: Soak, token: string): Promise<void> {
  const answer = await exchange(soak, token)
  if (answer?.status === 400) soak.counts['single-use refused'] += 1
  if (answer?.status !== 200) return
  soak.counts['single-use granted'] += 1
  const uses = (soak.uses.get(token) ?? 0) + 1
  soak.uses.set(token, uses)
  if (uses > 1) soak.wrong.push('a single-use token was exchanged twice')
}

/** Presents tokens that must be refused, and malformed bodies. */
export async function workHostile(soak: Soak): Promise<void> {
  const good = await mint(soak, { ref: 'refs/heads/main' })
  const [header = '', payload = '', signature = ''] = good.split('.')
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
  const past = Math.floor(Date.now() / 1000) - 3600
  const tokens = [
    `${header}.${payload}.${flipped}`,
    `${none}.${payload}.`,
    `${none}.${payload}.${signature}`,
    `${good}=`,
    await mint(soak, {}, { audience: 'sts.amazonaws.com' }),
    await mint(soak, { exp: past + 300, iat: past, nbf: past }),
    await mint(soak, { repository_id: '1', repository_owner_id: '2' }),
    await mint(soak, { ref: 'refs/heads/evil' }),
    'x'.repeat(20_000),
    '..',
  ]
  for (const token of tokens) {
    const answer = await exchange(soak, token)
    if (answer?.status === 200) soak.wrong.push('a hostile token was exchanged')
    else if (answer !== undefined && answer.status !== 503) soak.counts['hostile refused'] += 1
  }
  const repeated = `grant_type=${TOKEN_EXCHANGE}&subject_token=${good}&subject_token=${good}`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await ask(soak, '/token', { method: 'POST', headers, body: repeated })
  if (answer?.status === 200) soak.wrong.push('a repeated parameter was accepted')
}

/** Revokes an issued token and remembers it once the revocation is acknowledged. */
export async function workRevoke(soak: Soak): Promise<void> {
  const issued = await exchange(soak, await mint(soak, { ref: 'refs/heads/main' }))
  const token = issued?.body.access_token
  if (typeof token !== 'string') return
  const body = new URLSearchParams({ token })
  if ((await ask(soak, '/revoke', { method: 'POST', body }))?.status !== 200) return
  soak.counts.revoked += 1
  soak.revoked.push(token)
}

async function adminToken(soak: Soak): Promise<string | undefined> {
  const { gateway } = soak
  const claims = { environment: 'production' }
  const request = { provider: 'github-actions', audience: gateway.url, claims }
  const subject = await gateway.issuer.mint(request, 'admin')
  const answer = await exchange(soak, subject, { resource: gateway.url })
  return typeof answer?.body.access_token === 'string' ? answer.body.access_token : undefined
}

/** Applies the next revision of the trust document. */
export async function workApply(soak: Soak): Promise<void> {
  const token = await adminToken(soak)
  if (token === undefined) return
  const authorization = `Bearer ${token}`
  const known = await fetch(`${soak.gateway.url}/admin/v1/trust`, {
    headers: { authorization },
    signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
  }).catch(() => undefined)
  const etag = known?.headers.get('etag')
  if (etag === null || etag === undefined) return
  const document = trustDocument(soak.gateway.issuer.issuer, Date.now())
  const answer = await ask(soak, '/admin/v1/trust', {
    method: 'PUT',
    headers: { authorization, 'if-match': etag, 'content-type': 'application/json' },
    body: JSON.stringify(document),
  })
  if (answer?.status !== 200 || typeof answer.body.revision !== 'number') return
  soak.counts.applied += 1
  soak.revision = Math.max(soak.revision, answer.body.revision)
}

/** Checks that no acknowledged revocation was lost. */
export async function checkRevocations(soak: Soak): Promise<void> {
  const token = await adminToken(soak)
  if (token === undefined) {
    soak.wrong.push('no admin token at the end')
    return
  }
  const headers = { authorization: `Bearer ${token}` }
  for (const revoked of soak.revoked) {
    const body = new URLSearchParams({ token: revoked })
    const answer = await ask(soak, '/introspect', { method: 'POST', headers, body })
    if (answer?.body.active !== false) soak.wrong.push('a revocation was lost')
  }
}
