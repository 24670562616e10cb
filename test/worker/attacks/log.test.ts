import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { DECISION_SHARDS } from '../../../src/contract/limits.ts'
import { SETTINGS } from '../../../src/contract/settings.ts'
import { REPLAY_SHARDS } from '../../../src/core/limits.ts'
import envSource from '../../../src/worker/env.ts?raw'
import { encode, forge } from '../support/attack.ts'
import { readObject } from '../support/canary.ts'
import {
  accessToken,
  adminToken,
  applyTrust,
  bearer,
  deployment,
  exchange,
  exchangeForm,
  post,
  send,
} from '../support/gateway.ts'
import { newIssuer, quickIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const issuer = newIssuer()
const lines: string[] = []

beforeAll(() => applyTrust(trustFor(issuer.url)))
beforeEach(() => {
  lines.length = 0
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
      lines.push(...parts.map(String).join(' ').split('\n'))
    })
  }
})
afterEach(() => vi.restoreAllMocks())

const CANARY = 'canary-7f3a'

/** Every answer, good or bad, to a token that contains the canary in each claim. */
async function causeEverything(): Promise<readonly string[]> {
  const claims = {
    sub: `repo:${CANARY}/api:ref:refs/heads/main`,
    actor: CANARY,
    repository: `${CANARY}/api`,
    workflow: CANARY,
    jti: `${CANARY}-${crypto.randomUUID()}`,
  }
  const good = await issuer.mint({ claims })
  const bad = [
    await issuer.mint({ claims: { ...claims, ref: `refs/heads/${CANARY}` } }),
    await issuer.mint({ claims: { ...claims, exp: 1000, iat: 900, nbf: 900 } }),
    await issuer.mint({ claims, audience: `https://${CANARY}.test` }),
    await issuer.mint({ claims, header: { kid: CANARY } }),
    `${good}${CANARY}`,
    CANARY,
  ]
  const issued = await accessToken(good)
  const answers = [...bad.map((token) => exchange(token)), exchange(good)]
  const bodies = await Promise.all(answers.map(async (answer) => (await answer).text()))
  const scope = await exchange(await issuer.mint({ claims: { ...claims, jti: 'x' } }), {
    scope: CANARY,
  })
  const revoked = await post('/revoke', { token: CANARY })
  return [...bodies, await scope.text(), await revoked.text(), good, issued]
}

describe('the log', () => {
  it('LOG-01 WRK-05 contains no token and no claim of a caller, and neither does an answer', async () => {
    const seen = await causeEverything()
    const [good = '', issued = ''] = seen.slice(-2)
    const bodies = seen.slice(0, -2)
    expect(lines.length).toBeGreaterThan(7)
    const secrets = [CANARY, ...good.split('.').slice(1), ...issued.split('.').slice(1)]
    for (const text of lines) for (const secret of secrets) expect(text).not.toContain(secret)
    for (const body of bodies) {
      for (const secret of secrets.slice(1)) expect(body).not.toContain(secret)
      expect(body).not.toMatch(/\bat .*\.[jt]s:\d+/)
    }
  })

  it('LOG-02 has one JSON object in each line, whatever a caller sends', async () => {
    const hostile = '\u001b[2J\r\n{"event":"forged"}\u202e\u2028'
    await exchange(await issuer.mint({ claims: { sub: hostile, actor: hostile } }))
    await exchange(await issuer.mint({ claims: { ref: hostile } }))
    await exchange('x.y.z', { scope: 'a', rule: 'nobody' })
    await post('/revoke', { token: await accessToken(await issuer.mint()) })
    expect(lines.some((line) => line.includes('"event":"revocation"'))).toBe(true)
    expect(lines.length).toBeGreaterThan(3)
    for (const line of lines) {
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      expect(() => JSON.parse(line), line).not.toThrow()
      expect(JSON.parse(line)).toMatchObject({ event: expect.not.stringMatching('forged') })
    }
  })

  it('LOG-03 has no value of which callers could create many', async () => {
    for (let index = 0; index < 30; index += 1) {
      const header = { kid: `kid-${index}` }
      await exchange(await issuer.mint({ header, claims: { sub: `sub-${index}` } }))
      await exchange(await issuer.mint({ claims: { repository_id: `${index}` } }))
    }
    const decisions = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ event }) => event === 'decision')
    expect(decisions.length).toBeGreaterThanOrEqual(60)
    for (const label of ['outcome', 'reason', 'issuer', 'rule', 'resource', 'fault']) {
      const values = new Set(decisions.map((decision) => decision[label]))
      expect(values.size, label).toBeLessThan(5)
    }
  })
})

