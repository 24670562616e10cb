/** A transaction token as the subject token of a token exchange, and nowhere else. */
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { CEILINGS, type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { AUDIENCE, exchangeForm, vectorTrust } from '../../support/vectors.ts'
import { bearerForm } from '../support/grant-forms.ts'

type Json = Readonly<Record<string, unknown>>
const API = 'https://api.example.com'
const TYPE = 'urn:ietf:params:oauth:token-type'
const ALL = `${API} deploy:read deploy:write`

const trustOf = (accepts?: readonly string[]) => (issuerUrl: string) => {
  const { issuers, ...rest } = vectorTrust(issuerUrl)
  const { accepts: _, ...idp } = issuers.idp
  return { ...rest, issuers: { ...issuers, idp: { ...idp, ...(accepts && { accepts }) } } }
}

let world: CoreWorld
let other: CoreWorld
beforeAll(async () => {
  world = await startCoreWorld(trustOf(['txn_token']))
  other = await startCoreWorld(trustOf(['access_token', 'id_jag']))
})

function txnToken(of: CoreWorld, claims: Json = {}, header: Json = {}): Promise<string> {
  const usual = { txn: 't-1', req_wl: 'apigateway', scope: 'deploy:read deploy:write other' }
  return of.issuer.mint(
    {
      provider: 'github-actions',
      audience: AUDIENCE,
      claims: { ...usual, ...claims },
      header: { typ: 'txntoken+jwt', ...header },
    } as Parameters<typeof of.issuer.mint>[0],
    'idp',
  )
}

async function send(form: Readonly<Record<string, string>>, to = world): Promise<string> {
  const { body } = await to.send(form)
  if (!('access_token' in body)) return String(to.recorded.at(-1)?.reason)
  const { aud, scope } = decodeJwt(body.access_token)
  return `${aud} ${scope}`
}

const asTxn = (token: string, more: Readonly<Record<string, string>> = {}) => ({
  ...exchangeForm(token),
  subject_token_type: `${TYPE}:txn_token`,
  ...more,
})

describe('a transaction token', () => {
  it('TX-05 gives a token with the scopes that it and the rule allow', async () => {
    expect(await send(asTxn(await txnToken(world)))).toBe(ALL)
    const narrow = await txnToken(world, { scope: 'deploy:read' })
    expect(await send(asTxn(narrow))).toBe(`${API} deploy:read`)
    expect(await send(asTxn(narrow, { scope: 'deploy:write' }))).toBe('scope_exceeds_assertion')
    expect(await send(asTxn(await txnToken(world, { scope: 'other' })))).toBe('scope_not_granted')
  })

  it.each(['txn', 'req_wl', 'scope', 'iat', 'exp', 'sub'])('TX-03 needs %s', async (name) => {
    expect(await send(asTxn(await txnToken(world, { [name]: null })))).toBe('claim_missing')
  })

  it.each([
    { txn: ['t'] },
    { req_wl: 7 },
    { scope: ['deploy:read'] },
    { scope: 'a  b' },
    { txn: 'a\u0000b' },
  ])('TX-03 TX-05 is refused with a claim in another form: %j', async (claims) => {
    expect(await send(asTxn(await txnToken(world, claims)))).toBe('claim_invalid')
  })

  it('EXC-09 is refused if it is bound to a key', async () => {
    expect(await send(asTxn(await txnToken(world, { cnf: { jkt: 'x' } })))).toBe('token_bound')
  })

  it('CLM-07 is refused for another trust domain', async () => {
    const elsewhere = await txnToken(world, { aud: 'https://other-domain.example' })
    expect(await send(asTxn(elsewhere))).toBe('audience_mismatch')
  })

  it('TX-08 is neither an access token, nor another token, nor client authentication', async () => {
    const token = await txnToken(world)
    for (const type of ['jwt', 'id_token']) {
      const form = { ...exchangeForm(token), subject_token_type: `${TYPE}:${type}` }
      expect(await send(form)).toBe('token_kind_not_accepted')
    }
    const foreign = await txnToken(other)
    const asAccess = { ...exchangeForm(foreign), subject_token_type: `${TYPE}:access_token` }
    expect(await send(asAccess, other)).toBe('token_kind_not_accepted')
    expect(await send(bearerForm(token))).toBe('token_kind_not_accepted')
    const client = {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: token,
      resource: API,
    }
    expect(await send(client)).toBe('token_kind_not_accepted')
  })

  it('TX-08 OUT-01 no other token is a transaction token', async () => {
    for (const typ of ['JWT', 'at+jwt', 'oauth-id-jag+jwt']) {
      const token = await txnToken(world, {}, { typ })
      expect(await send(asTxn(token))).toBe('token_kind_not_accepted')
    }
    const own = await world.exchange(await world.mint())
    const issued = 'access_token' in own.body ? own.body.access_token : ''
    expect(await send(asTxn(issued))).toBe('issuer_not_trusted')
  })

  it('is no actor token', async () => {
    const acting = { actor_token: await txnToken(world), actor_token_type: `${TYPE}:txn_token` }
    const subject = await world.mint()
    expect(await send({ ...exchangeForm(subject), ...acting })).toBe('token_type_unsupported')
    const asJwt = { ...acting, actor_token_type: `${TYPE}:jwt` }
    expect(await send({ ...exchangeForm(subject), ...asJwt })).toBe('actor_not_accepted')
  })

  it('is accepted only from an issuer whose entry says so', async () => {
    expect(await send(asTxn(await txnToken(other)), other)).toBe('token_type_unsupported')
  })

  it('is not issued', async () => {
    const requested = { requested_token_type: `${TYPE}:txn_token` }
    expect(await send({ ...exchangeForm(await world.mint()), ...requested })).toBe(
      'token_type_unsupported',
    )
  })
})

describe('the entry of an issuer', () => {
  const problemsOf = (change: Json) => {
    const document = trustOf()('http://127.0.0.1:9000/github')
    const result = compileTrust(
      {
        ...document,
        issuers: { ...document.issuers, more: { accepts: ['txn_token'], ...change } },
      },
      CEILINGS,
    )
    return 'problems' in result ? result.problems.map(({ code }) => code) : []
  }
  it('cannot accept them of a platform that signs for many customers', () => {
    expect(problemsOf({ provider: 'gitlab-com' })).toEqual(['accepts_misplaced'])
    const own = { provider: 'generic-oidc', issuer: 'https://txn.example.com' }
    expect(problemsOf(own)).toEqual([])
  })
})
