/** `dry_run` counts live tokens from the decision log, and a decision id names a token. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { RevocationDryRun } from '../../../../src/contract/admin.ts'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'
import { PROBLEMS } from '../../../../src/contract/problems/problems.ts'
import { Unavailable } from '../../../../src/core/ports.ts'
import type { DecisionShards } from '../../../../src/worker/objects/decision-log/shards.ts'
import { countLive } from '../../../../src/worker/routes/admin/revocations/count-live.ts'
import { REVOCATION_COUNT_PAGES } from '../../../../src/worker/routes/admin/revocations/limits.ts'
import { adminToken, applyTrust, bearer, exchange, readJson, send } from '../../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

const AT = 1_800_000_000
const PERIOD = { at: AT, maxLifetimeSeconds: 3600 }

function recordOf(change: Partial<DecisionRecord>): DecisionRecord {
  const at = change.at ?? (AT - 60) * 1000
  return {
    v: 1,
    id: `dec_${change.token_id}`,
    outcome: 'granted',
    rule: 'deploy',
    issuer_url: 'https://issuer.example.com',
    subject: 'job',
    issued_subject: 'github:7',
    key_id: 'k1',
    expires_at: AT + 60,
    ...change,
    at,
  }
}

type Shard = {
  readonly records: readonly DecisionRecord[]
  readonly firstSequence?: number
  readonly isDown?: boolean
  readonly damagedTo?: number
  /** Records of one page. */
  readonly most?: number
}

function shardsOf(...shards: readonly Shard[]): DecisionShards {
  const find = (number: number): Shard => {
    const shard = shards[number]
    if (shard === undefined || shard.isDown) throw new Unavailable('decision_log')
    return shard
  }
  return {
    list: async () => shards.map((_, number) => number),
    status: async (number: number) => ({ firstSequence: find(number).firstSequence ?? 1 }),
    page: async (number: number, { filter, before }: Parameters<DecisionShards['page']>[1]) => {
      const { records, most = 500, damagedTo } = find(number)
      const matching = records
        .filter(({ at }) => at >= (filter.from ?? 0) && at < (filter.to ?? Infinity))
        .filter(({ at }) => before === undefined || at < before.at)
        .sort((left, right) => right.at - left.at)
      const page = matching.slice(0, most)
      const lines = page.map((one) => ({ at: one.at, id: one.id, line: JSON.stringify(one) }))
      const last = page.at(-1)
      const isCut = matching.length > page.length && last !== undefined
      return { records: lines, damagedTo, ...(isCut ? { searchedTo: last.at } : {}) }
    },
  } as unknown as DecisionShards
}

describe('the count of live tokens', () => {
  const records = [
    recordOf({ token_id: 'a' }),
    recordOf({ token_id: 'b', rule: 'other', key_id: 'k2' }),
    recordOf({ token_id: 'c', expires_at: AT }),
    recordOf({ token_id: 'd', subject: 'other', issued_subject: 'x' }),
  ]

  it.each([
    [['rule', 'deploy'], 2],
    [['rule', 'other'], 1],
    [['rule', 'none'], 0],
    [['subject', 'job'], 2],
    [['subject', 'github:7'], 2],
    [['issuer', 'https://issuer.example.com'], 3],
    [['key', 'k2'], 1],
    [['all', '*'], 3],
    [['token', 'a'], 1],
    [['token', 'c'], 0],
  ] as const)('of %s is %s', async (named, tokens) => {
    expect(await countLive(named, shardsOf({ records }), PERIOD)).toEqual({ tokens, gaps: [] })
  })

  it.each([
    [AT - 61, 0],
    [AT - 60, 0],
    [AT - 59, 1],
    [AT, 2],
  ])('has only tokens that were issued before %s', async (before, tokens) => {
    const later = recordOf({ token_id: 'z', at: (AT - 1) * 1000 + 999 })
    const shards = shardsOf({ records: [recordOf({ token_id: 'a' }), later] })
    const count = await countLive(['rule', 'deploy'], shards, { ...PERIOD, before })
    expect(count).toEqual({ tokens, gaps: [] })
  })

  it('includes the descendants, on any shard', async () => {
    const child = recordOf({ token_id: 'e', parent_token_id: 'c', rule: 'tool', at: AT * 1000 - 9 })
    const below = recordOf({ token_id: 'f', parent_token_id: 'e', rule: 'tool', at: AT * 1000 - 5 })
    const shards = shardsOf({ records: [below] }, { records: [child] }, { records })
    expect(await countLive(['token', 'c'], shards, PERIOD)).toEqual({ tokens: 2, gaps: [] })
  })

  it.each([
    [['subject', 'agent'], 2],
    [['issuer', 'https://agents.example.com'], 2],
    [['token', 'own'], 1],
  ] as const)('includes the tokens in which %s acts for the subject', async (named, tokens) => {
    const issuer = { issuer: 'agents', issuer_url: 'https://agents.example.com' }
    const actor = { ...issuer, subject: 'agent', token_expires_at: AT }
    const self = { issuer: 'self', issuer_url: 'https://sts.example.com', subject: 'tool' }
    const acted = recordOf({ token_id: 'e', actor })
    const below = recordOf({ token_id: 'f', parent_token_id: 'e', at: AT * 1000 - 5 })
    const own = recordOf({ token_id: 'own', expires_at: AT, at: AT * 1000 - 9 })
    const byOwn = recordOf({
      token_id: 'g',
      actor: { ...self, token_id: 'own', token_expires_at: AT },
      at: AT * 1000 - 5,
    })
    const shards = shardsOf({ records: [...records, acted, below, own, byOwn] })
    expect(await countLive(named, shards, PERIOD)).toEqual({ tokens, gaps: [] })
  })

  it('reads page after page', async () => {
    const many = Array.from({ length: 9 }, (_, index) =>
      recordOf({ token_id: `t${index}`, at: AT * 1000 - index }),
    )
    const shards = shardsOf({ records: many, most: 2 })
    expect(await countLive(['all', '*'], shards, PERIOD)).toEqual({ tokens: 9, gaps: [] })
  })

  it.each([
    ['the log is off', undefined, ['log_off']],
    ['a shard is missing', shardsOf({ records }, { records, isDown: true }), ['shard_missing']],
    ['records were purged', shardsOf({ records, firstSequence: 5 }), ['records_purged']],
    ['rows are damaged', shardsOf({ records, damagedTo: AT * 1000 }), ['records_damaged']],
  ])('is a lower bound if %s', async (_, shards, gaps) => {
    const count = await countLive(['rule', 'deploy'], shards, PERIOD)
    expect(count).toEqual({ tokens: shards === undefined ? 0 : 2, gaps })
  })

  it('is a lower bound if it is not known how many shards there are', async () => {
    const list = async () => {
      throw new Unavailable('decision_log')
    }
    const shards = { ...shardsOf({ records }), count: 1, list }
    const count = await countLive(['rule', 'deploy'], shards, PERIOD)
    expect(count).toEqual({ tokens: 2, gaps: ['shard_missing'] })
  })

  it('is exact if only records before the period were purged', async () => {
    const old = recordOf({ token_id: 'old', at: (AT - 7200) * 1000 })
    const shards = shardsOf({ records: [...records, old], firstSequence: 5 })
    expect((await countLive(['rule', 'deploy'], shards, PERIOD)).gaps).toEqual([])
  })

  it('reads a busy shard as far as all shards together may be read', async () => {
    const most = REVOCATION_COUNT_PAGES - 2
    const busy = Array.from({ length: most + 1 }, (_, index) =>
      recordOf({ token_id: `t${index}`, at: AT * 1000 - index }),
    )
    const count = (records: readonly DecisionRecord[]) =>
      countLive(['all', '*'], shardsOf({ records, most: 1 }, { records: [] }), PERIOD)
    expect(await count(busy)).toEqual({ tokens: most + 1, gaps: [] })
    const older = recordOf({ token_id: 'older', at: (AT - 60) * 1000 })
    expect(await count([...busy, older])).toEqual({ tokens: most + 1, gaps: ['too_many_records'] })
  })

  it('is a lower bound if there are too many records', async () => {
    const many = Array.from({ length: REVOCATION_COUNT_PAGES + 9 }, (_, index) =>
      recordOf({ token_id: `t${index}`, at: AT * 1000 - index }),
    )
    const count = await countLive(['all', '*'], shardsOf({ records: many, most: 1 }), PERIOD)
    expect(count).toEqual({ tokens: REVOCATION_COUNT_PAGES, gaps: ['too_many_records'] })
  })
})

