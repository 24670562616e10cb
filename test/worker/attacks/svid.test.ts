/** JWT-SVIDs and access tokens of one gateway have the same keys. Neither passes for the other. */
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { validateSvid } from '../../support/svid.ts'
import {
  applyTrust,
  bearer,
  deployment,
  exchange,
  GATEWAY,
  post,
  readJson,
  send,
} from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, putTrust, trustFor } from '../support/trust.ts'

const issuer = newIssuer()
const REPORTS = 'spiffe://acme.test/reports'
const LEGACY = 'https://legacy.test'
const SVID_EXPECTED = { trustDomain: 'acme.test', audience: REPORTS }
const SUBJECT = 'spiffe://acme.test/github/456789012'

const [rule] = trustFor(issuer.url).rules
const resources = {
  [API]: { scopes: ['deploy:read', 'deploy:write'] },
  [LEGACY]: { scopes: ['deploy:read'], typ: 'JWT' },
  [REPORTS]: { for: 'spiffe', scopes: ['call'] },
}
const grants = [
  { resource: API, scopes: ['deploy:read'] },
  { resource: LEGACY, scopes: ['deploy:read'] },
  {
    resource: REPORTS,
    scopes: ['call'],
    subject: 'spiffe://acme.test/github/{repository_id}',
    claims: { repository: '{repository}' },
  },
]
const document = {
  ...trustFor(issuer.url, { resources }),
  rules: grants.map((grant, index) => ({ ...rule, name: `rule-${index}`, grant })),
}

async function issue(resource: string): Promise<string> {
  const response = await exchange(await issuer.mint(), { resource })
  const { access_token: token, ...rest } = await readJson(response)
  if (typeof token !== 'string') throw new Error(JSON.stringify(rest))
  return token
}

async function bundle() {
  return (await (await send('/spiffe/bundle')).json()) as JSONWebKeySet
}

const now = () => Math.floor(Date.now() / 1000)

beforeAll(() => applyTrust(document))

describe('a JWT-SVID', () => {
  it('SP-01 SP-02 SP-03 is accepted with the bundle of the gateway', async () => {
    const token = await issue(REPORTS)
    const outcome = await validateSvid(token, await bundle(), { ...SVID_EXPECTED, at: now() })
    expect(outcome).toBe(SUBJECT)
    const [key] = (await bundle()).keys
    expect(decodeProtectedHeader(token)).toEqual({ typ: 'JOSE', alg: 'ES256', kid: key?.kid })
  })

  it('OUT-01 has the claims of an identity and none of a right', async () => {
    const { iat = 0, exp = 0, ...claims } = decodeJwt(await issue(REPORTS))
    expect(exp - iat).toBe(600)
    expect(claims).toEqual({
      iss: GATEWAY,
      sub: SUBJECT,
      aud: REPORTS,
      jti: expect.any(String),
      origin: expect.objectContaining({ iss: issuer.url }),
      rev: 1,
      repository: expect.any(String),
    })
  })

  it('OUT-01 is no access token at /verify', async () => {
    for (const resource of [REPORTS, API, LEGACY]) {
      const path = `/verify?resource=${encodeURIComponent(resource)}`
      const response = await send(path, { headers: bearer(await issue(REPORTS)) })
      expect(response.status).toBe(401)
    }
    const path = `/verify?resource=${encodeURIComponent(API)}`
    expect((await send(path, { headers: bearer(await issue(API)) })).status).toBe(200)
  })

  it('OUT-01 is inactive at /introspect and authenticates nobody there', async () => {
    const token = await issue(REPORTS)
    expect(await readJson(await post('/introspect', { token }))).toEqual({ active: false })
    const access = await issue(API)
    const asked = await post('/introspect', { token: access }, bearer(token))
    expect(asked.status).toBe(401)
    const other = await post('/introspect', { token }, bearer(access))
    expect(await readJson(other)).toEqual({ active: false })
  })

  it('OUT-01 is no admin token', async () => {
    const response = await send('/admin/v1/trust', { headers: bearer(await issue(REPORTS)) })
    expect(response.status).toBe(401)
  })

  it.each(['access_token', 'jwt', 'id_token'])(
    'OUT-01 is no subject token of the type %s',
    async (type) => {
      const subject_token_type = `urn:ietf:params:oauth:token-type:${type}`
      const response = await exchange(await issue(REPORTS), { subject_token_type })
      expect(response.status).toBe(400)
      expect(await readJson(response)).not.toHaveProperty('access_token')
    },
  )

  it('SP-07 SP-08 MAP-05 is refused if a claim would leave its segment of the path', async () => {
    const subject = 'spiffe://acme.test/x/{ref}'
    const when = { ...rule?.when, ref: { exists: true } }
    const grant = { ...grants[2], subject }
    await applyTrust({ ...document, rules: [{ ...rule, name: 'r', when, grant }] })
    const subjectOf = async (ref: string) => {
      const answer = await exchange(await issuer.mint({ claims: { ref } }), { resource: REPORTS })
      const { access_token: token } = await readJson(answer)
      return typeof token === 'string' ? decodeJwt(token).sub : undefined
    }
    expect(await subjectOf('v1.2_a')).toBe('spiffe://acme.test/x/v1.2_a')
    for (const ref of ['a/b', '../admin', '..', '.', 'a//b', 'a b', 'a%2fb', 'ünder', '?x', '']) {
      expect(await subjectOf(ref), ref).toBeUndefined()
    }
    await applyTrust(document)
  })
})

describe('an access token', () => {
  it('OUT-01 is no JWT-SVID, though its keys are in the bundle', async () => {
    for (const resource of [API, LEGACY]) {
      const token = await issue(resource)
      const expected = { trustDomain: 'acme.test', audience: resource, at: now() }
      const outcome = await validateSvid(token, await bundle(), expected)
      expect(outcome).toBe(resource === API ? 'typ' : 'sub')
      const keys = (await (await send('/jwks.json')).json()) as JSONWebKeySet
      await expect(jwtVerify(token, createLocalJWKSet(keys))).resolves.toBeDefined()
    }
  })

  it('OUT-01 has no subject in the trust domain of the gateway, whatever a rule says', async () => {
    const grant = { ...grants[1], subject: 'spiffe://acme.test/admin' }
    const store = deployment().TRUST_STORE.getByName('trust')
    const written = await putTrust(store, { ...document, rules: [{ ...rule, grant }] }, 1)
    expect(written).toMatchObject({ problems: [{ code: 'trust_domain_foreign' }] })
  })

  it('OUT-01 MAP-05 has no such subject by the name of its issuer and its sub', async () => {
    await applyTrust({
      ...document,
      issuers: { spiffe: document.issuers.github },
      rules: [{ ...rule, name: 'r', from: 'spiffe', grant: grants[1] }],
    })
    const minted = await issuer.mint({ claims: { sub: '//acme.test/admin' } })
    const response = await exchange(minted, { resource: LEGACY })
    expect(response.status).toBe(400)
    expect(await readJson(response)).not.toHaveProperty('access_token')
    await applyTrust(document)
  })
})
