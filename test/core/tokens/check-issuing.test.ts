import { describe, expect, it } from 'vitest'
import { sealIdentity } from '../../../src/core/evidence/identity.ts'
import { checkIssuing } from '../../../src/core/tokens/check-issuing.ts'
import type { CoarseBound, CoarseName } from '../../../src/protocol/revocations.ts'

const AT = 1_800_000_000
const ISSUER = 'https://issuer.example.com'
const claims = { iat: AT - 30 }
const identity = (change: object = {}) =>
  sealIdentity({
    issuer: ISSUER,
    subject: 'repo:acme/api',
    tokenId: 'x',
    expiresAt: AT + 600,
    claims,
    ...change,
  })
const PLANNED = {
  identity: identity(),
  parent: undefined,
  actor: undefined,
  rule: 'deploy',
  subject: 'github:7',
  isForGateway: false,
}
const ORIGIN = { iss: 'https://first.example.com', sub: 'first' }
const CHILD = { ...PLANNED, parent: { descent: { origin: ORIGIN, anc: [] } } }

function finding(...bounds: readonly CoarseBound[]) {
  return {
    isRevoked: () => false,
    hasCoarse: true,
    findCoarse: (names: readonly CoarseName[]) =>
      bounds.filter((bound) =>
        names.some(([grain, id]) => grain === bound.grain && (id ?? bound.id) === bound.id),
      ),
  }
}

const stop = (grain: CoarseBound['grain'], id: string): CoarseBound => ({
  grain,
  id,
  before: AT + 600,
  expires_at: AT + 600,
  stops: true,
})
const moment = (grain: CoarseBound['grain'], id: string, before: number): CoarseBound => ({
  grain,
  id,
  before,
  expires_at: AT + 600,
})

async function reasonOf(planned: Parameters<typeof checkIssuing>[1], ...bounds: CoarseBound[]) {
  const checked = await checkIssuing(finding(...bounds), planned, AT)
  return checked.ok ? undefined : checked.error
}

describe('REV-03 a stop', () => {
  it.each([
    ['issuer', ISSUER],
    ['subject', 'repo:acme/api'],
    ['subject', 'github:7'],
    ['rule', 'deploy'],
    ['all', '*'],
  ] as const)('of the %s %s denies a new token', async (grain, id) => {
    const facts = { grain }
    expect(await reasonOf(PLANNED, stop(grain, id))).toEqual({ reason: 'issuing_stopped', facts })
  })

  it('of another name does not', async () => {
    const others = [stop('issuer', `${ISSUER}/`), stop('rule', 'Deploy'), stop('subject', 'deploy')]
    expect(await reasonOf(PLANNED, ...others)).toBeUndefined()
  })

  it('of any rule does not deny a request for which no rule was chosen yet', async () => {
    const early = { ...PLANNED, rule: undefined }
    expect(await reasonOf(early, stop('rule', 'deploy'))).toBeUndefined()
    expect(await reasonOf(early, stop('issuer', ISSUER))).toMatchObject({
      reason: 'issuing_stopped',
    })
  })

  it('of the first issuer or subject of a chain denies a narrower token', async () => {
    for (const bound of [stop('issuer', ORIGIN.iss), stop('subject', ORIGIN.sub)]) {
      expect(await reasonOf(CHILD, bound)).toMatchObject({ reason: 'issuing_stopped' })
      expect(await reasonOf(PLANNED, bound)).toBeUndefined()
    }
  })

  it('ends by itself, although the revocations are not read again', async () => {
    expect(await reasonOf(PLANNED, { ...stop('rule', 'deploy'), expires_at: AT })).toBeUndefined()
  })

  it('of everything still lets an administrator sign in', async () => {
    const admin = { ...PLANNED, isForGateway: true }
    expect(await reasonOf(admin, stop('all', '*'))).toBeUndefined()
    expect(await reasonOf(admin, stop('issuer', ISSUER))).toMatchObject({
      reason: 'issuing_stopped',
    })
  })
})

