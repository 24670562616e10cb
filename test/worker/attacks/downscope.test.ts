/** Tokens of the gateway as subject tokens, against the Worker with its own stores. */
import { decodeJwt } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { forge, genericTrust, judge, putTrust, watchLog } from '../support/attack.ts'
import {
  accessToken,
  adminToken,
  applyTrust,
  bearer,
  exchange,
  GATEWAY,
  post,
  readJson,
  runWith,
} from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'
import { API } from '../support/trust.ts'
import { questionPath } from '../support/verify.ts'

const TOOL = 'https://tool.test'
const log = watchLog()
let issuer: TestIssuer

const ACCESS = { subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' }
const narrow = (token: string, change: object = {}) => accessToken(token, { ...ACCESS, ...change })
const why = (token: string, change: object = {}) => judge(log, token, { ...ACCESS, ...change })

function ownTrust(url: string, change: object = {}) {
  const trust = genericTrust({ ci: url })
  return {
    ...trust,
    resources: { ...trust.resources, [TOOL]: { scopes: ['call'] } },
    rules: [
      ...trust.rules,
      {
        name: 'api-to-tool',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'self',
        when: { client_id: 'job-of-ci' },
        grant: { resource: TOOL, scopes: ['call'], lifetime: '30m', ...change },
      },
    ],
  }
}

beforeAll(async () => {
  issuer = await quickIssuer()
})
beforeEach(() => applyTrust(ownTrust(issuer.url)))

const job = async () => accessToken(await forge(issuer))
const isActive = async (token: string) =>
  (await readJson(await post('/introspect', { token }))).active

/** Another isolate, which has no copy of the revocations yet. */
const verifyFresh = async (token: string, kv: KVNamespace = NO_KV) =>
  (await runWith({ REVOCATIONS: kv }).send(questionPath(), { headers: bearer(token) })).status
const NO_KV = { get: async () => null } as unknown as KVNamespace

describe('a token of the gateway as subject token', () => {
  it('EXC-07 becomes narrower and never wider, and never ends later', async () => {
    const root = await job()
    const read = await narrow(root, { scope: 'deploy:read' })
    expect(decodeJwt(read)).toMatchObject({
      aud: API,
      scope: 'deploy:read',
      client_id: 'job-of-ci',
    })
    expect(decodeJwt(read).exp).toBe(decodeJwt(root).exp)
    expect(await why(read, { scope: 'deploy:write' })).toBe('scope_not_granted')
    const call = await narrow(read, { resource: TOOL, expires_in: '86400' })
    expect(decodeJwt(call)).toMatchObject({ aud: TOOL, scope: 'call', client_id: 'api-to-tool' })
    expect(decodeJwt(call)).toMatchObject({
      sub: decodeJwt(root).sub,
      origin: decodeJwt(root).origin,
    })
    expect(decodeJwt(call).exp).toBe(decodeJwt(root).exp)
    expect(await why(call)).toBe('resource_left')
    expect(await why(call, { resource: TOOL })).toBe('granted')
  })

  it('RFC 8693 answers as for every other subject token', async () => {
    const body = await readJson(await exchange(await job(), { ...ACCESS, scope: 'deploy:read' }))
    expect(body).toMatchObject({
      issued_token_type: ACCESS.subject_token_type,
      token_type: 'Bearer',
      scope: 'deploy:read',
      decision_id: expect.stringMatching(/^dec_/),
    })
  })

  it('ADM-03 is never an admin token, and never leads to one', async () => {
    expect(await why(await adminToken())).toBe('admin_token')
    expect(await why(await adminToken(), { resource: GATEWAY })).toBe('resource_unknown')
    expect(await why(await job(), { resource: GATEWAY, scope: 'trust:read' })).toBe(
      'resource_unknown',
    )
  })

  it('TE-30 is never a token of another issuer', async () => {
    expect(await why(await forge(issuer))).toBe('token_type_unsupported')
    const claims = { iss: GATEWAY, client_id: 'job-of-ci', scope: 'deploy:read', aud: API }
    for (const typ of ['JWT', 'at+jwt']) {
      const reason = await why(await forge(issuer, { claims, header: { typ } }))
      expect(reason).toBe(typ === 'JWT' ? 'token_kind_not_accepted' : 'signature_invalid')
    }
  })

  it('REV-03 is refused as soon as its rule is removed from the document', async () => {
    const root = await job()
    const { rules, ...rest } = ownTrust(issuer.url)
    await applyTrust({ ...rest, rules: rules.slice(1) })
    expect(await why(root)).toBe('granting_rule_ended')
    expect(await why(root, { resource: TOOL })).toBe('granting_rule_ended')
  })

  it('REP-01 is exchanged once for each chain if the rule says so', async () => {
    await applyTrust(ownTrust(issuer.url, { replay: 'once' }))
    const root = await job()
    const copies = [await narrow(root), await narrow(root)]
    const reasons = []
    for (const one of [...copies, root]) reasons.push(await why(one, { resource: TOOL }))
    expect(reasons).toEqual(['granted', 'token_used', 'token_used'])
  })
})

describe('REV-05 a revoked token of the gateway', () => {
  it('takes its descendants with it at introspection, forward auth and exchange', async () => {
    const root = await job()
    const child = await narrow(root)
    const grandchild = await narrow(child, { scope: 'deploy:read' })
    const sibling = await narrow(root)
    expect(await Promise.all([root, child, grandchild, sibling].map(isActive))).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(await verifyFresh(grandchild)).toBe(200)
    await post('/revoke', { token: child })
    expect(await Promise.all([root, child, grandchild, sibling].map(isActive))).toEqual([
      true,
      false,
      false,
      true,
    ])
    const verified = [root, child, grandchild, sibling].map((token) => verifyFresh(token))
    expect(await Promise.all(verified)).toEqual([200, 401, 401, 200])
    const isolate = runWith({ REVOCATIONS: NO_KV })
    const again = async (subject_token: string) => {
      const form = { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', resource: API }
      const body = new URLSearchParams({ ...form, ...ACCESS, subject_token })
      return (await isolate.send('/token', { method: 'POST', body })).status
    }
    expect([await again(root), await again(child), await again(grandchild)]).toEqual([
      200, 400, 400,
    ])
  })

  it('reaches descendants at other resources, through the admin API too', async () => {
    const root = await job()
    const call = await narrow(root, { resource: TOOL })
    const jti = String(decodeJwt(root).jti)
    const response = await runWith({}).send('/admin/v1/revocations', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(await adminToken()) },
      body: JSON.stringify({ jti, reason: 'stolen' }),
    })
    expect(response.status).toBe(200)
    expect([await isActive(root), await isActive(call)]).toEqual([false, false])
  })

  it('REV-02 is not exchanged while neither the published revocations nor the log answers', async () => {
    const root = await job()
    const down = {
      REVOCATIONS: { get: () => Promise.reject(new Error('down')) } as unknown as KVNamespace,
      REVOCATION_LOG: {
        getByName: () => ({ pointer: () => Promise.reject(new Error('down')) }),
      } as never,
    }
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', resource: API }
    const body = new URLSearchParams({ ...form, ...ACCESS, subject_token: root })
    const response = await runWith(down).send('/token', { method: 'POST', body })
    expect([response.status, await readJson(response)]).toMatchObject([
      503,
      { error: 'temporarily_unavailable' },
    ])
  })
})

describe('rules for tokens of the gateway', () => {
  it('ADM-03 are refused if they lead to the gateway, set a subject or mean no token', async () => {
    const base = ownTrust(issuer.url)
    const [first, own] = base.rules
    const codes = (change: object) => putTrust({ ...base, rules: [first, { ...own, ...change }] })
    const grant = { resource: TOOL, scopes: ['call'] }
    expect(await codes({})).toEqual([])
    expect(await codes({ grant: { ...grant, resource: GATEWAY } })).toEqual(['resource_unknown'])
    expect(await codes({ grant: { ...grant, subject: 'x:{sub}' } })).toEqual([
      'subject_not_allowed',
    ])
    expect(await codes({ when: { rev: { min: 1 } } })).toEqual(['tenant_not_pinned'])
    expect(await codes({ when: { clientid: 'job-of-ci' } })).toContain('claim_unknown')
    const issuers = {
      ...base.issuers,
      self: { provider: 'generic-oidc', issuer: 'https://s.test' },
    }
    expect(await putTrust({ ...base, issuers })).toContain('issuer_reserved')
  })
})
