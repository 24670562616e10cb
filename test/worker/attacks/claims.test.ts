import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  claimsOf,
  encode,
  forge,
  genericTrust,
  judge,
  type Part,
  reasonOf,
  watchLog,
} from '../support/attack.ts'
import { applyTrust, exchange, GATEWAY, readJson } from '../support/gateway.ts'
import { newIssuer, quickIssuer } from '../support/issuer.ts'
import { API } from '../support/trust.ts'

const log = watchLog()
const issuer = newIssuer()

/** A fixed clock. Times in the tests are offsets from it. */
const AT = Math.floor(Date.now() / 1000)
beforeAll(() => applyTrust(genericTrust({ ci: issuer.url })))
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: AT * 1000 })
})
afterEach(() => {
  vi.useRealTimers()
})

type Change = Readonly<Record<string, unknown>>
const outcome = async (claims: Part) => judge(log, await forge(issuer, { claims }))

describe('the times of a token', () => {
  it.each([
    ['CLM-01 AV-29', { exp: undefined }, 'claim_missing'],
    ['CLM-03', { iat: undefined }, 'claim_missing'],
    ['CLM-03', { iat: undefined, nbf: undefined }, 'claim_missing'],
    ['CLM-03', { exp: AT + 10 * 365 * 86_400 }, 'token_lifetime_exceeded'],
    ['CLM-03 AV-32', { exp: AT + 86_401 }, 'token_lifetime_exceeded'],
    ['CLM-03', { exp: AT + 86_400 }, 'granted'],
    ['CLM-04', { iat: AT + 3600, exp: AT + 7200 }, 'token_not_yet_valid'],
    ['CLM-04 AV-30', { nbf: AT + 3600, exp: AT + 7200 }, 'token_not_yet_valid'],
    ['CLM-04', { nbf: undefined }, 'granted'],
  ])('%s %j: %s', async (_, claims: Change, reason) => {
    expect(await outcome(claims)).toBe(reason)
  })

  it.each([
    ['exp', -31, 'token_expired'],
    ['exp', -30, 'token_expired'],
    ['exp', -29, 'granted'],
    ['exp', 0, 'granted'],
    ['nbf', 29, 'granted'],
    ['nbf', 30, 'granted'],
    ['nbf', 31, 'token_not_yet_valid'],
    ['iat', 30, 'granted'],
    ['iat', 31, 'token_not_yet_valid'],
  ])('CLM-05 AV-29 AV-30 with %s %d seconds from now: %s', async (name, offset, reason) => {
    const iat = name === 'exp' ? { iat: AT - 100, nbf: AT - 100 } : {}
    expect(await outcome({ ...iat, [name]: AT + offset })).toBe(reason)
  })

  const strange = ['"1e9"', 'null', 'true', '[]', '{}', '-1', '1e300', '1e999', '1099511627777']
  it.each(['exp', 'nbf', 'iat'].flatMap((name) => strange.map((value) => [name, value] as const)))(
    'CLM-02 AV-31 with %s of %s are refused',
    async (name, value) => {
      const claims = JSON.stringify(claimsOf(issuer.url)).replace(
        new RegExp(`"${name}":\\d+`),
        `"${name}":${value}`,
      )
      expect(await outcome(claims)).toBe('claim_invalid')
    },
  )

  it('CLM-02 with a fraction are rounded so that the token ends earlier', async () => {
    const past = { iat: AT - 100, nbf: AT - 100 }
    expect(await outcome({ ...past, exp: AT - 29.5 })).toBe('token_expired')
    expect(await outcome({ ...past, exp: AT - 28.5 })).toBe('granted')
    expect(await outcome({ nbf: AT + 30.5 })).toBe('token_not_yet_valid')
    expect(await outcome({ nbf: AT + 29.5 })).toBe('granted')
  })
})

