/** What an answer reveals to a caller, and which requests are exchanges. */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { forge, genericTrust, reasonOf, watchLog } from '../support/attack.ts'
import {
  accessToken,
  applyTrust,
  bearer,
  exchange,
  exchangeForm,
  GATEWAY,
  post,
  readJson,
  runWith,
  send,
} from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'

const log = watchLog()
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const OTHER = 'https://other.test'

let issuer: TestIssuer
beforeAll(async () => {
  issuer = await quickIssuer()
  const trust = genericTrust({ ci: issuer.url })
  const resources = { ...trust.resources, [OTHER]: { scopes: ['deploy:read', 'admin'] } }
  await applyTrust({ ...trust, resources })
})

const formText = async (change?: Record<string, string | undefined>) =>
  new URLSearchParams(exchangeForm(await forge(issuer), change)).toString()

describe('an answer', () => {
  it('EXC-10 TE-32 is byte for byte the same for every caller without a valid token', async () => {
    const good = await forge(issuer)
    const [header, payload, held = ''] = good.split('.')
    const bad = {
      signature: `${header}.${payload}.${held.startsWith('A') ? 'B' : 'A'}${held.slice(1)}`,
      kid: await forge(issuer, { header: { kid: 'unknown' } }),
      algorithm: await forge(issuer, { header: { alg: 'HS256' } }),
      kind: await forge(issuer, { header: { typ: 'at+jwt' } }),
      shape: 'x.y.z',
      bound: await forge(issuer, { claims: { cnf: {} } }),
      subject: await forge(issuer, { claims: { sub: undefined } }),
      life: await forge(issuer, { claims: { iat: undefined } }),
    }
    const answers = new Set<string>()
    for (const token of Object.values(bad)) {
      const response = await exchange(token)
      const body = { ...(await readJson(response)), decision_id: '' }
      answers.add(JSON.stringify([response.status, [...response.headers], body]))
    }
    expect(answers.size).toBe(1)
    const strangers = new Set<string>()
    for (const sub of ['job:2', 'admin', 'x'.repeat(100)]) {
      const response = await exchange(await forge(issuer, { claims: { sub } }))
      const body = { ...(await readJson(response)), decision_id: '' }
      strangers.add(JSON.stringify([response.status, [...response.headers], body]))
    }
    expect(strangers.size).toBe(1)
  })

  it('EXC-11 TE-15 repeats nothing of the request in body or headers', async () => {
    const marks = ['<script>canary</script>', 'canary"\\', 'canary\r\nset-cookie: a=b', 'canarý']
    for (const mark of marks) {
      const changes = [
        { scope: mark },
        { resource: `https://${mark}` },
        { rule: mark },
        { grant_type: mark },
        { subject_token_type: mark },
        { expires_in: mark },
        { [mark]: mark },
        { subject_token: mark },
      ]
      for (const change of changes) {
        const response = await exchange(await forge(issuer, { claims: { sub: mark } }), change)
        const text = `${[...response.headers].flat().join('\n')}${await response.text()}`
        expect(text).not.toContain('canar')
      }
    }
    const challenge = await post('/token', {}, bearer('canary'))
    expect(challenge.status).toBe(401)
    expect(`${challenge.headers.get('www-authenticate')}${await challenge.text()}`).not.toContain(
      'canary',
    )
  })

  const paths = ['/token', '/introspect', '/revoke', '/admin/v1/trust', '/admin/v1/issuers', '/x']
  it.each(paths)(
    'EXC-12 at %s cannot be read by pages of other origins, and sets no cookie',
    async (path) => {
      for (const origin of ['null', 'https://evil.test', GATEWAY]) {
        for (const method of ['OPTIONS', 'POST', 'GET']) {
          const headers = { ...FORM, origin, 'access-control-request-method': 'POST' }
          const body = method === 'POST' ? await formText() : undefined
          const response = await send(path, { method, headers, ...(body ? { body } : {}) })
          const names = [...response.headers.keys()]
          expect(names.filter((name) => /^access-control-|^set-cookie$/.test(name))).toEqual([])
        }
      }
    },
  )

  it('EXC-13 TE-13 TE-14 IN-11 is not cacheable; only published documents are', async () => {
    const granted = await exchange(await forge(issuer))
    const token = String((await readJson(granted.clone())).access_token)
    const introspected = await post('/introspect', { token }, bearer(token))
    expect(await readJson(introspected.clone())).toMatchObject({ active: true })
    const answers = [
      granted,
      await exchange('x.y.z'),
      introspected,
      await post('/introspect', { token: 'x' }),
      await post('/revoke', { token: 'x' }),
      await send('/admin/v1/trust'),
      await send('/health'),
      await send('/nowhere'),
    ]
    for (const { headers } of answers) expect(headers.get('cache-control')).toBe('no-store')
    for (const { headers } of answers.slice(0, 2)) expect(headers.get('pragma')).toBe('no-cache')
    for (const path of ['/jwks.json', '/.well-known/openid-configuration']) {
      const { headers } = await send(path)
      expect(headers.get('cache-control')).toMatch(/^public, max-age=\d+$/)
    }
  })

  it('EXC-14 to a flood of valid tokens is soon a refusal, before a rule is evaluated', async () => {
    const gateway = runWith({ RATE_LIMIT_SUBJECT: env.FIVE_SUBJECTS_A_MINUTE })
    const sub = `stranger:${crypto.randomUUID()}`
    const tokens = await Promise.all(
      Array.from({ length: 30 }, () => forge(issuer, { claims: { sub } })),
    )
    const reasons: string[] = []
    for (const token of tokens) reasons.push(await reasonOf(log, await gateway.exchange(token)))
    const refused = reasons.filter((reason) => reason === 'rate_limited')
    // The limit is five a minute, and a minute may end in between.
    expect(refused.length).toBeGreaterThanOrEqual(20)
    expect(reasons.filter((reason) => reason === 'no_rule_matched').length).toBe(
      30 - refused.length,
    )
    const limited = log.lines().filter(({ reason }) => reason === 'rate_limited')
    for (const line of limited) expect(line).not.toHaveProperty('considered')
  })
})

