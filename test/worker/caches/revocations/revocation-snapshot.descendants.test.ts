/** Revocations of the ancestors of a token, in what the log published. */
import { describe, expect, it } from 'vitest'
import { prefixOf, writeSet } from '../../../../src/core/tokens/revocation-set.ts'
import type { CoarseGrain, RevocableToken } from '../../../../src/protocol/revocations.ts'
import { encodeBase64Url } from '../../../../src/web/base64.ts'
import type { RevocationSnapshotOptions } from '../../../../src/worker/caches/revocations/revocation-snapshot.ts'
import { REVOCABLE_ISSUED_AT, revocable } from '../../../support/revocable-token.ts'
import { newTestReader, nobodyAsks } from '../../support/revocation-reader.ts'

const AT = REVOCABLE_ISSUED_AT + 60
const PARENT = { jti: 'parent', client_id: 'tool', iat: REVOCABLE_ISSUED_AT - 100, aud: 'b' }
const ROOT = { jti: 'root', client_id: 'deploy', iat: REVOCABLE_ISSUED_AT - 200, aud: 'a' }
const CHILD = revocable('child', { anc: [ROOT, PARENT] })

type Before = { readonly grain: CoarseGrain; readonly id: string; readonly before: number }

function load(
  { tokens = [], before = [] }: { tokens?: readonly string[]; before?: readonly Before[] },
  isRevoked: RevocationSnapshotOptions['isRevoked'] = nobodyAsks,
  v: 1 | 2 = 2,
) {
  const shared = {
    sequence: 1,
    published_at: AT,
    before: before.map((one) => ({ ...one, expires_at: AT + 600 })),
  }
  const value =
    v === 1
      ? { v, ...shared, tokens: Object.fromEntries(tokens.map((jti) => [jti, AT + 600])) }
      : { v, ...shared, segments: [], recent: encodeBase64Url(writeSet(tokens.map(prefixOf))) }
  const kv = { get: async () => JSON.stringify(value) } as unknown as KVNamespace
  return newTestReader(kv, { isRevoked }).load(AT)
}

const confirming = () => {
  const asked: RevocableToken[] = []
  const isRevoked = async (token: RevocableToken) => asked.push(token) > 0
  return { asked, isRevoked }
}

describe('REV-05 a published revocation', () => {
  it.each(['root', 'parent', 'child'])('of the token %s ends the descendant', async (jti) => {
    const { asked, isRevoked } = confirming()
    expect(await (await load({ tokens: [jti] }, isRevoked)).isRevoked(CHILD)).toBe(true)
    // The log is asked about the ancestor itself.
    expect(asked).toMatchObject([{ jti }])
    expect(asked[0]).not.toHaveProperty('anc')
    expect(await (await load({ tokens: [jti] }, nobodyAsks, 1)).isRevoked(CHILD)).toBe(true)
  })

  it('of another token does not end it, and the log is not asked', async () => {
    for (const v of [1, 2] as const) {
      const { isRevoked } = await load({ tokens: ['other', 'Root', 'a'] }, nobodyAsks, v)
      expect(isRevoked(CHILD)).toBe(false)
    }
  })

  it('of an ancestor does not end it if the log knows of none', async () => {
    const { isRevoked } = await load({ tokens: ['root', 'child'] }, async () => false)
    expect(await isRevoked(CHILD)).toBe(false)
  })

  it('ends it if one of several answers of the log says so', async () => {
    for (const revoked of ['root', 'child']) {
      const { isRevoked } = await load(
        { tokens: ['root', 'parent', 'child'] },
        async ({ jti }) => jti === revoked,
      )
      expect(await isRevoked(CHILD)).toBe(true)
    }
  })

  const { sub, origin } = CHILD
  it.each([
    ['the rule of the root', 'rule', 'deploy', ROOT.iat],
    ['the rule of the parent', 'rule', 'tool', PARENT.iat],
    ['the subject', 'subject', sub, ROOT.iat],
    ['the subject of the job', 'subject', origin.sub, ROOT.iat],
    ['the issuer of the job', 'issuer', origin.iss, ROOT.iat],
  ] as const)(
    'REV-03 of %s counts from when the ancestor was issued',
    async (_, grain, id, iat) => {
      const revoked = async (before: number) =>
        (await load({ before: [{ grain, id, before }] })).isRevoked(CHILD)
      expect(await revoked(iat + 1)).toBe(true)
      expect(await revoked(iat)).toBe(false)
    },
  )

  const AGENT = { iss: 'https://agents.example', sub: 'agent-7' }
  const TOOL = { iss: 'https://tools.example', sub: 'tool', act: AGENT }
  it.each([
    ['the current actor', 'subject', TOOL.sub],
    ['an actor before it', 'subject', AGENT.sub],
    ['the issuer of the current actor', 'issuer', TOOL.iss],
    ['the issuer of an actor before it', 'issuer', AGENT.iss],
  ] as const)('REV-03 of %s counts from when the token was issued', async (_, grain, id) => {
    const acted = revocable('acted', { anc: [ROOT, PARENT], act: TOOL })
    const revoked = async (before: number) =>
      (await load({ before: [{ grain, id, before }] })).isRevoked(acted)
    expect(await revoked(acted.iat + 1)).toBe(true)
    expect(await revoked(acted.iat)).toBe(false)
    const alone = await load({ before: [{ grain, id, before: acted.iat + 1 }] })
    expect(await alone.isRevoked(CHILD)).toBe(false)
  })

  it('of the token of an actor ends the token, and one of the subject counts from its own time', async () => {
    const old = { ...ROOT, jti: 'of-agent', client_id: 'agents', actor: true } as const
    const acted = revocable('acted', { anc: [old], act: AGENT })
    const { isRevoked } = await load({ tokens: ['of-agent'] }, async () => true)
    expect(await isRevoked(acted)).toBe(true)
    const of = async (grain: CoarseGrain, id: string, before: number) =>
      (await load({ before: [{ grain, id, before }] })).isRevoked(acted)
    expect(await of('rule', 'agents', old.iat + 1)).toBe(true)
    // The subject got this token after the revocation. The older token was the agent's.
    expect(await of('subject', acted.sub, old.iat + 1)).toBe(false)
    expect(await of('issuer', acted.origin.iss, old.iat + 1)).toBe(false)
    expect(await of('subject', acted.sub, acted.iat + 1)).toBe(true)
  })

  it('REV-05 of who got the token of an actor ends the token', async () => {
    const origin = { iss: 'https://cluster.example', sub: 'system:agent' }
    const old = { ...ROOT, jti: 'of-agent', client_id: 'agents', actor: true, origin } as const
    const acted = revocable('acted', { anc: [old], act: AGENT })
    const of = async (grain: CoarseGrain, id: string, before: number) =>
      (await load({ before: [{ grain, id, before }] })).isRevoked(acted)
    expect(await of('issuer', origin.iss, old.iat + 1)).toBe(true)
    expect(await of('subject', origin.sub, old.iat + 1)).toBe(true)
    expect(await of('issuer', origin.iss, old.iat)).toBe(false)
  })

  it('ignores a claim of another form, which an earlier release let rules set', async () => {
    const { isRevoked } = await load({ tokens: ['root'] })
    for (const anc of ['root', [{ jti: 'root' }], { jti: 'root' }]) {
      expect(isRevoked({ ...CHILD, anc } as unknown as RevocableToken)).toBe(false)
    }
  })
})
