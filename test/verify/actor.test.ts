/** Who acts for the subject: what a verifier tells of it, demands and refuses. */
import { describe, expect, test } from 'vitest'
import { createVerifier, type TokenNeeds } from '../../src/verify/index.ts'
import { startGateway } from './support/gateway.ts'
import { refusalOf } from './support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW } from './support/tokens.ts'

const gateway = await startGateway()
const signer = await createSigner()
gateway.publishKeys([signer.publicJwk])

const options = { issuer: gateway.issuer, audience: AUDIENCE, now: () => NOW }
const base = createVerifier(options)
const AGENT = { iss: 'https://agents.example', sub: 'agent-7' }
const TOOL = { iss: 'https://tools.example', sub: 'tool', act: AGENT }

const tokenOf = (act?: unknown) => mint(signer, gateway.issuer, { claims: { act } })

describe('the actors of a token', () => {
  test('are told with the current one first', async () => {
    const { actors, subject } = await base.verify(await tokenOf(TOOL))
    expect(actors).toEqual([{ iss: 'https://tools.example', sub: 'tool' }, AGENT])
    expect(subject).toBe('github:8123456:production')
  })

  test('are none if the subject acts for itself', async () => {
    expect((await base.verify(await tokenOf())).actors).toEqual([])
  })

  test.each([
    null,
    'agent-7',
    [AGENT],
    { sub: 'agent-7' },
    { iss: 'https://agents.example' },
    { ...AGENT, sub: 7 },
    { ...AGENT, act: { sub: 'x' } },
  ])('in another form refuse the token: %j', async (act) => {
    expect(await refusalOf(base.verify(await tokenOf(act)))).toBe(
      '401 invalid_token: claim_invalid',
    )
  })
})

describe('the option actor', () => {
  const rows: readonly (readonly [TokenNeeds['actor'], unknown, string])[] = [
    ['required', AGENT, 'accepted'],
    ['required', undefined, '401 invalid_token: actor_missing'],
    ['forbidden', AGENT, '401 invalid_token: actor_forbidden'],
    ['forbidden', undefined, 'accepted'],
    ['optional', AGENT, 'accepted'],
    ['optional', undefined, 'accepted'],
    [undefined, AGENT, 'accepted'],
  ]
  test.each(rows)('%s with the claim act %j', async (actor, act, expected) => {
    const token = await tokenOf(act)
    expect(await refusalOf(base.narrow({ actor }).verify(token))).toBe(expected)
    expect(await refusalOf(createVerifier({ ...options, actor }).verify(token))).toBe(expected)
  })

  test('of a verifier is kept when it is narrowed', async () => {
    const strict = createVerifier({ ...options, actor: 'required' })
    for (const needs of [{}, { actor: 'optional' }, { actor: 'required' }] as const) {
      expect(await refusalOf(strict.narrow(needs).verify(await tokenOf()))).toBe(
        '401 invalid_token: actor_missing',
      )
    }
    expect(() => strict.narrow({ actor: 'forbidden' })).toThrow('actor cannot be both')
  })

  test('is checked when the verifier is made', () => {
    const actor = 'yes' as 'required'
    expect(() => createVerifier({ ...options, actor })).toThrow('actor must be')
    expect(() => base.narrow({ actor })).toThrow('actor must be')
  })
})
