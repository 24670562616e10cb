import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { alertsOf, forge, genericTrust, judge, putTrust, watchLog } from '../support/attack.ts'
import { accessToken, applyTrust, GATEWAY } from '../support/gateway.ts'
import { newIssuer, quickIssuer, type TestIssuer } from '../support/issuer.ts'
import { API } from '../support/trust.ts'

const log = watchLog()
let issuer: TestIssuer
beforeAll(async () => {
  issuer = await quickIssuer()
  await applyTrust(genericTrust({ ci: issuer.url }))
})

const named = (provider: string, url: string) => ({
  ...genericTrust({}),
  issuers: { ci: { provider, issuer: url } },
})

describe('the gateway as an issuer', () => {
  it('ISS-01 OUT-01 EXC-07 accepts no token of its own as one of a platform', async () => {
    const issued = await accessToken(await forge(issuer))
    expect(decodeJwt(issued).iss).toBe(GATEWAY)
    for (const kind of ['id_token', 'jwt']) {
      const subject_token_type = `urn:ietf:params:oauth:token-type:${kind}`
      const reason = await judge(log, issued, { subject_token_type })
      expect(reason).toBe('issuer_not_trusted')
    }
    // The admin API, which has other issuers, does not accept it either.
    expect(await judge(log, issued, { resource: GATEWAY })).toBe('issuer_not_trusted')
  })

  it('ISS-01 cannot be registered, by its URL or by its host', async () => {
    for (const url of [GATEWAY, `${GATEWAY}/`, `${GATEWAY}/x`, `${GATEWAY}:8443`]) {
      expect(await putTrust(named('generic-oidc', url)), url).toEqual(['issuer_invalid'])
    }
  })
})

describe('an identity', () => {
  it('ISS-02 the same claims of two issuers are two identities', async () => {
    const [one, two] = [await quickIssuer(), await quickIssuer()]
    const trust = genericTrust({ one: one.url, two: two.url })
    await applyTrust({ ...trust, rules: trust.rules.slice(0, 1) })
    expect(await judge(log, await forge(one))).toBe('granted')
    expect(await judge(log, await forge(two))).toBe('no_rule_matched')
    await applyTrust(trust)
    const issued = [await accessToken(await forge(one)), await accessToken(await forge(two))]
    const [first, second] = issued.map((token) => decodeJwt(token))
    expect([first?.client_id, second?.client_id]).toEqual(['job-of-one', 'job-of-two'])
    expect([first?.sub, second?.sub]).toEqual(['one:job:1', 'two:job:1'])
  })

  it('ISS-03 a name that exists in every cluster is accepted only from the cluster of the rule', async () => {
    const name = 'https://kubernetes.default.svc.cluster.local'
    const [mine, other] = [await quickIssuer(), await quickIssuer()]
    const cluster = { provider: 'kubernetes', issuer: name }
    const trust = (keys: readonly unknown[] | undefined) => ({
      ...genericTrust({}),
      issuers: { cluster: { ...cluster, ...(keys ? { keys: { jwks: { keys } } } : {}) } },
      rules: [
        {
          name: 'worker',
          owner: 'platform@example.com',
          expires: '2099-12-31',
          from: 'cluster',
          when: {
            'kubernetes.io.namespace': 'prod',
            'kubernetes.io.serviceaccount.name': 'worker',
          },
          grant: { resource: API, scopes: ['deploy:read'], replay: 'reuse' },
        },
      ],
    })
    expect(await putTrust(trust(undefined))).toContain('issuer_invalid')
    await applyTrust(trust(await mine.keys()))
    const token = (from: TestIssuer) => {
      const kubernetes = { namespace: 'prod', serviceaccount: { name: 'worker', uid: 'u' } }
      const sub = 'system:serviceaccount:prod:worker'
      return forge(from, { claims: { iss: name, sub, 'kubernetes.io': kubernetes } })
    }
    expect(await judge(log, await token(mine))).toBe('granted')
    expect(await judge(log, await token(other))).toBe('key_unknown')
    expect(await other.requests()).toEqual({ discovery: 0, jwks: 0 })
  })

  it.each(['common', 'organizations', 'consumers', '{tenantid}', 'contoso.onmicrosoft.com'])(
    'ISS-04 %s stands for many tenants and cannot be an issuer',
    async (tenant) => {
      for (const url of [
        `https://login.microsoftonline.com/${tenant}/v2.0`,
        `https://sts.windows.net/${tenant}/`,
      ]) {
        expect(await putTrust(named('entra-id', url))).toEqual(['issuer_invalid'])
      }
    },
  )

  it('ISS-04 a single tenant can be an issuer, and tokens of other tenants are refused', async () => {
    const tenant = '11111111-2222-4333-8444-555555555555'
    const url = `https://login.microsoftonline.com/${tenant}/v2.0`
    const keys = { jwks: { keys: (await newIssuer().keys()).filter(({ kty }) => kty === 'RSA') } }
    const trust = named('entra-id', url)
    const entry = { ...trust.issuers.ci, keys }
    expect(await putTrust({ ...trust, issuers: { ci: entry } })).toEqual([])
    await applyTrust({ ...trust, issuers: { ci: entry } })
    const other = url.replace('11111111', '99999999')
    const token = await forge(issuer, { claims: { iss: other } })
    expect(await judge(log, token)).toBe('issuer_not_trusted')
  })
})

