/**
 * The Authorization header at every endpoint that accepts a token: /verify, /introspect, /revoke,
 * admin.
 */
import { decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { accessToken, adminToken, applyTrust, post, readJson, send } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const issuer = newIssuer()

beforeAll(async () => {
  const base = trustFor(issuer.url)
  const resources = { [API]: { ...base.resources[API], typ: 'JWT' as const } }
  await applyTrust({ ...base, resources })
})

/** `TOKEN` stands for the token. The platform removes white space around the value of a header. */
const ACCEPTED = [
  'Bearer TOKEN',
  'bearer TOKEN',
  'Bearer  TOKEN',
  'BEARER    TOKEN',
  ' Bearer TOKEN ',
]
const REFUSED = [
  'Bearer\tTOKEN',
  'Bearer TOKEN,',
  'Bearer TOKEN TOKEN',
  'Bearer TOKEN, Bearer TOKEN',
  'Bearer "TOKEN"',
  'BearerTOKEN',
  'DPoP TOKEN',
]

async function statuses(header: string): Promise<Readonly<Record<string, number>>> {
  const token = await accessToken(await issuer.mint())
  const authorization = header.replaceAll('TOKEN', token)
  const admin = header.replaceAll('TOKEN', await adminToken())
  const question = new URLSearchParams({ resource: API }).toString()
  const answers = {
    verify: await send(`/verify?${question}`, { headers: { authorization } }),
    introspect: await post('/introspect', { token }, { authorization }),
    revoke: await post('/revoke', { token }, { authorization }),
    admin: await send('/admin/v1/trust', { headers: { authorization: admin } }),
  }
  return Object.fromEntries(Object.entries(answers).map(([name, { status }]) => [name, status]))
}

describe('an Authorization header', () => {
  it.each(ACCEPTED)('EXC-17 %j has a token, at every endpoint', async (header) => {
    expect(await statuses(header)).toEqual({
      verify: 200,
      introspect: 200,
      revoke: 200,
      admin: 200,
    })
  })

  it.each(REFUSED)('EXC-17 %j has no token, at every endpoint', async (header) => {
    expect(await statuses(header)).toEqual({
      verify: 401,
      introspect: 401,
      revoke: 401,
      admin: 401,
    })
  })
})

describe('a resource with plain JWTs as tokens', () => {
  it('IT-01 gets them, and /introspect and /verify accept them', async () => {
    const token = await accessToken(await issuer.mint())
    expect(decodeProtectedHeader(token).typ).toBe('JWT')
    expect(await readJson(await post('/introspect', { token }))).toMatchObject({ active: true })
  })

  it('TOK-17 changes nothing for tokens of the gateway itself', async () => {
    expect(decodeProtectedHeader(await adminToken()).typ).toBe('at+jwt')
  })
})
