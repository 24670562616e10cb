/** An ID-JAG as the assertion of the JWT bearer grant. */
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { AUDIENCE, vectorTrust } from '../../support/vectors.ts'
import { API, bearerForm, OTHER } from '../support/grant-forms.ts'

type Json = Readonly<Record<string, unknown>>

let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld()
})

function idJag(claims: Json = {}, header: Json = {}): Promise<string> {
  const typ = 'oauth-id-jag+jwt'
  return world.issuer.mint(
    {
      provider: 'github-actions',
      audience: AUDIENCE,
      claims: { client_id: 'app', ...claims },
      header: { typ, ...header },
    },
    'idp',
  )
}

/** Returns what was issued, or the reason of the denial. */
async function judge(claims: Json, change: Readonly<Record<string, string>> = {}) {
  const form = { ...bearerForm(await idJag(claims)), client_id: 'app', ...change }
  const { status, body } = await world.send(form)
  if (status !== 200 || !('access_token' in body)) return world.recorded.at(-1)?.reason
  const { aud, scope } = decodeJwt(body.access_token)
  return `${aud} ${scope}`
}

const ALL = `${API} deploy:read deploy:write`
const READ = `${API} deploy:read`

describe('an ID-JAG', () => {
  it('CH-10 is accepted from an issuer that says so, for its own client', async () => {
    expect(await judge({})).toBe(ALL)
    expect(await judge({}, { client_id: 'App' })).toBe('client_mismatch')
    expect(await judge({}, { client_id: '' })).toBe('client_mismatch')
    const authorization = `Basic ${Buffer.from('app:').toString('base64')}`
    expect((await world.send(bearerForm(await idJag()), { authorization })).status).toBe(200)
  })

  it('CH-08 needs client_id and jti', async () => {
    expect(await judge({ client_id: null })).toBe('claim_missing')
    expect(await judge({ client_id: '' })).toBe('claim_missing')
    expect(await judge({ client_id: ['app'] })).toBe('claim_invalid')
    expect(await judge({ jti: null })).toBe('claim_missing')
    expect(await judge({ iat: null })).toBe('claim_missing')
  })

  it('CH-11 EXC-09 is refused if it is bound to a key', async () => {
    expect(await judge({ cnf: { jkt: 'x' } })).toBe('token_bound')
    const form = { ...bearerForm(await idJag({ cnf: { jkt: 'x' } })), client_id: 'app' }
    expect((await world.send(form)).body).toMatchObject({ error: 'invalid_grant' })
  })

  it('CH-10 names this gateway as its only audience, whatever the issuer entry says', async () => {
    const makeTrust = (url: string) => {
      const trust = vectorTrust(url)
      const idp = { ...trust.issuers.idp, audience: 'https://other-audience.example' }
      return { ...trust, issuers: { ...trust.issuers, idp } }
    }
    const own = await startCoreWorld(makeTrust)
    const mint = (audience: string) =>
      own.issuer.mint(
        {
          provider: 'github-actions',
          audience,
          claims: { client_id: 'app' },
          header: { typ: 'oauth-id-jag+jwt' },
        },
        'idp',
      )
    const send = async (audience: string) =>
      (await own.send({ ...bearerForm(await mint(audience)), client_id: 'app' })).status
    expect(await send(AUDIENCE)).toBe(200)
    expect(await send('https://other-audience.example')).toBe(400)
    expect(own.recorded.at(-1)).toMatchObject({ reason: 'audience_mismatch' })
    expect(await judge({ aud: [AUDIENCE, 'https://x.example'] })).toBe('audience_mismatch')
    expect(await judge({ aud: [AUDIENCE] })).toBe(ALL)
  })

  it('CH-06 REP-01 is accepted once where its rule says so', async () => {
    const own = await startCoreWorld((url) => {
      const trust = vectorTrust(url)
      const rules = trust.rules.map((rule) =>
        rule.name === 'idp' && 'grant' in rule
          ? { ...rule, grant: { ...rule.grant, replay: 'once' } }
          : rule,
      )
      return { ...trust, rules }
    })
    const mint = (header: Json, claims: Json) =>
      own.issuer.mint({ provider: 'github-actions', audience: AUDIENCE, header, claims }, 'idp')
    const claims = { client_id: 'app', jti: 'grant-1' }
    const form = {
      ...bearerForm(await mint({ typ: 'oauth-id-jag+jwt' }, claims)),
      client_id: 'app',
    }
    expect((await own.send(form)).status).toBe(200)
    expect((await own.send(form)).body).toMatchObject({ error: 'invalid_grant' })
    expect(own.recorded.at(-1)).toMatchObject({ reason: 'token_used' })
    const narrower = { ...form, scope: 'deploy:read' }
    expect((await own.send(narrower)).body).toMatchObject({ error: 'invalid_grant' })
  })

  it('TE-48 is refused if it limits rights in a way that this gateway does not read', async () => {
    expect(await judge({ authorization_details: [] })).toBe('claim_invalid')
  })
})

