/**
 * Helpers of the attack tests: tokens built from bytes, signed by the dev issuer or by a key of the
 * test, and the reason of a refusal, which is only in the gateway's log.
 */
import { base64url, exportJWK, type JWK } from 'jose'
import { afterEach, beforeEach, vi } from 'vitest'
import { TOKEN_CANARY } from '../../support/canary/canary.ts'
import { adminToken, bearer, deployment, exchange, GATEWAY, readJson, send } from './gateway.ts'
import type { TestIssuer } from './issuer.ts'
import { API } from './trust.ts'

export type LogLine = Readonly<Record<string, unknown>>

/** Collects the lines that the gateway logs during each test of the file. */
export function watchLog(): { readonly lines: () => readonly LogLine[] } {
  const lines: LogLine[] = []
  beforeEach(() => {
    lines.length = 0
    vi.spyOn(console, 'log').mockImplementation((line: string) => {
      lines.push(...line.split('\n').map((text) => JSON.parse(text) as LogLine))
    })
  })
  afterEach(() => vi.restoreAllMocks())
  return { lines: () => lines }
}

export type Log = ReturnType<typeof watchLog>

type Change = Readonly<Record<string, string | undefined>>

/** Returns `granted` or the logged reason. Checks that the answer reveals no more than it may. */
export async function judge(log: Log, token: string, change?: Change): Promise<string> {
  return reasonOf(log, await exchange(token, change))
}

export async function reasonOf(log: Log, response: Response): Promise<string> {
  const body = await readJson(response)
  const line = log
    .lines()
    .find(({ event, decisionId }) => event !== 'alert' && decisionId === body.decision_id)
  if (response.status === 200) return 'granted'
  if ('access_token' in body) throw new Error('a refusal holds a token')
  return String(line?.reason ?? line?.outcome)
}

/** The alerts about one issuer. Other gateways of the same isolate log alerts too. */
export const alertsOf = (log: Log, { url }: TestIssuer): readonly unknown[] =>
  linesAbout(log, 'issuer_alert', url).map(({ alert }) => alert)

export const faultsOf = (log: Log, { url }: TestIssuer): readonly unknown[] =>
  linesAbout(log, 'issuer_keys_failed', url).map(({ fault }) => fault)

const linesAbout = (log: Log, kind: string, url: string) =>
  log.lines().filter(({ event, issuerUrl }) => event === kind && issuerUrl === url)

/** Trusts a generic issuer with one subject whose tokens may be reused. */
export function genericTrust(issuers: Readonly<Record<string, string>>, change: object = {}) {
  const names = Object.entries(issuers)
  return {
    version: 1,
    issuers: Object.fromEntries(
      names.map(([name, issuer]) => [name, { provider: 'generic-oidc', issuer }]),
    ),
    resources: { [API]: { scopes: ['deploy:read', 'deploy:write'] } },
    rules: names.map(([name]) => ({
      name: `job-of-${name}`,
      owner: 'platform@example.com',
      expires: '2099-12-31',
      from: name,
      when: { sub: 'job:1' },
      grant: { resource: API, scopes: ['deploy:read', 'deploy:write'], replay: 'reuse' },
    })),
    ...change,
  }
}

const now = () => Math.floor(Date.now() / 1000)

/** A good payload for `genericTrust` with changes. `undefined` removes a claim. */
export function claimsOf(issuerUrl: string, change: Readonly<Record<string, unknown>> = {}) {
  const at = now()
  const good = { iss: issuerUrl, sub: 'job:1', aud: GATEWAY, iat: at, nbf: at, exp: at + 300 }
  return { ...good, jti: crypto.randomUUID(), canary: TOKEN_CANARY, ...change }
}

/** Text and bytes are used unchanged. */
export type Part = string | Uint8Array | Readonly<Record<string, unknown>>

export function encode(part: Part): string {
  if (part instanceof Uint8Array) return base64url.encode(part)
  return base64url.encode(typeof part === 'string' ? part : JSON.stringify(part))
}

/** A token of the issuer with a valid signature over exactly these parts. */
export async function forge(
  issuer: TestIssuer,
  { header = {}, claims = {}, algorithm = 'ES256' }: ForgeOptions = {},
): Promise<string> {
  const isObject = (part: Part): part is Readonly<Record<string, unknown>> =>
    typeof part === 'object' && !(part instanceof Uint8Array)
  const { kid } = await issuer.sign(algorithm, 'x')
  const head = isObject(header) ? { alg: algorithm, typ: 'JWT', kid, ...header } : header
  const body = isObject(claims) ? claimsOf(issuer.url, claims) : claims
  return (await issuer.sign(algorithm, `${encode(head)}.${encode(body)}`)).token
}

export type ForgeOptions = {
  readonly header?: Part
  readonly claims?: Part
  readonly algorithm?: string
}

const PARAMETERS: Readonly<Record<string, { name: string; hash?: string; saltLength?: number }>> = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
}

/** A key of the test, and the JWK that its issuer would publish. */
export type OwnKey = { readonly jwk: JWK; readonly secret: CryptoKey; readonly alg: string }

export async function makeKey(alg: 'RS256' | 'ES256', change: object = {}): Promise<OwnKey> {
  const how =
    alg === 'RS256'
      ? {
          name: 'RSASSA-PKCS1-v1_5',
          hash: 'SHA-256',
          modulusLength: 2048,
          publicExponent: new Uint8Array([1, 0, 1]),
          ...change,
        }
      : { name: 'ECDSA', namedCurve: 'P-256' }
  const pair = (await crypto.subtle.generateKey(how, true, ['sign', 'verify'])) as CryptoKeyPair
  const jwk = await exportJWK(pair.publicKey)
  return { jwk: { ...jwk, kid: crypto.randomUUID() }, secret: pair.privateKey, alg }
}

/** A token signed with a key of the test, under any header. */
export async function signWith(
  { jwk, secret, alg }: OwnKey,
  claims: Part,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const text = `${encode({ alg, kid: jwk.kid, typ: 'JWT', ...header })}.${encode(claims)}`
  const signature = await crypto.subtle.sign(
    PARAMETERS[alg] ?? { name: '' },
    secret,
    new TextEncoder().encode(text),
  )
  return `${text}.${encode(new Uint8Array(signature))}`
}

let administration: { readonly of: object; readonly token: string } | undefined

/** One admin token is enough for a gateway. */
async function administrator(): Promise<string> {
  if (administration?.of === deployment()) return administration.token
  administration = { of: deployment(), token: await adminToken() }
  return administration.token
}

/** The problem codes of the admin API for this document; empty if it was stored. */
export async function putTrust(document: unknown): Promise<readonly string[]> {
  const headers = bearer(await administrator())
  const current = await send('/admin/v1/trust', { headers })
  const response = await send('/admin/v1/trust', {
    method: 'PUT',
    headers: {
      'content-type': 'application/json',
      'if-match': current.headers.get('etag') ?? '"0"',
      ...headers,
    },
    body: JSON.stringify(document),
  })
  if (response.status === 200) return []
  const { problems = [] } = (await response.json()) as { problems?: { code: string }[] }
  return problems.map(({ code }) => code)
}