/** Every row of every table of every object of this gateway, its other storage, and KV. */
async function readStores(): Promise<string> {
  const { TRUST_STORE, REPLAY_LEDGER, REVOCATION_LOG, DECISION_LOG } = deployment()
  const shards = Array.from({ length: REPLAY_SHARDS }, (_, shard) => `replay-${shard}`)
  const objects = [
    TRUST_STORE.getByName('trust'),
    REVOCATION_LOG.getByName('revocations'),
    ...shards.map((shard) => REPLAY_LEDGER.getByName(shard)),
    ...Array.from({ length: DECISION_SHARDS }, (_, shard) =>
      DECISION_LOG?.getByName(`decisions-${shard}`),
    ),
  ]
  const contents: unknown[] = []
  for (const object of objects) {
    contents.push(...(await readObject(object as DurableObjectStub)))
  }
  const { keys } = await env.REVOCATIONS.list()
  for (const { name } of keys) contents.push(name, await env.REVOCATIONS.get(name, 'text'))
  return contents.join('\n')
}

const PATHS = [
  '/token',
  '/introspect',
  '/revoke',
  '/verify',
  '/health',
  '/jwks.json',
  '/admin/v1/trust',
  '/admin/v1/issuers',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/schemas/trust.v1.json',
  '/nowhere',
]

/** A token in every place of a request, at every endpoint. */
async function presentEverywhere(token: string): Promise<readonly Response[]> {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const put = { 'content-type': 'application/json', 'if-match': '"1"', ...bearer(token) }
  const body = new URLSearchParams({ token, subject_token: token, [token]: 'x' }).toString()
  const answers: Response[] = []
  for (const path of PATHS) {
    const query = `?token=${token}&access_token=${token}`
    answers.push(await send(`${path}${query}`, { headers: bearer(token) }))
    answers.push(await send(path, { method: 'POST', headers: form, body }))
    answers.push(await send(path, { method: 'POST', headers: { ...form, ...bearer(token) }, body }))
    answers.push(await send(`${path}/${token}`, { headers: { cookie: token, referer: token } }))
    answers.push(await send(path, { method: 'PUT', headers: put, body: JSON.stringify(token) }))
  }
  return answers
}

const textOf = async (answer: Response) =>
  `${[...answer.headers].flat().join(' ')} ${await answer.text()}`

describe('a canary', () => {
  it('LOG-01 KEY-12 sent as token and as key to every endpoint is in no log line, answer or row', async () => {
    await applyTrust(trustFor(issuer.url))
    const email = `${CANARY}@example.com`
    const subject = await issuer.mint({ claims: { actor: CANARY, email, jti: `${CANARY}-jti` } })
    const bad = `${subject.slice(0, -4)}AAAA`
    const { SIGNING_KEY_TEST } = env as unknown as Readonly<Record<string, string>>
    const { d = '' } = JSON.parse(String(SIGNING_KEY_TEST)) as { d?: string }
    const issued = await accessToken(subject)
    const admin = await adminToken()
    const answers = [
      ...(await presentEverywhere(subject)),
      ...(await presentEverywhere(bad)),
      ...(await presentEverywhere(issued)),
      await exchange(subject),
      await exchange(bad),
      await exchange(subject, { scope: subject }),
      await exchange(subject, { rule: subject }),
      await post('/introspect', { token: issued }, bearer(admin)),
      await send(`/verify?resource=${encodeURIComponent(API)}`, { headers: bearer(issued) }),
      await post('/revoke', { token: issued }),
    ]
    const headers = { 'content-type': 'application/json', 'if-match': '"1"', ...bearer(admin) }
    // A document's member names are repeated to its author, so that they can be found. Values are
    // not.
    for (const document of [subject, { version: subject }, { rules: [issued] }]) {
      const body = JSON.stringify(document)
      answers.push(await send('/admin/v1/trust', { method: 'PUT', headers, body }))
    }
    const texts = await Promise.all(answers.map(textOf))
    const secrets = [
      ...subject.split('.').slice(1),
      ...issued.split('.').slice(1),
      d,
      // Also search for parts of them that may be encoded again.
      ...[subject, issued, d].map((text) => encode(text).slice(0, 200)),
      email,
      encode(CANARY).slice(0, 12),
    ]
    const stored = await readStores()
    for (const table of ['issuer_keys', 'marks', 'revocations']) expect(stored).toContain(table)
    expect(lines.length).toBeGreaterThan(10)
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(10)
      for (const line of lines) expect(line).not.toContain(secret)
      for (const text of texts) expect(text).not.toContain(secret)
      expect(stored).not.toContain(secret)
    }
    // Its jti is in the issued token, and only the decision log stores it.
    // A row is shown as JSON, so the quotes of the JSON in it may be escaped.
    const recorded = new RegExp(`\\\\*"subject_token_id\\\\*":\\\\*"${CANARY}-jti\\\\*"`, 'g')
    expect(stored.replaceAll(recorded, '')).not.toContain(`${CANARY}-jti`)
    for (const line of lines) expect(line).not.toContain(`${CANARY}-jti`)
  })

  const committed = import.meta.glob(
    ['/test/vectors/**', '/examples/**', '/docs/**', '/src/**', '/scripts/**', '/test/**/*.snap'],
    { query: '?raw', import: 'default', eager: true },
  ) as Readonly<Record<string, string>>

  it('LOG-01 is in no file of the repository: no signed token, no private key', () => {
    const paths = Object.keys(committed)
    expect(paths.length).toBeGreaterThan(200)
    expect(paths).toContain('/test/vectors/denials.json')
    // A signature has at least 43 characters, and a private exponent nearly as many.
    const token = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{43,}/
    const key = /"d"\s*:\s*"[\w-]{42,}"|\bd: '[\w-]{42,}'|BEGIN (?:[A-Z]+ )?PRIVATE KEY-/
    const found = paths.filter((path) => {
      const text = committed[path] ?? ''
      return token.test(text) || key.test(text)
    })
    expect(found).toEqual([])
  })
})