describe('the issuer of an ID-JAG', () => {
  it('CH-12 CH-13 is its iss alone: not this gateway, and not what sub_id says', async () => {
    expect(await judge({ iss: AUDIENCE })).toBe('issuer_not_trusted')
    const sub_id = { format: 'iss_sub', iss: `${world.issuer.issuer}/idp`, sub: 'x' }
    expect(await judge({ iss: 'https://idp.example', sub_id })).toBe('issuer_not_trusted')
    expect(await judge({ sub_id: { ...sub_id, iss: 'https://idp.example' } })).toBe(ALL)
  })
})

describe('the resource of an ID-JAG', () => {
  it('is the target if the request names none', async () => {
    expect(await judge({ resource: API }, { resource: '' })).toBe(ALL)
    expect(await judge({ resource: [`${API}/`] }, { resource: '' })).toBe(ALL)
    // The rules grant one resource only.
    expect(await judge({}, { resource: '' })).toBe(ALL)
    expect(await judge({ resource: [API, OTHER] }, { resource: '' })).toBe('target_missing')
  })

  it('EXC-05 limits the target of the request', async () => {
    expect(await judge({ resource: [OTHER, API] })).toBe(ALL)
    expect(await judge({ resource: 'HTTPS://API.example.com:443' })).toBe(ALL)
    expect(await judge({ resource: OTHER })).toBe('target_exceeds_assertion')
    expect(await judge({ resource: `${API}/deep` })).toBe('target_exceeds_assertion')
    expect(await judge({ resource: OTHER }, { resource: '', audience: API })).toBe(
      'target_exceeds_assertion',
    )
  })

  it('is no way around the rules, or to the admin API', async () => {
    expect(await judge({ resource: OTHER }, { resource: '' })).toBe('no_rule_matched')
    for (const resource of [AUDIENCE, 'https://nowhere.example']) {
      expect([resource, await judge({ resource }, { resource: '' })]).toEqual([
        resource,
        'resource_unknown',
      ])
    }
  })

  it('is refused if it is not a list of URIs', async () => {
    for (const resource of ['api', '', 5, [], [API, 5], { uri: API }, [API, 'x']]) {
      expect([resource, await judge({ resource })]).toEqual([resource, 'claim_invalid'])
    }
  })
})

describe('the scope of an ID-JAG', () => {
  it('TE-48 CH-04 limits the scope if the request names none', async () => {
    expect(await judge({ scope: 'deploy:read' })).toBe(READ)
    expect(await judge({ scope: 'deploy:read deploy:admin' })).toBe(READ)
    expect(await judge({ scope: 'deploy:admin' })).toBe('scope_not_granted')
  })

  it('TE-48 EXC-04 lets the request ask for less, and never for more', async () => {
    const both = 'deploy:read deploy:write'
    expect(await judge({ scope: both }, { scope: 'deploy:read' })).toBe(READ)
    expect(await judge({ scope: 'deploy:read' }, { scope: both })).toBe('scope_exceeds_assertion')
    expect(await judge({ scope: 'deploy:admin' }, { scope: 'deploy:admin' })).toBe(
      'scope_not_granted',
    )
    expect(await judge({}, { scope: 'deploy:read' })).toBe(READ)
  })

  it('TE-48 EXC-04 limits a request without a target in the same way', async () => {
    const both = { resource: '', scope: 'deploy:read deploy:write' }
    expect(await judge({ scope: 'deploy:read' }, both)).toBe('scope_exceeds_assertion')
    expect(await judge({ scope: both.scope }, both)).toBe(ALL)
    expect(await judge({ scope: 'deploy:read' }, { resource: '' })).toBe(READ)
  })

  it('is refused if it is not a scope', async () => {
    for (const scope of ['', 'a  b', 5, ['deploy:read'], 'a"b']) {
      expect([scope, await judge({ scope })]).toEqual([scope, 'claim_invalid'])
    }
  })
})

describe('claims of an ID-JAG in another token', () => {
  it('limit nothing: an ordinary assertion is not an ID-JAG', async () => {
    const token = await idJag({ scope: 'deploy:read', resource: OTHER }, { typ: 'JWT' })
    const { status, body } = await world.send(bearerForm(token))
    expect([status, 'scope' in body && body.scope]).toEqual([200, 'deploy:read deploy:write'])
  })
})
