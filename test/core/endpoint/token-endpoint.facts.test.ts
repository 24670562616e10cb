import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { DecisionEvent } from '../../../src/core/audit.ts'
import type { RenderedResponse } from '../../../src/core/endpoint/render.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { makeDescendants, mintActor } from '../../support/descendants.ts'
import { signOwn } from '../../support/own-tokens.ts'
import { revokedBounds } from '../../support/revoked-vectors.ts'
import {
  AUDIENCE,
  exchangeForm,
  makeRequest,
  prove,
  SPENT_JOB,
  type Tokens,
  VECTORS,
  type Vector,
} from '../../support/vectors.ts'
import { ALLOWED, encode, MORE, RECORDED } from '../support/fact-rows.ts'

let world: CoreWorld
let tokens: Tokens
let kid: string

beforeAll(async () => {
  world = await startCoreWorld()
  world.coarse.push(...revokedBounds(world.now()))
  const used = await world.mint()
  await world.exchange(used)
  await world.exchange(await world.mint(SPENT_JOB))
  const [header = ''] = used.split('.')
  kid = (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid
  const tokenOf = ({ body }: RenderedResponse) => ('access_token' in body ? body.access_token : '')
  const issue = async () => tokenOf(await world.exchange(await world.mint()))
  const [issued, revoked] = [await issue(), await issue()]
  await world.revoke(String(decodeJwt(revoked).jti))
  const times = { iat: world.now(), exp: world.now() + 600 }
  const usedProof = await prove(world.now(), AUDIENCE)
  await world.send(exchangeForm(await world.mint()), { proofContext: { dpop: usedProof } })
  tokens = {
    used,
    usedProof,
    issued,
    revoked,
    other: '',
    admin: await signOwn(world.keyRing, { iss: AUDIENCE, aud: AUDIENCE, ...times }),
    gateway: AUDIENCE,
    ...(await makeDescendants(
      issued,
      async (form) => tokenOf(await world.send(form)),
      (sub) => mintActor(world.issuer, sub),
    )),
  }
})

async function recordOf(vector: Vector): Promise<DecisionEvent> {
  await world.answer(await makeRequest(vector, world.issuer, world.now(), tokens))
  const event = world.recorded.at(-1)
  if (event === undefined) throw new Error('nothing was recorded')
  return event
}

describe('the facts of a denial in its record', () => {
  const asked = [...VECTORS.filter(({ path = '/token' }) => path === '/token'), ...MORE]
  const rows = asked.map((vector): readonly [string, Vector] => [
    `${vector.reason}: ${vector.name}`,
    vector,
  ])

  it.each(rows)('are exactly the expected ones for %s', async (name, vector) => {
    const { reason, fault, facts } = await recordOf(vector)
    const row = RECORDED[name] ?? {}
    const expected = typeof row === 'function' ? row(world.now(), kid) : row
    expect({ reason, fault, facts }).toEqual({ reason: vector.reason, ...expected })
  })

  it('have a vector for every row of the table', () => {
    const names = new Set(rows.map(([name]) => name))
    expect(Object.keys(RECORDED).filter((name) => !names.has(name))).toEqual([])
  })

  it('name an unlisted algorithm "other"', async () => {
    const [, claims = '', signature = ''] = (await world.mint()).split('.')
    await world.exchange(`${encode('{"alg":"canary"}')}.${claims}.${signature}`)
    const facts = { alg: 'other', allowed: ALLOWED }
    expect(world.recorded.at(-1)).toMatchObject({ reason: 'algorithm_not_allowed', facts })
  })

  it('have no hash if the key id is absent', async () => {
    const [, claims = ''] = (await world.mint()).split('.')
    await world.exchange(`${encode('{"alg":"RS256"}')}.${claims}.AAAA`)
    const facts = { alg: 'RS256', keyIdHash: null }
    expect(world.recorded.at(-1)).toMatchObject({ reason: 'signature_invalid', facts })
  })

  it('name the rate limit by subject', async () => {
    const token = await world.mint()
    await world.exchange(token, {}, { admitSubject: async () => false })
    expect(world.recorded.at(-1)).toMatchObject({ reason: 'rate_limited', fault: 'subject' })
  })

  it('are absent from the record of a grant', async () => {
    await world.exchange(await world.mint())
    expect(world.recorded.at(-1)).toMatchObject({ outcome: 'granted' })
    expect(world.recorded.at(-1)).not.toHaveProperty('facts')
  })
})