describe('the token endpoint', () => {
  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])(
    'EXC-16 TE-01 does not accept %s',
    async (method) => {
      const headers = { 'x-http-method-override': 'POST', 'x-method-override': 'POST' }
      const response = await send('/token', { method, headers })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    },
  )

  it.each([
    '/Token',
    '/token/',
    '//token',
    '/%74oken',
    '/token/..',
    '/./token2',
    '/token;x',
    '/tok%65n',
  ])('EXC-16 is not at %s: it has one spelling', async (path) => {
    const response = await post(path, exchangeForm(await forge(issuer)))
    expect(response.status).toBe(404)
  })

  it('EXC-17 TE-16 TE-17 TE-18 refuses client authentication of every scheme', async () => {
    const form = exchangeForm(await forge(issuer))
    const token = await accessToken(await forge(issuer))
    for (const scheme of ['Basic', 'Bearer', 'Token-Exchange', 'DPoP', 'bearer', 'Digest']) {
      const response = await post('/token', form, { authorization: `${scheme} ${token}` })
      expect([response.status, (await readJson(response)).error], scheme).toEqual([
        401,
        'invalid_client',
      ])
      // The challenge names no scheme for which a client may have credentials.
      expect(response.headers.get('www-authenticate')).toMatch(
        /^Token-Exchange error="invalid_client", error_description="[a-z ,:]+"$/,
      )
    }
    const both = await post(
      '/token',
      { ...form, client_secret: 'x' },
      { authorization: 'Basic eDp4' },
    )
    expect(both.status).toBe(401)
  })

  it.each(['Basic', 'Token', 'Bearer:', ''])(
    'EXC-17 the admin API accepts Bearer and DPoP, not %j',
    async (scheme) => {
      const token = await accessToken(await forge(issuer))
      const headers = { authorization: `${scheme} ${token}` }
      const response = await send('/admin/v1/trust', { headers })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
    },
  )
})