describe('the timing of an answer', () => {
  it('LOG-04 has one form for unknown issuer, bad signature and no rule', async () => {
    const [known, unknown] = [newIssuer(), await quickIssuer()]
    await applyTrust(trustFor(known.url))
    const good = await known.mint()
    const rows = {
      unknown: [await forge(unknown), await forge(unknown, { header: { kid: 'x' } })],
      unproven: [`${good.slice(0, -4)}AAAA`, await known.mint({ header: { kid: 'x' } })],
      'no rule': [
        await known.mint({ claims: { repository_owner_id: '666' } }),
        await known.mint({ claims: { repository_owner_id: '667', sub: 'x' } }),
      ],
    }
    const shapes = new Set<string>()
    const sentences = new Map<string, Set<unknown>>()
    for (const [name, tokens] of Object.entries(rows)) {
      for (const token of tokens) {
        const response = await exchange(token)
        const body = (await response.json()) as Record<string, unknown>
        const { decision_id: id, error_description: sentence, ...rest } = body
        const { length } = String(id)
        shapes.add(JSON.stringify([response.status, [...response.headers], rest, length]))
        sentences.set(name, (sentences.get(name) ?? new Set()).add(sentence))
      }
    }
    // Each class has one sentence by design (docs/errors.md). Everything else is equal.
    expect(shapes.size).toBe(1)
    expect([...sentences.values()].map(({ size }) => size)).toEqual([1, 1, 1])
    await applyTrust(trustFor(issuer.url))
  })

  it('LOG-04 reveals no secret: none is compared', async () => {
    // The variables of a deployment. A password would have to be compared in constant time.
    const bindings = [...envSource.matchAll(/readonly ([A-Z_]+)\??:/g)].map(([, name = '']) => name)
    const names = [...Object.keys(SETTINGS), ...bindings]
    expect(names).toContain('REVOCATIONS')
    const secret = /SECRET|PASSWORD|TOKEN$|API_KEY|CREDENTIAL/
    expect(names.filter((name) => secret.test(name))).toEqual([])
    const answers = new Set<string>()
    for (const guess of ['a', 'ab', 'x'.repeat(100), 'edgemint']) {
      for (const headers of [undefined, { authorization: `Basic ${btoa(`me:${guess}`)}` }]) {
        const form = { ...exchangeForm(await issuer.mint()), client_id: 'me', client_secret: guess }
        const response = await post('/token', form, headers)
        const { decision_id: _, ...body } = (await response.json()) as Record<string, unknown>
        answers.add(JSON.stringify([response.status, body]))
      }
    }
    // A secret in the form gets one answer and a secret in the header another, whatever its value.
    expect(answers.size).toBe(2)
  })
})
