import { beforeAll, describe, expect, it } from 'vitest'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { AUDIENCE } from '../../support/vectors.ts'
import { bearerForm } from '../support/grant-forms.ts'

let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld()
})

describe('the JWT bearer grant', () => {
  it('TE-45 TE-49 has the answer of RFC 6749 §5.1 and no other member', async () => {
    const { body } = await world.send(bearerForm(await world.mint()))
    expect(Object.keys(body).toSorted()).toEqual(
      ['access_token', 'decision_id', 'expires_in', 'scope', 'token_type'].toSorted(),
    )
  })

  it('TE-46 answers invalid_grant for an assertion that is not acceptable', async () => {
    const used = await world.mint()
    await world.send(bearerForm(used))
    const rows = [
      [await world.mint({ iat: 1000, nbf: 1000, exp: 1060 }), 'the assertion has expired'],
      [
        await world.mint({ aud: 'https://x.example' }),
        'the assertion is meant for another audience',
      ],
      [
        await world.mint({ iss: 'https://x.example' }),
        'the issuer of the assertion is not trusted here',
      ],
      ['a.b.c', 'the assertion was not accepted'],
      [used, 'the assertion has been used already'],
    ] as const
    for (const [assertion, error_description] of rows) {
      const { status, body } = await world.send(bearerForm(assertion))
      expect({ status, ...body }).toMatchObject({
        status: 400,
        error: 'invalid_grant',
        error_description,
      })
    }
  })

  it('AV-27 CH-03 names the issuer of this gateway as its only audience', async () => {
    const judge = async (aud: unknown) =>
      (await world.send(bearerForm(await world.mint({ aud })))).status
    expect(await judge([AUDIENCE])).toBe(200)
    for (const aud of [
      `${AUDIENCE}/token`,
      `${AUDIENCE}/`,
      [AUDIENCE, `${AUDIENCE}/token`],
      [],
      null,
    ]) {
      expect([aud, await judge(aud)]).toEqual([aud, 400])
    }
  })

  it('TE-46 answers invalid_grant if no rule allows the request', async () => {
    const { status, body } = await world.send(
      bearerForm(await world.mint({ ref: 'refs/heads/other' })),
    )
    expect([status, 'error' in body && body.error]).toEqual([400, 'invalid_grant'])
    expect(world.recorded.at(-1)).toMatchObject({ reason: 'no_rule_matched' })
  })

  it('TE-45 answers invalid_request without an assertion', async () => {
    const { body } = await world.send(bearerForm(''))
    expect(body).toMatchObject({
      error: 'invalid_request',
      error_description: 'a required parameter is missing: assertion',
    })
  })

  it('TE-16 takes a client id only as a hint: the assertion authenticates no client', async () => {
    const form = { ...bearerForm(await world.mint()), client_id: 'anything' }
    expect((await world.send(form)).status).toBe(200)
  })
})
