/** A token that is longer than verifiers accept is refused before anything is used up. */
import { beforeAll, describe, expect, it } from 'vitest'
import { MAX_ISSUED_TOKEN_CHARACTERS } from '../../../src/core/limits.ts'
import { MAX_TOKEN_CHARACTERS } from '../../../src/verify/limits.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { vectorTrust } from '../../support/vectors.ts'

const API = 'https://api.example.com'
const SCOPES = Array.from({ length: 256 }, (_, index) => `${'scope-'.repeat(12)}${index}`)
const POSITION = { list: 'EjRW', index: 4711 }

let world: CoreWorld
beforeAll(async () => {
  world = await startCoreWorld((issuerUrl) => {
    const trust = vectorTrust(issuerUrl)
    const rules = trust.rules.map((rule) => {
      if (!('grant' in rule) || rule.grant.resource !== API) return rule
      return { ...rule, grant: { ...rule.grant, scopes: SCOPES, replay: 'once' } }
    })
    const api = { ...trust.resources[API], scopes: SCOPES, status_list: true }
    return { ...trust, resources: { ...trust.resources, [API]: api }, rules }
  })
})

describe('a grant whose token would be longer than verifiers accept', () => {
  it('has the limit of the verifier', () => {
    expect(MAX_ISSUED_TOKEN_CHARACTERS).toBe(MAX_TOKEN_CHARACTERS)
  })

  it('is refused with its length, and the subject token stays usable for fewer scopes', async () => {
    const token = await world.mint()
    let taken = 0
    const ports = {
      takeStatusIndex: () => {
        taken += 1
        return POSITION
      },
    }
    const refused = await world.exchange(token, { resource: API }, ports)
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    expect(world.recorded.at(-1)).toMatchObject({
      reason: 'issued_token_too_long',
      facts: { length: expect.any(Number), limit: MAX_TOKEN_CHARACTERS },
    })
    expect(taken).toBe(0)
    const scope = SCOPES.slice(0, 60).join(' ')
    expect((await world.exchange(token, { resource: API, scope }, ports)).status).toBe(200)
    expect(taken).toBe(1)
  })
})