describe('an issuer with a new owner', () => {
  it('ISS-05 replaces every key at once: an alert is logged, and uploaded keys stay', async () => {
    const own = await quickIssuer()
    await applyTrust(genericTrust({ ci: own.url }))
    const before = await forge(own)
    expect(await judge(log, before)).toBe('granted')
    const pinned = await own.keys()
    await own.rotate()
    const after = await forge(own)
    expect(await judge(log, after)).toBe('granted')
    expect(alertsOf(log, own)).toEqual(['every_key_replaced'])
    const trust = genericTrust({ ci: own.url })
    const keys = { jwks: { keys: pinned } }
    await applyTrust({ ...trust, issuers: { ci: { ...trust.issuers.ci, keys } } })
    expect(await judge(log, before)).toBe('granted')
    expect(await judge(log, after)).toBe('key_unknown')
  })

  it('ISS-05 NET-10 adds a key to the old one, which causes no alert', async () => {
    const own = await quickIssuer()
    await applyTrust(genericTrust({ ci: own.url }))
    const before = await forge(own)
    expect(await judge(log, before)).toBe('granted')
    await own.rotate({ keep_old: true })
    expect(await judge(log, await forge(own))).toBe('granted')
    expect(await judge(log, before)).toBe('granted')
    expect(alertsOf(log, own)).toEqual([])
  })
})

describe('a token without an issuer', () => {
  it('ISS-06 SP-02 SP-03 SP-06 is verified only with the bundle of the trust domain in its subject', async () => {
    const [acme, partner] = [await quickIssuer(), await quickIssuer()]
    const entry = async (from: TestIssuer, name: string) => ({
      provider: 'spiffe-jwt-svid',
      issuer: `https://${name}.internal`,
      trust_domain: `${name}.example`,
      keys: { jwks: { keys: (await from.keys()).map((key) => ({ ...key, use: 'jwt-svid' })) } },
    })
    const rule = (from: string) => ({
      name: `mesh-${from}`,
      owner: 'platform@example.com',
      expires: '2099-12-31',
      from,
      when: { sub: `spiffe://${from}.example/a` },
      grant: { resource: API, scopes: ['deploy:read'], replay: 'reuse' },
    })
    await applyTrust({
      ...genericTrust({}),
      issuers: { acme: await entry(acme, 'acme'), partner: await entry(partner, 'partner') },
      rules: [rule('acme'), rule('partner')],
    })
    const svid = (from: TestIssuer, domain: string, more: object = {}) => {
      const claims = { iss: undefined, iat: undefined, nbf: undefined, jti: undefined }
      const header = { typ: 'JWT', ...more }
      return forge(from, { header, claims: { ...claims, sub: `spiffe://${domain}.example/a` } })
    }
    expect(await judge(log, await svid(acme, 'acme'))).toBe('granted')
    expect(await judge(log, await svid(partner, 'partner'))).toBe('granted')
    expect(await judge(log, await svid(acme, 'partner'))).toBe('key_unknown')
    expect(await judge(log, await svid(partner, 'acme'))).toBe('key_unknown')
    expect(await judge(log, await svid(acme, 'nobody'))).toBe('issuer_not_trusted')
    // SP-02, SP-03: other token types, other algorithms and keys in the header are refused.
    expect(await judge(log, await svid(acme, 'acme', { typ: 'JOSE' }))).toBe('granted')
    expect(await judge(log, await svid(acme, 'acme', { typ: 'at+jwt' }))).toBe(
      'token_kind_not_accepted',
    )
    for (const alg of ['EdDSA', 'Ed25519', 'HS256', 'none']) {
      expect(await judge(log, await svid(acme, 'acme', { alg }))).toBe('algorithm_not_allowed')
    }
    expect(await judge(log, await svid(acme, 'acme', { jku: 'https://x.test' }))).toBe(
      'token_malformed',
    )
  })
})
