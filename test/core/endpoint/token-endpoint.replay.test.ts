import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
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

let world: CoreWorld

/** Three rules for one job: as often as wanted, once for each API, and once as GitHub's profile has it. */
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
      // Looked at before the rule for this branch, and left without a say.
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
  it('REP-01 TE-41 is good for one exchange where its platform makes a new one each time', async () => {
    const token = await onBranch('main')
    expect(await outcome(token)).toBe('granted')
    expect(await outcome(token)).toBe('token_used')
    expect(await outcome(token, OTHER)).toBe('token_used')
    expect(await outcome(await onBranch('main'))).toBe('granted')
  })

  it('REP-01 is good once for each resource where the rule says so', async () => {
    const token = await onBranch('each')
    expect(await outcome(token)).toBe('granted')
    expect(await outcome(token)).toBe('token_used')
    expect(await outcome(token, OTHER)).toBe('granted')
    expect(await outcome(token, OTHER)).toBe('token_used')
  })

  it('TE-41 is good as often as the rule lets it be used again, and asks no ledger then', async () => {
    const token = await onBranch('reuse')
    const claimReplay = () => Promise.reject(new Error('nobody asks'))
    expect(await outcome(token, API, { claimReplay })).toBe('granted')
    expect(await outcome(token, API, { claimReplay })).toBe('granted')
  })

  it('is not used up by a refusal', async () => {
    const token = await onBranch('main')
    expect(await outcome(token, 'https://nowhere.example.com')).toBe('resource_unknown')
    const { status } = await world.exchange(token, { scope: 'deploy:admin' })
    expect(status).toBe(400)
    expect(await outcome(token)).toBe('granted')
  })

  it('REP-01 is not used up when no signing key is active', async () => {
    const token = await onBranch('main')
    const keys = world.keyRing.keys.map((key) => ({ ...key, activatesAt: Infinity }))
    const findMint = createTokenMint({ keys }, newTokenId)
    expect(await outcome(token, API, { findMint })).toBe('503')
    expect(await outcome(token)).toBe('granted')
  })

  it('is not used up by a rule that only observes', async () => {
    const token = await onBranch('watched')
    const claimReplay = () => Promise.reject(new Error('nobody asks'))
    expect(await outcome(token, API, { claimReplay })).toBe('granted')
    expect(world.recorded.at(-1)).toMatchObject({ rule: 'watched-reuse', observed: ['watched'] })
  })

  it('WRK-10 leaves no mark when its signature does not hold', async () => {
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

  it('REP-05 gets nothing while the ledger is down', async () => {
    const claimReplay = () => Promise.reject(new Unavailable('replay_ledger'))
    const response = await world.exchange(await onBranch('main'), {}, { claimReplay })
    expect(response.status).toBe(503)
    expect(response.headers).toMatchObject({ 'retry-after': expect.any(String) })
    expect(world.recorded.at(-1)).toMatchObject({ outcome: 'unavailable', part: 'replay_ledger' })
  })

  it('REP-02 is remembered past its end, the leeway and a margin', async () => {
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

describe('what stands for a token', () => {
  it('REP-04 is of its issuer: nobody else can use it up', async () => {
    expect(await keyOf({})).not.toBe(await keyOf({ issuer: 'https://b' }))
    // No two lists of texts are one text.
    expect(await keyOf({ issuer: 'https://a","jti' })).not.toBe(await keyOf({ tokenId: '","1' }))
  })

  it('REP-03 TOK-11 is the signed part where there is no jti, however the signature is written', async () => {
    const without = { tokenId: undefined }
    expect(await keyOf({ ...without, raw: 'h.p.one' })).toBe(
      await keyOf({ ...without, raw: 'h.p.two' }),
    )
    expect(await keyOf({ ...without, raw: 'h.p.s' })).not.toBe(
      await keyOf({ ...without, raw: 'h.q.s' }),
    )
    expect(await keyOf({ tokenId: 'h.p' })).not.toBe(await keyOf({ ...without, raw: 'h.p.s' }))
  })

  it('differs by resource only where one is given', async () => {
    expect(await keyOf({}, API)).not.toBe(await keyOf({}, OTHER))
    expect(await keyOf({}, API)).not.toBe(await keyOf({}))
  })
})

describe('the default of a rule', () => {
  it.each([
    ['github-actions', undefined, 'once'],
    ['gitlab-com', undefined, 'reuse'],
    ['buildkite', undefined, 'reuse'],
    ['github-actions', 'reuse', 'reuse'],
    ['gitlab-com', 'once', 'once'],
    ['buildkite', 'once_per_resource', 'once_per_resource'],
  ])('follows how %s hands out tokens, unless the rule says (%s): %s', (provider, replay, mode) => {
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