describe('a subject token that is older than a revocation', () => {
  it.each([
    ['issuer', ISSUER],
    ['subject', 'repo:acme/api'],
  ] as const)('of its %s is refused', async (grain, id) => {
    const reason = { reason: 'subject_token_revoked', facts: { grain } }
    expect(await reasonOf(PLANNED, moment(grain, id, claims.iat + 1))).toEqual(reason)
    expect(await reasonOf(PLANNED, moment(grain, id, claims.iat))).toBeUndefined()
  })

  it('of its rule, or of everything, is accepted', async () => {
    const bounds = [moment('rule', 'deploy', AT), moment('all', '*', AT)]
    expect(await reasonOf(PLANNED, ...bounds)).toBeUndefined()
  })

  it('of a rule with the name of its subject is accepted', async () => {
    const planned = { ...PLANNED, rule: 'github:7' }
    expect(await reasonOf(planned, moment('rule', 'github:7', AT))).toBeUndefined()
  })

  it('is refused if it does not say when it was issued', async () => {
    for (const iat of [undefined, '1', '9', [9], null]) {
      const planned = { ...PLANNED, identity: identity({ claims: { iat } }) }
      const bound = moment('issuer', ISSUER, 5)
      expect(await reasonOf(planned, bound)).toMatchObject({ reason: 'subject_token_revoked' })
    }
  })

  it('of this gateway is judged by its own revocation', async () => {
    expect(await reasonOf(CHILD, moment('issuer', ORIGIN.iss, AT))).toBeUndefined()
  })
})

describe('an actor', () => {
  const agent = (iat: unknown) =>
    identity({ issuer: 'https://agents.example.com', subject: 'agent', claims: { iat } })
  const by = (own: object | undefined, iat: unknown = AT - 30) => ({
    ...PLANNED,
    actor: { identity: agent(iat), own },
  })
  const names = [
    ['issuer', 'https://agents.example.com'],
    ['subject', 'agent'],
  ] as const

  it.each(names)('REV-03 is stopped with its %s', async (grain, id) => {
    const reason = { reason: 'issuing_stopped', facts: { grain } }
    for (const own of [undefined, {}])
      expect(await reasonOf(by(own), stop(grain, id))).toEqual(reason)
    expect(await reasonOf(PLANNED, stop(grain, id))).toBeUndefined()
  })

  it.each(names)(
    'is refused with a token that is older than a revocation of its %s',
    async (grain, id) => {
      const reason = { reason: 'subject_token_revoked', facts: { grain } }
      expect(await reasonOf(by(undefined), moment(grain, id, AT - 29))).toEqual(reason)
      expect(await reasonOf(by(undefined, null), moment(grain, id, 5))).toEqual(reason)
      expect(await reasonOf(by(undefined), moment(grain, id, AT - 30))).toBeUndefined()
    },
  )

  it('with a token of this gateway is judged by the revocation of that token', async () => {
    expect(await reasonOf(by({}), moment('subject', 'agent', AT))).toBeUndefined()
  })
})

describe('REV-03 a revoked key', () => {
  const isRevokedKey = async (...bounds: CoarseBound[]) => {
    const checked = await checkIssuing(finding(...bounds), PLANNED, AT)
    if (!checked.ok) throw new Error(checked.error.reason)
    return checked.value
  }

  it('must not sign, and no other', async () => {
    const isRevoked = await isRevokedKey(stop('key', 'k1'), moment('key', 'k2', AT))
    expect(['k1', 'k2', 'k3'].map(isRevoked)).toEqual([true, false, false])
  })

  it('may sign again after the end of the revocation', async () => {
    const isRevoked = await isRevokedKey({ ...stop('key', 'k1'), expires_at: AT })
    expect(isRevoked('k1')).toBe(false)
  })
})