describe('POST /admin/v1/revocations', () => {
  let issuer: TestIssuer

  beforeAll(async () => {
    issuer = await quickIssuer()
    await applyTrust(trustFor(issuer.url))
  })

  async function ask(body: object) {
    const headers = { 'content-type': 'application/json', ...bearer(await adminToken()) }
    return send('/admin/v1/revocations', { method: 'POST', headers, body: JSON.stringify(body) })
  }

  async function decide(change = {}): Promise<{ id: string; token: string }> {
    const answer = await readJson(await exchange(await issuer.mint(change)))
    return { id: String(answer.decision_id), token: String(answer.access_token) }
  }

  it('with `dry_run` counts and revokes nothing', async () => {
    await decide()
    const { id } = await decide()
    const count = async () =>
      (await (await ask({ rule: 'deploy', dry_run: true })).json()) as RevocationDryRun
    await expect.poll(async () => (await count()).live_tokens, { timeout: 30_000 }).toBe(2)
    expect(await count()).toEqual({
      dry_run: true,
      grain: 'rule',
      id: 'deploy',
      live_tokens: 2,
      lower_bound: false,
      gaps: [],
      own_token: false,
    })
    expect(await readJson(await ask({ decision: id, dry_run: true }))).toMatchObject({
      grain: 'token',
      live_tokens: 1,
    })
    const early = { rule: 'deploy', before: Math.floor(Date.now() / 1000) - 3600, dry_run: true }
    expect(await readJson(await ask(early))).toMatchObject({ live_tokens: 0 })
    const future = await readJson(await ask({ ...early, before: 253_402_300_799 }))
    expect(future).toMatchObject({ status: 400, type: PROBLEMS.momentInFuture.type })
    const all = await readJson(await ask({ all: true, dry_run: true }))
    expect(all).toMatchObject({ own_token: true })
    const list = await send('/admin/v1/revocations', { headers: bearer(await adminToken()) })
    expect(await readJson(list)).toEqual({ revocations: [], tokens: 0 })
  })

  it('revokes the token of a decision', async () => {
    const { id, token } = await decide()
    await expect
      .poll(async () => (await ask({ decision: id })).status, { timeout: 30_000 })
      .toBe(200)
    const introspected = await send('/introspect', {
      method: 'POST',
      body: new URLSearchParams({ token }),
    })
    expect(await readJson(introspected)).toEqual({ active: false })
  })

  it('refuses a decision that issued nothing, and one that is not there', async () => {
    const { id } = await decide({ claims: { ref: 'refs/heads/other' } })
    const typeOf = async (decision: string) => (await readJson(await ask({ decision }))).type
    await expect
      .poll(() => typeOf(id), { timeout: 30_000 })
      .toBe(PROBLEMS.decisionWithoutToken.type)
    expect(await typeOf(`dec_AAF${'A'.repeat(19)}`)).toBe(PROBLEMS.notFound.type)
  })
})
