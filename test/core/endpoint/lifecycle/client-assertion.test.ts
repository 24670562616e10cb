import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { CoarseGrain } from '../../../../src/protocol/revocations.ts'
import { signOwn } from '../../../support/own-tokens.ts'
import { AUDIENCE } from '../../../support/vectors.ts'
import {
  API,
  asserted,
  type Lifecycle,
  OTHER,
  SERVER,
  SERVER_SUBJECT,
  startLifecycle,
} from './support.ts'

let lifecycle: Lifecycle
let active: object
const INACTIVE = { active: false }

beforeAll(async () => {
  lifecycle = await startLifecycle()
  active = { active: true, token_type: 'Bearer', ...lifecycle.claims }
})

/** Asks as the API about a token. */
async function askAsServer(token: string, form: Readonly<Record<string, string>> = {}) {
  const assertion = await lifecycle.world.mint(SERVER)
  return lifecycle.ask({ token, ...asserted(assertion), ...form })
}

const own = (claims: Readonly<Record<string, unknown>>) =>
  signOwn(lifecycle.world.keyRing, {
    ...lifecycle.claims,
    iss: AUDIENCE,
    ...claims,
  })

describe('introspection by a client assertion', () => {
  it('IN-02 CA-09 answers a workload that a rule lets introspect the tokens of the API', async () => {
    expect(await askAsServer(lifecycle.token)).toEqual(active)
    expect(await askAsServer(lifecycle.token, { client_id: SERVER_SUBJECT })).toEqual(active)
  })

  it('IN-06 finds the resource by the audience of its tokens', async () => {
    const named = await own({ aud: 'named' })
    expect(await askAsServer(named)).toMatchObject({ active: true, aud: 'named' })
    expect(await askAsServer(await own({ aud: 'https://named.example.com' }))).toEqual(INACTIVE)
  })

  it('IN-05 IN-06 gives one answer for everything else', async () => {
    const { world, revocations } = lifecycle
    const revoked = await own({ jti: 'revoked' })
    await revocations.revokeToken({ jti: 'revoked', expiresAt: world.now() + 60, by: 'x' })
    const texts = [
      await own({ aud: OTHER }),
      await own({ aud: AUDIENCE, scope: 'trust:read' }),
      await own({ exp: world.now() - 60 }),
      revoked,
      'a.b.c',
      'unknown',
    ]
    for (const text of texts) expect(await askAsServer(text)).toEqual(INACTIVE)
  })

  it('IN-06 tells a workload without the scope nothing, also one that may use the API', async () => {
    const deploying = asserted(await lifecycle.world.mint())
    expect(await lifecycle.ask({ token: lifecycle.token, ...deploying })).toEqual(INACTIVE)
    const stranger = asserted(await lifecycle.world.mint({ repository_id: '1' }))
    expect(await lifecycle.ask({ token: lifecycle.token, ...stranger })).toEqual(INACTIVE)
  })

  it('IN-06 tells a workload nothing that a deny rule refuses', async () => {
    const claims = { ...SERVER, runner_environment: 'self-hosted' }
    const refused = asserted(await lifecycle.world.mint(claims))
    expect(await lifecycle.ask({ token: lifecycle.token, ...refused })).toEqual(INACTIVE)
  })

  it('may use the same assertion again: a question issues nothing', async () => {
    const form = { token: lifecycle.token, ...asserted(await lifecycle.world.mint(SERVER)) }
    expect(await lifecycle.ask(form)).toEqual(active)
    expect(await lifecycle.ask(form)).toEqual(active)
  })
})

describe('REV-03 a caller that a revocation names', () => {
  const revoke = (grain: CoarseGrain, id: string, stops: boolean) => {
    const { world } = lifecycle
    const bound = { grain, id, before: world.now(), expires_at: world.now() + 60 }
    world.coarse.push(stops ? { ...bound, stops } : bound)
    onTestFinished(() => void world.coarse.pop())
  }
  const revoked: readonly (readonly [CoarseGrain, () => string])[] = [
    ['subject', () => SERVER_SUBJECT],
    ['issuer', () => `${lifecycle.world.issuer.issuer}/github`],
  ]

  it.each(revoked)('is refused if its %s was revoked since', async (grain, idOf) => {
    const { world, token } = lifecycle
    const assertion = await world.mint({ ...SERVER, iat: world.now() - 1 })
    revoke(grain, idOf(), false)
    const refusal = { reason: 'subject_token_revoked', facts: { grain } }
    const form = { token, ...asserted(assertion) }
    expect(await lifecycle.ask(form)).toMatchObject(refusal)
    expect(await lifecycle.end(form)).toMatchObject(refusal)
    expect(await askAsServer(token)).toEqual(active)
  })

  it.each(revoked)('is refused while its %s is stopped, however new it is', async (grain, idOf) => {
    revoke(grain, idOf(), true)
    const refusal = { reason: 'issuing_stopped', facts: { grain } }
    expect(await askAsServer(lifecycle.token)).toMatchObject(refusal)
  })

  it('learns nothing by a rule that is stopped', async () => {
    revoke('rule', 'server-0', true)
    expect(await askAsServer(lifecycle.token)).toEqual(INACTIVE)
  })
})

