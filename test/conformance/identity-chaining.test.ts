/** Two gateways: a token of the near one is an assertion (RFC 7523) at the far one. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, startWorld, trustDocument, type World } from './support/world.ts'

type Form = Readonly<Record<string, string>>
type Answer = Readonly<Record<string, unknown>>

const JWT = 'urn:ietf:params:oauth:token-type:jwt'
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const FAR = 'https://far.example.com'
const OTHER_FAR = 'https://other-far.example.com'

let near: World
let far: World

beforeAll(async () => {
  near = await startWorld(
    () => ({}),
    (issuer) => {
      const { rules, ...rest } = trustDocument(issuer)
      const server = { scopes: ['chain'], typ: 'JWT' }
      const ruleFor = (name: string, resource: string) => ({
        ...rules[0],
        name,
        grant: { resource, scopes: ['chain'], subject: 'job:{repository_id}' },
      })
      return {
        ...rest,
        resources: { ...rest.resources, [FAR]: server, [OTHER_FAR]: server },
        rules: [ruleFor('chain', FAR), ruleFor('chain-other', OTHER_FAR)],
      }
    },
  )
  far = await startWorld(
    () => ({}),
    (issuer) => {
      const { rules, issuers, ...rest } = trustDocument(issuer)
      const chained = { provider: 'generic-oidc', issuer: near.url(), audience: FAR }
      const rule = { ...rules[0], from: 'near', when: { sub: 'job:456789012' } }
      return { ...rest, issuers: { near: chained }, rules: [rule] }
    },
  )
})
afterAll(async () => {
  await far.close()
  await near.close()
})

async function post(world: World, body: URLSearchParams) {
  const response = await fetch(`${world.url()}/token`, { method: 'POST', body })
  return { status: response.status, body: (await response.json()) as Answer }
}

/** Asks the near gateway for a JWT. */
async function chain(target: Form) {
  const form = near.form(await near.mint(), { requested_token_type: JWT })
  form.delete('resource')
  for (const [name, value] of Object.entries(target)) form.append(name, value)
  return post(near, form)
}

const present = (assertion: unknown) =>
  post(
    far,
    new URLSearchParams({ grant_type: JWT_BEARER, assertion: String(assertion), resource: API }),
  )

describe('a JWT for a far server', () => {
  it.each(['resource', 'audience'])(
    'CH-01 CH-02 CH-03 CH-05 gets a token there, named by %s',
    async (name) => {
      const grant = await chain({ [name]: FAR })
      expect([grant.status, grant.body.issued_token_type]).toEqual([200, JWT])
      expect(decodeJwt(String(grant.body.access_token)).aud).toBe(FAR)
      expect(grant.body).not.toHaveProperty('refresh_token')
      const { status, body } = await present(grant.body.access_token)
      expect([status, body.scope]).toEqual([200, 'deploy:read deploy:write'])
      expect(body).not.toHaveProperty('refresh_token')
      expect(decodeJwt(String(body.access_token))).toMatchObject({ iss: far.url(), aud: API })
    },
  )

  it('CH-02 CH-03 is refused by every other server', async () => {
    const grant = await chain({ resource: OTHER_FAR })
    expect(decodeJwt(String(grant.body.access_token)).aud).toBe(OTHER_FAR)
    expect(await present(grant.body.access_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
  })

  it.each<readonly [string, Form, string]>([
    ['a server that is not known', { resource: 'https://nowhere.example.com' }, 'invalid_target'],
    ['an audience that is not known', { audience: 'nowhere' }, 'invalid_target'],
    ['two servers', { resource: FAR, audience: OTHER_FAR }, 'invalid_target'],
    ['a server that no rule grants', { resource: API }, 'invalid_request'],
    ['no server, if the rules grant several', {}, 'invalid_target'],
  ])('CH-01 CH-02 is refused for %s', async (_, target, error) => {
    expect(await chain(target)).toMatchObject({ status: 400, body: { error } })
  })
})