describe('the audience of a token', () => {
  const audiences: readonly (readonly [string, unknown, string])[] = [
    ['CLM-06 AV-26', undefined, 'audience_mismatch'],
    ['CLM-06', '', 'audience_mismatch'],
    ['CLM-06', [], 'audience_mismatch'],
    ['CLM-06', null, 'audience_mismatch'],
    ['CLM-06', 'sts.amazonaws.com', 'audience_mismatch'],
    ['CLM-06', `${GATEWAY}/`, 'audience_mismatch'],
    ['CLM-06', `${GATEWAY}.evil.test`, 'audience_mismatch'],
    ['CLM-06', 'https://STS.test', 'audience_mismatch'],
    ['CLM-07 AV-28', [GATEWAY, 'https://evil.test'], 'audience_mismatch'],
    ['CLM-07', [GATEWAY, GATEWAY], 'audience_mismatch'],
    ['CLM-07', [[GATEWAY]], 'audience_mismatch'],
    ['CLM-07', [GATEWAY, 7], 'audience_mismatch'],
    ['CLM-07', { 0: GATEWAY }, 'audience_mismatch'],
    ['CLM-07', [GATEWAY], 'granted'],
  ]
  it.each(audiences)('%s aud %j: %s', async (_, aud, reason) => {
    expect(await outcome({ aud })).toBe(reason)
  })

  it('CLM-08 AV-38 a rule that requires one client refuses another client of the issuer', async () => {
    const own = await quickIssuer()
    const trust = genericTrust({ ci: own.url })
    const [rule] = trust.rules
    await applyTrust({ ...trust, rules: [{ ...rule, when: { sub: 'job:1', azp: 'client-1' } }] })
    const asked = async (azp: unknown) => judge(log, await forge(own, { claims: { azp } }))
    expect(await asked('client-1')).toBe('granted')
    for (const azp of ['client-2', undefined, null, ['client-1'], 'CLIENT-1']) {
      expect(await asked(azp)).toBe('no_rule_matched')
    }
    await applyTrust(genericTrust({ ci: issuer.url }))
  })

  it('CLM-15 an access token of the same issuer is refused as a subject token, even with our audience', async () => {
    const header = { typ: 'at+jwt' }
    const graph = await forge(issuer, { header, claims: { aud: 'https://graph.test', scp: 'all' } })
    expect(await judge(log, graph)).toBe('token_kind_not_accepted')
    expect(await judge(log, await forge(issuer, { header }))).toBe('token_kind_not_accepted')
    expect(await outcome({ aud: 'https://graph.test', scp: 'all' })).toBe('audience_mismatch')
  })
})

describe('the iss claim', () => {
  const spellings = (url: string) => {
    const { host, port, hostname, pathname } = new URL(url)
    return [
      url.toUpperCase(),
      url.replace('http', 'HTTP'),
      `${url}/`,
      `${url}?`,
      `${url}#`,
      `${url}/.`,
      url.replace(pathname, `/x/..${pathname}`),
      url.replace(pathname, pathname.replace('t', '%74')),
      url.replace(host, `user@${host}`),
      url.replace(hostname, 'localhost'),
      url.replace(hostname, '127.1'),
      url.replace(hostname, '2130706433'),
      url.replace(hostname, '127。0。0。1'),
      url.replace(`:${port}`, `:0${port}`),
      url.replace('//', '/\t/'),
      `${url}\n`,
      ` ${url}`,
      `${url}\u0000`,
    ]
  }
  it('CLM-09 AV-18 is compared character by character: every other spelling is refused', async () => {
    for (const iss of spellings(issuer.url)) {
      expect(await outcome({ iss }), JSON.stringify(iss)).toBe('issuer_not_trusted')
    }
  })

  it.each([[['x']], [{ url: 'x' }], [7], [null], [undefined], [true]])(
    'CLM-10 must be a string, not %j',
    async (iss) => {
      const value = Array.isArray(iss) ? [issuer.url] : iss
      expect(await outcome({ iss: value })).toBe('issuer_not_trusted')
    },
  )
})

