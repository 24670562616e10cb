/**
 * The token endpoint supports further grant types without code changes: each brings its own
 * parameters, errors and answer. The two here have the form of RFC 7523 §2.1 and §2.2.
 */
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { OAuthError } from '../../../src/core/denial.ts'
import { requireParameter } from '../../../src/core/endpoint/form.ts'
import type { GrantType } from '../../../src/core/grants/grant-type.ts'
import { GRANT_TYPES } from '../../../src/core/grants/index.ts'
import { ok } from '../../../src/web/result.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { exchangeForm } from '../../support/vectors.ts'

const API = 'https://api.example.com'

/** A grant type whose assertion is in one parameter. */
function assertionGrant(name: string, parameter: string, bad: OAuthError): GrantType {
  return {
    name,
    assertionName: 'assertion',
    parameters: [{ name: parameter }, { name: 'claims', isUnsupported: true }],
    errors: { assertion: bad, decision: { error: 'unauthorized_client', status: 400 } },
    read: (form) => {
      const assertion = requireParameter(form, parameter)
      return assertion.ok
        ? ok({ assertion: assertion.value, issuedTokenType: undefined })
        : assertion
    },
    render: ({ token, lifetimeSeconds, scope }) => ({
      access_token: token,
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      scope,
    }),
  }
}

const JWT_BEARER = assertionGrant('urn:ietf:params:oauth:grant-type:jwt-bearer', 'assertion', {
  error: 'invalid_grant',
  status: 400,
})
const CLIENT_CREDENTIALS = assertionGrant('client_credentials', 'client_assertion', {
  error: 'invalid_client',
  status: 401,
})
const settings = { grantTypes: [...GRANT_TYPES, JWT_BEARER, CLIENT_CREDENTIALS] }

let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld()
})

function bearer(assertion: string, change: Readonly<Record<string, string>> = {}) {
  const form = { grant_type: JWT_BEARER.name, assertion, resource: API, ...change }
  return world.send(form, { settings })
}

describe('a second grant type', () => {
  it('issues the same token and has its own form of answer', async () => {
    const { status, body } = await bearer(await world.mint())
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'deploy:read deploy:write',
      decision_id: world.recorded.at(-1)?.decisionId,
    })
    const claims = decodeJwt('access_token' in body ? body.access_token : '')
    expect(claims).toMatchObject({
      aud: API,
      client_id: 'deploy',
      scope: 'deploy:read deploy:write',
    })
    expect(world.recorded.at(-1)).toMatchObject({ outcome: 'granted', rule: 'deploy' })
  })

  it('has its own error and its own word for a refused assertion', async () => {
    const expired = await world.mint({ iat: 1000, nbf: 1000, exp: 1060 })
    const used = await world.mint()
    await bearer(used)
    const rows = [
      [expired, 'token_expired', 'the assertion has expired'],
      ['a.b.c', 'token_malformed', 'the assertion was not accepted'],
      [used, 'token_used', 'the assertion has been used already'],
    ] as const
    for (const [assertion, reason, sentence] of rows) {
      const { status, body } = await bearer(assertion)
      expect(world.recorded.at(-1)?.reason).toBe(reason)
      expect({ status, ...body }).toMatchObject({
        status: 400,
        error: 'invalid_grant',
        error_description: sentence,
      })
    }
  })

  it('has its own error for a decision by the rules', async () => {
    const { body } = await bearer(await world.mint({ ref: 'refs/heads/other' }))
    expect(world.recorded.at(-1)?.reason).toBe('no_rule_matched')
    expect(body).toMatchObject({ error: 'unauthorized_client' })
  })

  it('has the common errors for the request, the target and the scope', async () => {
    const errorOf = async (change: Readonly<Record<string, string>>) => {
      const { body } = await bearer(await world.mint(), change)
      return 'error' in body ? body.error : ''
    }
    expect(await errorOf({ assertion: '' })).toBe('invalid_request')
    expect(await errorOf({ claims: 'x' })).toBe('invalid_request')
    expect(await errorOf({ resource: 'https://nowhere.example.com' })).toBe('invalid_target')
    expect(await errorOf({ scope: 'nothing' })).toBe('invalid_scope')
    expect(await errorOf({ client_secret: 'x' })).toBe('invalid_client')
  })

  it('does not change token exchange', async () => {
    const expired = await world.mint({ iat: 1000, nbf: 1000, exp: 1060 })
    const { body } = await world.send(exchangeForm(expired), { settings })
    expect(body).toMatchObject({
      error: 'invalid_request',
      error_description: 'the subject token has expired',
    })
    const granted = await world.send(exchangeForm(await world.mint()), { settings })
    expect(granted.body).toHaveProperty('issued_token_type')
  })

  it('is not supported if it is not in the list', async () => {
    const form = { grant_type: JWT_BEARER.name, assertion: await world.mint(), resource: API }
    const { body } = await world.send(form)
    expect(body).toMatchObject({ error: 'unsupported_grant_type' })
    expect(world.recorded.at(-1)).toMatchObject({ reason: 'grant_type_unsupported' })
  })
})

describe('a grant type whose assertion authenticates the client', () => {
  const form = (client_assertion: string) => ({
    grant_type: 'client_credentials',
    client_assertion,
    resource: API,
  })

  it('accepts the credential as its own parameter', async () => {
    expect((await world.send(form(await world.mint()), { settings })).status).toBe(200)
  })

  it('answers 401 with a challenge if the assertion is refused', async () => {
    const { status, headers, body } = await world.send(form('a.b.c'), { settings })
    expect([status, 'error' in body && body.error]).toEqual([401, 'invalid_client'])
    expect(headers).toMatchObject({
      'www-authenticate': 'Token-Exchange error="invalid_client"',
    })
  })

  it('refuses other credentials', async () => {
    const both = { ...form(await world.mint()), client_secret: 'x' }
    const { body } = await world.send(both, { settings })
    expect(body).toMatchObject({ error: 'invalid_client' })
    expect(world.recorded.at(-1)).toMatchObject({
      reason: 'client_authentication_unsupported',
      fault: 'client_secret',
    })
  })
})