describe('a client assertion that is not acceptable', () => {
  const { now } = { now: () => Math.floor(Date.now() / 1000) }
  it.each<[string, () => Promise<Readonly<Record<string, string>>>, string]>([
    ['expired', async () => asserted(await mint({ exp: now() - 60 })), 'token_expired'],
    [
      'for the URL of the endpoint',
      async () => asserted(await mint({ aud: `${AUDIENCE}/introspect` })),
      'audience_mismatch',
    ],
    [
      'of an unknown issuer',
      async () => asserted(await mint({ iss: 'https://evil.example.com' })),
      'issuer_not_trusted',
    ],
    ['a token of the gateway', async () => asserted(lifecycle.token), 'issuer_not_trusted'],
    ['not a JWT', async () => asserted('x'), 'token_malformed'],
    [
      'of another type',
      async () => asserted(await mint(), 'saml2-bearer'),
      'client_assertion_type_unsupported',
    ],
    [
      'a JWT-SVID of an issuer without a trust domain',
      async () => asserted(await mint(), 'jwt-spiffe'),
      'trust_domain_missing',
    ],
    [
      'without its type',
      async () => ({ client_assertion: await mint() }),
      'client_assertion_missing',
    ],
    [
      'missing beside its type',
      async () => ({ client_assertion_type: asserted('').client_assertion_type }),
      'client_assertion_missing',
    ],
    [
      'that names another client',
      async () => ({ ...asserted(await mint()), client_id: 'other' }),
      'client_mismatch',
    ],
    [
      'beside a secret',
      async () => ({ ...asserted(await mint()), client_secret: 'x' }),
      'client_authentication_unsupported',
    ],
  ])('CA-07 CA-09 IN-03 RV-01 is refused at both endpoints: %s', async (_, make, reason) => {
    const form = { token: lifecycle.token, ...(await make()) }
    expect(await lifecycle.ask(form)).toMatchObject({ reason })
    expect(await lifecycle.end(form)).toMatchObject({ reason })
  })

  const mint = (claims: Readonly<Record<string, unknown>> = {}) =>
    lifecycle.world.mint({ ...SERVER, ...claims })

  it('IN-05 is refused alike for valid tokens and other text', async () => {
    const bad = asserted(await mint({ exp: now() - 60 }))
    expect(await lifecycle.ask({ token: lifecycle.token, ...bad })).toEqual(
      await lifecycle.ask({ token: 'nonsense', ...bad }),
    )
  })

  it('IN-03 is refused beside a token in the header', async () => {
    const form = { token: lifecycle.token, ...asserted(await mint()) }
    const change = { authorization: `Bearer ${lifecycle.token}` }
    const refused = { reason: 'client_authentication_unsupported', at: 'client_assertion' }
    expect(await lifecycle.ask(form, change)).toEqual(refused)
    expect(await lifecycle.end(form, change)).toEqual(refused)
  })

  it('is refused twice', async () => {
    const assertion = await mint()
    const text = new URLSearchParams({ token: 'x', ...asserted(assertion) })
    text.append('client_assertion', assertion)
    expect(await lifecycle.ask({}, { text: text.toString() })).toMatchObject({
      reason: 'parameter_repeated',
    })
  })
})

describe('revocation by a client assertion', () => {
  it('RV-01 RV-02 revokes a token that the workload got', async () => {
    const own = await startLifecycle()
    const form = { token: own.token, ...asserted(await own.world.mint()) }
    expect(await own.end(form)).toEqual({ revoked: own.claims.jti })
    expect(await own.revocations.isRevoked({ ...own.claims, kid: 'any' })).toBe(true)
    expect(await own.ask({ token: own.token })).toEqual(INACTIVE)
  })

  it('RV-04 refuses another workload, and the token stays valid', async () => {
    const { world, token, claims, revocations } = lifecycle
    const subject = 'repo:acme@1234567/api@456789012:environment:staging'
    const other = asserted(await world.mint({ sub: subject, environment: 'staging' }))
    const refused = { reason: 'token_of_another_client' }
    expect(await lifecycle.end({ token, ...other })).toEqual(refused)
    // The name of a subject alone proves nothing: another issuer may use it too.
    const request = {
      ...{ provider: 'generic-oidc', audience: AUDIENCE },
      claims: { sub: claims.origin.sub },
    }
    const twin = asserted(await world.issuer.mint(request, 'idp'))
    expect(await lifecycle.end({ token, ...twin })).toEqual(refused)
    expect(await revocations.isRevoked({ ...claims, kid: 'any' })).toBe(false)
  })

  it('RV-03 answers 200 for a token that does not exist', async () => {
    const form = { token: 'unknown', ...asserted(await lifecycle.world.mint()) }
    expect(await lifecycle.end(form)).toEqual({ revoked: undefined })
  })

  it('gives no right of an administrator', async () => {
    const { world } = lifecycle
    const form = { token: 'A'.repeat(22), ...asserted(await world.mint(SERVER)) }
    expect(await lifecycle.end(form)).toEqual({ revoked: undefined })
  })

  it('the API of the tokens is no holder', async () => {
    const token = await own({ aud: API, origin: { iss: 'https://x.example', sub: 'x' } })
    const form = { token, ...asserted(await lifecycle.world.mint(SERVER)) }
    expect(await lifecycle.end(form)).toEqual({ reason: 'token_of_another_client' })
  })
})