describe('the subject and the claims of a token', () => {
  it.each([
    ['missing', undefined, 'claim_missing'],
    ['empty', '', 'claim_missing'],
    ['null', null, 'claim_missing'],
    ['a number', 7, 'claim_missing'],
    ['a list', ['job:1'], 'claim_missing'],
    ['an object', { toString: 'job:1' }, 'claim_missing'],
    ['of 2,049 characters', 'j'.repeat(2049), 'claim_invalid'],
    ['of 4 kB', 'j'.repeat(4096), 'claim_invalid'],
    ['with a line break', 'job:1\n', 'claim_invalid'],
    ['with DEL', 'job:1\u007f', 'claim_invalid'],
    ['with a C1 control', 'job:1\u0085', 'claim_invalid'],
    ['with a line separator', 'job:1\u2028', 'claim_invalid'],
    ['another', 'job:2', 'no_rule_matched'],
  ])('CLM-11 AV-25 with a sub that is %s: refused', async (_, sub, reason) => {
    expect(await outcome({ sub })).toBe(reason)
  })

  /** A rule with a condition on one more claim. */
  async function withCondition(when: object): Promise<(claims: Part) => Promise<string>> {
    const own = await quickIssuer()
    const trust = genericTrust({ ci: own.url })
    const [rule] = trust.rules
    await applyTrust({ ...trust, rules: [{ ...rule, when: { sub: 'job:1', ...when } }] })
    return async (claims) => {
      const whole = typeof claims === 'string' ? claims.replace('ISSUER', own.url) : claims
      return judge(log, await forge(own, { claims: whole }))
    }
  }

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'CLM-12 a claim %s is present only if the token has it',
    async (name) => {
      const asked = await withCondition({ [name]: { exists: true } })
      expect(await asked({})).toBe('no_rule_matched')
      expect(await asked({ [name]: 'x' })).toBe('granted')
    },
  )

  it('CLM-12 a claim __proto__ changes no other claim', async () => {
    const asked = await withCondition({ role: 'admin' })
    const hostile = JSON.stringify(claimsOf('ISSUER')).replace(
      '{',
      '{"__proto__":{"role":"admin"},"constructor":{"prototype":{"role":"admin"}},',
    )
    expect(await asked(hostile)).toBe('no_rule_matched')
    expect(({} as { role?: unknown }).role).toBeUndefined()
    expect(await asked({ role: 'admin' })).toBe('granted')
  })

  it('CLM-13 two ids beyond 2^53 are not equal', async () => {
    const asked = await withCondition({ repository_id: 9_007_199_254_740_991 })
    const big = (digits: string) =>
      JSON.stringify(claimsOf('ISSUER')).replace('{', `{"repository_id":${digits},`)
    expect(await asked(big('9007199254740991'))).toBe('granted')
    for (const digits of ['9007199254740992', '9007199254740993', '1e999', '90071992547409910']) {
      expect(await asked(big(digits)), digits).toBe('no_rule_matched')
    }
  })

  it('CLM-14 a claim that the token only refers to is absent, and is not fetched', async () => {
    const asked = await withCondition({ group: 'deployers' })
    const bait = await quickIssuer()
    const claims = {
      _claim_names: { group: 'src' },
      _claim_sources: { src: { endpoint: `${bait.url}/jwks`, access_token: 'x' } },
    }
    expect(await asked(claims)).toBe('no_rule_matched')
    const aggregated = `${encode({ alg: 'none' })}.${encode({ group: 'deployers' })}.`
    const inside = { ...claims, _claim_sources: { src: { JWT: aggregated } } }
    expect(await asked(inside)).toBe('no_rule_matched')
    expect(await bait.requests()).toEqual({ discovery: 0, jwks: 0 })
    await applyTrust(genericTrust({ ci: issuer.url }))
  })

  it('AV-37 reach no rule before the signature is verified', async () => {
    const [header, , signature] = (await forge(issuer)).split('.')
    const [, payload] = (await forge(issuer, { claims: { sub: 'job:2' } })).split('.')
    const response = await exchange(`${header}.${payload}.${signature}`, { resource: API })
    const body = await readJson(response.clone())
    expect(body).not.toHaveProperty('explanation')
    expect(await reasonOf(log, response)).toBe('signature_invalid')
    const line = log.lines().find(({ decisionId }) => decisionId === body.decision_id)
    expect(line).not.toHaveProperty('considered')
  })
})
