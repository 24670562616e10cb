/** `subject_token_type` `access_token`, from issuers that say `accepts: [access_token]`. */
import { beforeAll, describe, expect, it } from 'vitest'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { AUDIENCE, exchangeForm } from '../../support/vectors.ts'

const TYPE = 'urn:ietf:params:oauth:token-type'

let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld()
})

/** Exchanges a token of an issuer with this `typ`, under this type. */
async function judge(path: 'github' | 'idp', typ: string, subject: string) {
  const request = { provider: 'github-actions', audience: AUDIENCE, header: { typ } }
  const form = exchangeForm(await world.issuer.mint(request, path))
  const change = { subject_token_type: `${TYPE}:${subject}` }
  const { status } = await world.send({ ...form, ...change })
  return status === 200 ? 200 : world.recorded.at(-1)?.reason
}

describe('a subject token of the type access_token', () => {
  it('TE-30 is accepted from an issuer that says so, whatever kind of JWT it is', async () => {
    expect(await judge('idp', 'JWT', 'access_token')).toBe(200)
    expect(await judge('idp', 'at+jwt', 'access_token')).toBe(200)
  })

  it('TE-30 TOK-17 is refused from every other issuer', async () => {
    expect(await judge('github', 'JWT', 'access_token')).toBe('token_type_unsupported')
    expect(await judge('github', 'at+jwt', 'access_token')).toBe('token_type_unsupported')
  })

  it('AV-34 does not make an access token acceptable under another type', async () => {
    for (const type of ['jwt', 'id_token']) {
      expect(await judge('idp', 'at+jwt', type)).toBe('token_kind_not_accepted')
      expect(await judge('idp', 'JWT', type)).toBe(200)
    }
    for (const typ of ['dpop+jwt', 'logout+jwt', 'client-authentication+jwt']) {
      expect(await judge('idp', typ, 'access_token')).toBe('token_kind_not_accepted')
    }
  })

  it('TE-39 is exchanged for the requested type', async () => {
    const token = await world.issuer.mint({ provider: 'github-actions', audience: AUDIENCE }, 'idp')
    for (const type of ['access_token', 'jwt']) {
      const { body } = await world.exchange(token, {
        subject_token_type: `${TYPE}:access_token`,
        requested_token_type: `${TYPE}:${type}`,
      })
      expect(body).toMatchObject({ issued_token_type: `${TYPE}:${type}` })
    }
  })
})
