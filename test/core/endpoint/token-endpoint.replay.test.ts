import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { isMarkLost } from '../../../src/core/endpoint/after-verification.ts'
import { replayKey } from '../../../src/core/evidence/replay-key.ts'
import { CLOCK_LEEWAY_SECONDS, REPLAY_MARGIN_SECONDS } from '../../../src/core/limits.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { Unavailable } from '../../../src/core/ports.ts'
import { createTokenMint } from '../../../src/core/tokens/issue.ts'
import { CEILINGS, type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { newTokenId } from '../../support/own-tokens.ts'
import { vectorTrust } from '../../support/vectors.ts'

const API = 'https://api.example.com'
const OTHER = 'https://other.example.com'
const FORM = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
}

let world: CoreWorld

/**
 * Three rules for one job: reuse, once for each resource, and once, the default of GitHub's
 * profile.
 */
function trust(issuerUrl: string) {
  const { rules, ...rest } = vectorTrust(issuerUrl)
  const [deploy, other] = rules
  const grant = (rule: unknown) => (rule as { grant: object }).grant
  const withMode = (name: string, rule: object | undefined, ref: string, replay?: string) => ({
    ...rule,
    name,
    when: { repository_id: '456789012', ref },
    grant: { ...grant(rule), ...(replay === undefined ? {} : { replay }) },
  })
  return {
    ...rest,
    rules: [
      withMode('reuse', deploy, 'refs/heads/reuse', 'reuse'),
      withMode('each', deploy, 'refs/heads/each', 'once_per_resource'),
      withMode('each-other', other, 'refs/heads/each', 'once_per_resource'),
      withMode('once', deploy, 'refs/heads/main'),
      withMode('once-other', other, 'refs/heads/main'),
      // This rule is evaluated before the rule for this branch, and has no effect.
      { ...withMode('watched', deploy, 'refs/heads/watched', 'once'), mode: 'observe' },
      withMode('watched-reuse', deploy, 'refs/heads/watched', 'reuse'),
    ],
  }
}

beforeAll(async () => {
  world = await startCoreWorld(trust)
})

const onBranch = (name: string) => world.mint({ ref: `refs/heads/${name}` })

/** The reason of a denial, or `granted`. */
async function outcome(token: string, resource = API, ports = {}): Promise<string> {
  const { status } = await world.exchange(token, { resource }, ports)
  return status === 200 ? 'granted' : (world.recorded.at(-1)?.reason ?? String(status))
}

describe('one subject token', () => {
  it('REP-01 TE-41 is accepted once if its platform issues a new one for each request', async () => {
    const token = await onBranch('main')
    expect(await outcome(token)).toBe('granted')
    expect(await outcome(token)).toBe('token_used')
    expect(await outcome(token, OTHER)).toBe('token_used')
    expect(await outcome(await onBranch('main'))).toBe('granted')
  })

  it('REP-01 is accepted once for each resource if the rule says so', async () => {
    const token = await onBranch('each')
    expect(await outcome(token)).toBe('granted')
    expect(await outcome(token)).toBe('token_used')
    expect(await outcome(token, OTHER)).toBe('granted')
    expect(await outcome(token, OTHER)).toBe('token_used')
  })

  it('TE-41 is accepted repeatedly if the rule allows reuse, without a replay mark', async () => {
    const token = await onBranch('reuse')
    const claimReplay = () => Promise.reject(new Error('nobody asks'))
    expect(await outcome(token, API, { claimReplay })).toBe('granted')
    expect(await outcome(token, API, { claimReplay })).toBe('granted')
  })

  it('REP-01 is refused if its mark may be lost, and only by rules that need the mark', async () => {
    const now = world.now()
    const reasonAfter = async (name: string, replayNotBefore: number) => {
      const token = await onBranch(name)
      const { status } = await world.send(
        { ...FORM, subject_token: token, resource: API },
        { settings: { replayNotBefore } },
      )
      return status === 200 ? 'granted' : world.recorded.at(-1)?.reason
    }
    expect(await reasonAfter('main', now + 3600)).toBe('token_used')
    expect(await reasonAfter('main', now)).toBe('token_used')
    expect(await reasonAfter('each', now)).toBe('token_used')
    expect(await reasonAfter('main', now - CLOCK_LEEWAY_SECONDS - 60)).toBe('granted')
    expect(await reasonAfter('reuse', now + 3600)).toBe('granted')
  })

  it('REP-01 may have lost its mark if it does not say when it was issued', () => {
    expect([isMarkLost({}, 1), isMarkLost({}, 0)]).toEqual([true, false])
  })

  it('is not marked as used by a denial', async () => {
    const token = await onBranch('main')
    expect(await outcome(token, 'https://nowhere.example.com')).toBe('resource_unknown')
    const { status } = await world.exchange(token, { scope: 'deploy:admin' })
    expect(status).toBe(400)
    expect(await outcome(token)).toBe('granted')
  })

  it('REP-01 is not marked as used if no signing key is active', async () => {
    const token = await onBranch('main')
    const keys = world.keyRing.keys.map((key) => ({ ...key, activatesAt: Infinity }))
    const findMint = createTokenMint({ keys }, newTokenId)
    expect(await outcome(token, API, { findMint })).toBe('503')
    expect(await outcome(token)).toBe('granted')
  })

  it('is not marked as used by a rule in mode observe', async () => {
    const token = await onBranch('watched')
    const claimReplay = () => Promise.reject(new Error('nobody asks'))
    expect(await outcome(token, API, { claimReplay })).toBe('granted')
    expect(world.recorded.at(-1)).toMatchObject({ rule: 'watched-reuse', observed: ['watched'] })
  })

  it('WRK-10 leaves no mark if its signature is invalid', async () => {
    let asked = 0
    const claimReplay = async () => {
      asked += 1
      return true
    }
    const [header, payload] = (await onBranch('main')).split('.')
    const forged = `${header}.${payload}.${'A'.repeat(342)}`
    expect(await outcome(forged, API, { claimReplay })).toBe('signature_invalid')
    expect(asked).toBe(0)
  })

  it('REP-05 is not exchanged while replay marks cannot be stored', async () => {
    const claimReplay = () => Promise.reject(new Unavailable('replay_ledger'))
    const response = await world.exchange(await onBranch('main'), {}, { claimReplay })
    expect(response.status).toBe(503)
    expect(response.headers).toMatchObject({ 'retry-after': expect.any(String) })
    expect(world.recorded.at(-1)).toMatchObject({ outcome: 'unavailable', part: 'replay_ledger' })
  })

  it('REP-02 has a mark that is kept beyond its expiry, the leeway and a margin', async () => {
    const token = await onBranch('main')
    const marks: { key: string; until: number }[] = []
    const claimReplay = async (mark: { key: string; until: number }) => marks.push(mark) > 0
    await outcome(token, API, { claimReplay })
    const { exp = 0 } = decodeJwt(token)
    expect(marks[0]?.until).toBe(exp + CLOCK_LEEWAY_SECONDS + REPLAY_MARGIN_SECONDS)
    expect(marks[0]?.key).toMatch(/^[0-9a-f]{64}$/)
  })
})

