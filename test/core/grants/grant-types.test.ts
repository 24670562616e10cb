/** What the grant types have in common: the token, the record of the client, and the errors. */
import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { TOKEN_EXCHANGE } from '../../../src/core/grants/token-exchange.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { bearerForm, FORMS } from '../support/grant-forms.ts'

let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld()
})

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`
const tokenOf = (body: object) => ('access_token' in body ? String(body.access_token) : '')

describe.each(Object.entries(FORMS))('%s', (_, makeForm) => {
  it('CH-05 issues the token that the rule grants, and no refresh token', async () => {
    const { status, headers, body } = await world.send(makeForm(await world.mint()))
    expect([status, headers['cache-control']]).toEqual([200, 'no-store'])
    expect(body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'deploy:read deploy:write',
      decision_id: world.recorded.at(-1)?.decisionId,
    })
    expect(body).not.toHaveProperty('refresh_token')
    const { aud, client_id } = decodeJwt(tokenOf(body))
    expect({ aud, client_id }).toEqual({ aud: 'https://api.example.com', client_id: 'deploy' })
    expect(world.recorded.at(-1)).toMatchObject({ outcome: 'granted', rule: 'deploy' })
  })

  it('takes audience for resource, a scope, a lifetime and the name of a rule', async () => {
    const { resource, ...form } = makeForm(await world.mint())
    const wish = { audience: resource, scope: 'deploy:read', expires_in: '60', rule: 'deploy' }
    const { body } = await world.send({ ...form, ...wish })
    expect(body).toMatchObject({ scope: 'deploy:read', expires_in: 60 })
  })

  it('TE-16 LOG-03 records a client id from form or header as a hash', async () => {
    const clientHint = createHash('sha256').update('deploy').digest('hex').slice(0, 16)
    for (const [client, authorization] of [
      [{ client_id: 'deploy' }, undefined],
      [{}, basic('deploy:')],
    ] as const) {
      const form = { ...makeForm(await world.mint()), ...client }
      const { status } = await world.send(
        form,
        authorization === undefined ? {} : { authorization },
      )
      expect(status).toBe(200)
      expect(world.recorded.at(-1)).toMatchObject({ clientHint, rule: 'deploy' })
    }
  })

  it('TE-16 TE-17 TE-47 refuses a client secret and says to remove it', async () => {
    const form = makeForm(await world.mint())
    const inForm = await world.send({ ...form, client_secret: 'x' })
    const inHeader = await world.send(form, { authorization: basic('deploy:x') })
    for (const [{ status, body }, expected] of [
      [inForm, 400],
      [inHeader, 401],
    ] as const) {
      expect([status, 'error' in body && body.error]).toEqual([expected, 'invalid_client'])
      expect(JSON.stringify(body)).toContain('remove')
    }
  })

  it('EXC-10 explains a decision only to callers of the tenant', async () => {
    const near = await world.send(makeForm(await world.mint({ ref: 'refs/heads/x' })))
    expect(near.body).toHaveProperty('explanation')
    const far = await world.send(makeForm(await world.mint({ repository_owner_id: '1' })))
    expect(far.body).not.toHaveProperty('explanation')
  })

  it('TE-33 TE-34 TE-20 has the common errors of target and scope', async () => {
    const errorOf = async (change: Readonly<Record<string, string>>) => {
      const { status, body } = await world.send({ ...makeForm(await world.mint()), ...change })
      return [status, 'error' in body ? body.error : '']
    }
    expect(await errorOf({ resource: 'https://nowhere.example.com' })).toEqual([
      400,
      'invalid_target',
    ])
    expect(await errorOf({ resource: '' })).toEqual([400, 'invalid_target'])
    expect(await errorOf({ audience: 'https://other.example.com' })).toEqual([
      400,
      'invalid_target',
    ])
    expect(await errorOf({ scope: 'nothing' })).toEqual([400, 'invalid_scope'])
    expect(await errorOf({ scope: 'a  b' })).toEqual([400, 'invalid_scope'])
  })

  it('REP-01 CA-08 takes a single-use token once, whatever the grant type was', async () => {
    const token = await world.mint()
    expect((await world.send(makeForm(token))).status).toBe(200)
    for (const makeOther of Object.values(FORMS)) {
      await world.send(makeOther(token))
      expect(world.recorded.at(-1)).toMatchObject({ reason: 'token_used' })
    }
  })
})

describe('a grant type that is not in the list', () => {
  it('TE-09 is not supported', async () => {
    const settings = { grantTypes: [TOKEN_EXCHANGE] }
    const { body } = await world.send(bearerForm(await world.mint()), { settings })
    expect(body).toMatchObject({ error: 'unsupported_grant_type' })
    expect(world.recorded.at(-1)).toMatchObject({ reason: 'grant_type_unsupported' })
  })
})