const sha256 = async (text: string) => createHash('sha256').update(text).digest('hex')
const keyOf = (change: object, resource?: string) =>
  replayKey({ issuer: 'https://a', tokenId: '1', raw: 'h.p.s', ...change }, resource, sha256)

describe('the key of a replay mark', () => {
  it('REP-04 depends on the issuer, so that other issuers cannot set the mark', async () => {
    expect(await keyOf({})).not.toBe(await keyOf({ issuer: 'https://b' }))
    // Two different lists never give the same text.
    expect(await keyOf({ issuer: 'https://a","jti' })).not.toBe(await keyOf({ tokenId: '","1' }))
  })

  it('REP-03 TOK-11 depends on the signed part if there is no jti, and not on the signature', async () => {
    const without = { tokenId: undefined }
    expect(await keyOf({ ...without, raw: 'h.p.one' })).toBe(
      await keyOf({ ...without, raw: 'h.p.two' }),
    )
    expect(await keyOf({ ...without, raw: 'h.p.s' })).not.toBe(
      await keyOf({ ...without, raw: 'h.q.s' }),
    )
    expect(await keyOf({ tokenId: 'h.p' })).not.toBe(await keyOf({ ...without, raw: 'h.p.s' }))
  })

  it('differs by resource only if one is given', async () => {
    expect(await keyOf({}, API)).not.toBe(await keyOf({}, OTHER))
    expect(await keyOf({}, API)).not.toBe(await keyOf({}))
  })
})

describe('the default replay mode of a rule', () => {
  it.each([
    ['github-actions', undefined, 'once'],
    ['gitlab-com', undefined, 'reuse'],
    ['buildkite', undefined, 'reuse'],
    ['github-actions', 'reuse', 'reuse'],
    ['gitlab-com', 'once', 'once'],
    ['buildkite', 'once_per_resource', 'once_per_resource'],
  ])('comes from the profile of %s, unless the rule sets it (%s): %s', (provider, replay, mode) => {
    const pin =
      { 'github-actions': 'repository_id', 'gitlab-com': 'project_id', buildkite: 'pipeline_id' }[
        provider
      ] ?? ''
    const compiled = compileTrust(
      {
        version: 1,
        issuers: { ci: { provider } },
        resources: { [API]: { scopes: ['read'] } },
        rules: [
          {
            name: 'r',
            owner: 'x',
            expires: '2099-12-31',
            from: 'ci',
            when: { [pin]: '1' },
            grant: { resource: API, scopes: ['read'], ...(replay === undefined ? {} : { replay }) },
          },
        ],
      },
      CEILINGS,
    )
    expect('trust' in compiled && compiled.trust.rules[0]?.grant?.replay).toBe(mode)
  })
})
