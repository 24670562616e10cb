import { runInDurableObject } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { readDecisionId } from '../../../../src/contract/decisions/id.ts'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'
import { compactOldest } from '../../../../src/worker/objects/decision-log/compact.ts'
import type { DecisionLog } from '../../../../src/worker/objects/decision-log/decision-log.ts'
import { purgeOldest } from '../../../../src/worker/objects/decision-log/retention.ts'
import { shortenDeadlines } from '../../support/deadlines.ts'
import {
  appendTo,
  createReader,
  createRecorder,
  type Reader,
  readPage,
  recordOf,
} from '../../support/decisions.ts'
import {
  adminToken,
  applyTrust,
  deployment,
  exchangeForm,
  readJson,
} from '../../support/gateway.ts'
import { quickIssuer } from '../../support/issuer.ts'
import { API, trustFor } from '../../support/trust.ts'

const NOON = Date.parse('2026-11-20T12:00:00Z')
const DAY = 86_400_000
const THREE = { DECISION_SHARDS: '3' }
const URN = 'urn:edgemint:problem:'

let read: Reader
let token: string
const own: DecisionRecord[] = [
  recordOf(0, NOON, { subject: 'job:1', resource: API, token_id: 'a', claims: { run_id: 7 } }),
  recordOf(1, NOON + 1, { rule: 'other', issuer: 'gitlab', claims: { o: { 'a.b': ['x', 'y'] } } }),
  recordOf(2, NOON + 2, { outcome: 'denied', reason: 'no_rule_matched', claims: { run_id: '7' } }),
  recordOf(2, NOON + DAY, {
    outcome: 'unavailable',
    part: 'trust_store',
    claims: { head_ref: '' },
  }),
]

beforeAll(async () => {
  const issuer = await quickIssuer()
  await applyTrust(trustFor(issuer.url))
  token = await adminToken()
  read = createReader(token, THREE)
  for (const record of own) await appendTo(readDecisionId(record.id)?.shard ?? 0, [record])
})

type Question = Parameters<Reader['list']>[0]
const found = async (question: Question) => {
  const { decisions } = await readPage(await read.list(question))
  return decisions.map(({ id }) => own.findIndex((record) => record.id === id))
}

describe('LOG-09 GET /admin/v1/decisions', () => {
  it('returns the records of all shards, the newest first, and says that they are all', async () => {
    const page = await readPage(await read.list({ to: '2026-12-01' }))
    expect(page.decisions).toEqual(own.toReversed())
    expect(page).toMatchObject({ complete: true, to: Date.parse('2026-12-02T00:00:00Z') })
    expect(page.from).toBe(page.to - 366 * DAY)
    expect(page).not.toHaveProperty('next')
    expect(page).not.toHaveProperty('damaged_to')
  })

  it('names the latest time of damaged rows', async () => {
    const { DECISION_LOG } = deployment()
    const damaged = { page: async () => ({ records: [], purgedTo: null, damagedTo: NOON + 5 }) }
    const getByName = (name: string) =>
      name.endsWith('-1') ? damaged : DECISION_LOG?.getByName(name)
    const isolate = createReader(token, { ...THREE, DECISION_LOG: { getByName } })
    const page = await readPage(await isolate.list({ to: '2026-12-01' }))
    expect(page.decisions).toHaveLength(3)
    expect(page).toMatchObject({ complete: true, damaged_to: NOON + 5 })
  })

  it.each<[Question, readonly number[]]>([
    [{ from: '2026-11-21' }, [3]],
    [{ to: '2026-11-20' }, [2, 1, 0]],
    [{ from: '2026-11-20T11:59:59Z', to: String(NOON / 1000) }, []],
    [{ from: String(NOON / 1000), to: '2026-11-20T12:00:01Z' }, [2, 1, 0]],
    [{ rule: 'other' }, [1]],
    [{ issuer: 'gitlab' }, [1]],
    [{ subject: 'job:1' }, [0]],
    [{ resource: API }, [0]],
    [{ outcome: 'denied' }, [2]],
    [{ outcome: 'unavailable' }, [3]],
    [{ reason: 'no_rule_matched' }, [2]],
    [{ token_id: 'a' }, [0]],
    [{ claim: 'run_id=7' }, [2, 0]],
    [{ claim: '["o","a.b"]=y' }, [1]],
    [{ claim: 'head_ref=' }, [3]],
    [
      [
        ['claim', 'run_id=7'],
        ['claim', 'run_id=8'],
      ],
      [],
    ],
    [{ rule: 'deploy', outcome: 'denied' }, [2]],
  ])('filters by %j', async (question, expected) => {
    const isPast = Array.isArray(question) || 'to' in (question ?? {}) || 'from' in (question ?? {})
    const whole = isPast ? question : { ...question, from: '2026-11-01' }
    expect(await found(whole)).toEqual(expected)
  })

  const invalid = 'decision-filter-invalid'
  it.each<[string, Question, string, string, unknown]>([
    ['an unknown name', { rul: 'x' }, invalid, 'parameter_unknown', ['rul']],
    [
      'a repeated name',
      [
        ['rule', 'x'],
        ['rule', 'y'],
      ],
      invalid,
      'parameter_repeated',
      ['rule'],
    ],
    ['no time', { from: 'yesterday' }, invalid, 'time_invalid', ['from']],
    ['a day that no month has', { to: '2026-02-31' }, invalid, 'time_invalid', ['to']],
    ['a time zone', { to: '2026-02-01T00:00:00+01:00' }, invalid, 'time_invalid', ['to']],
    ['an end before the start', { from: '20', to: '10' }, invalid, 'period_invalid', ['from']],
    ['an empty rule', { rule: '' }, invalid, 'value_invalid', ['rule']],
    ['an unknown outcome', { outcome: 'maybe' }, invalid, 'value_invalid', ['outcome']],
    ['an unknown reason', { reason: 'zzz' }, invalid, 'reason_unknown', ['reason']],
    [
      'a reason of grants',
      { outcome: 'granted', reason: 'token_used' },
      invalid,
      'reason_impossible',
      ['reason'],
    ],
    ['a long subject', { subject: 'x'.repeat(2049) }, invalid, 'value_invalid', ['subject']],
    ['a claim without a value', { claim: 'run_id' }, invalid, 'claim_invalid', ['claim', 0]],
    ['a claim without a name', { claim: '=7' }, invalid, 'claim_invalid', ['claim', 0]],
    ['an empty step', { claim: 'a..b=7' }, invalid, 'claim_invalid', ['claim', 0]],
    ['no list of names', { claim: '[1]=7' }, invalid, 'claim_invalid', ['claim', 0]],
    ['a limit of zero', { limit: '0' }, invalid, 'limit_invalid', ['limit']],
    ['too large a limit', { limit: '501' }, invalid, 'limit_invalid', ['limit']],
    [
      'ten years',
      { from: '2016-11-20', to: '2026-11-20' },
      'decision-period-too-long',
      'period_too_long',
      ['from'],
    ],
    ['no cursor', { cursor: 'x' }, 'decision-cursor-invalid', 'cursor_malformed', ['cursor']],
  ])('AD-02 refuses %s with its place and what to do', async (_, question, type, code, path) => {
    const response = await read.list(question)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const body = await readJson(response)
    expect([response.status, body.status, body.type]).toEqual([400, 400, URN + type])
    expect(body.problems).toEqual([{ code, path, message: expect.any(String) }])
    expect(body.detail).toMatch(/^nothing was searched: /)
  })

  it.each([
    ['tokn_used', 'is unknown: did you mean token_used?'],
    ['toString', 'is unknown: see docs/errors.md'],
  ])('names the nearest reason to %s, if there is one', async (reason, message) => {
    const { problems } = await readJson(await read.list({ reason }))
    expect(problems).toEqual([{ code: 'reason_unknown', path: ['reason'], message }])
  })

  it('reports every problem at once', async () => {
    const { problems } = await readJson(await read.list({ rul: 'x', limit: 'y', from: 'z' }))
    expect((problems as { code: string }[]).map(({ code }) => code)).toEqual([
      'parameter_unknown',
      'time_invalid',
      'limit_invalid',
    ])
  })

  it.each([
    [{ rule: '' }, 'is empty'],
    [{ outcome: 'maybe' }, 'must be one of granted, denied, unavailable'],
    [{ subject: 'x'.repeat(2049) }, 'has more than 2048 characters'],
  ])('says in a sentence what is wrong with a value: %j', async (question, message) => {
    const { problems } = await readJson(await read.list(question))
    expect(problems).toMatchObject([{ message }])
  })

  it('refuses more claims than one question may compare', async () => {
    const claims = Array.from({ length: 9 }, (_, index) => ['claim', `a=${index}`] as const)
    const { problems } = await readJson(await read.list(claims))
    const message = 'is given more than 8 times'
    expect(problems).toMatchObject([{ code: 'value_invalid', path: ['claim'], message }])
  })

  it('refuses a cursor of another question, and accepts another page size', async () => {
    const question = { from: '2026-11-01', issuer: 'ci' }
    const { next = '' } = await readPage(await read.list({ ...question, limit: '1' }))
    const other = await read.list({ from: '2026-11-01', issuer: 'gitlab', cursor: next })
    expect(await readJson(other)).toMatchObject({
      status: 400,
      type: `${URN}decision-cursor-invalid`,
      problems: [{ code: 'cursor_other_question', path: ['cursor'] }],
    })
    const rest = await readPage(await read.list({ ...question, limit: '9', cursor: next }))
    expect(rest.decisions).toEqual([own[2], own[0]])
  })

  it('keeps the period of the first page, although time passes', async () => {
    const first = await readPage(await read.list({ limit: '1' }))
    const second = await readPage(await read.list({ limit: '1', cursor: first.next ?? '' }))
    expect([second.from, second.to]).toEqual([first.from, first.to])
  })

  it.each(['find', 'list', 'exported'] as const)(
    'AD-03 says what to bind without a decision log: %s',
    async (name) => {
      const off = createReader(token, { DECISION_LOG: undefined })
      const response = await off[name]((name === 'find' ? own[0]?.id : { shard: '0' }) as never)
      expect(response.status).toBe(501)
      expect(await readJson(response)).toMatchObject({
        type: `${URN}decision-log-off`,
        detail: expect.stringContaining('as DECISION_LOG'),
      })
    },
  )

  it('LOG-09 is a 503 and no page if one of the shards does not answer', async () => {
    shortenDeadlines()
    const { DECISION_LOG } = deployment()
    const down = { page: () => new Promise(() => {}) }
    const getByName = (name: string) => (name.endsWith('-1') ? down : DECISION_LOG?.getByName(name))
    const isolate = createReader(token, { ...THREE, DECISION_LOG: { getByName } })
    const response = await isolate.list()
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).not.toBeNull()
    expect(await readJson(response)).toEqual({
      type: `${URN}unavailable`,
      status: 503,
      title: 'Temporarily unavailable',
      detail: 'decision_log is unavailable: try again later',
    })
  })

  it('LOG-09 says up to when retention has deleted decisions of the period', async () => {
    const at = NOON - 30 * DAY
    await appendTo(1, [recordOf(1, at - 1), recordOf(1, at)])
    const before = await readPage(await read.list({ to: '2026-11-01' }))
    expect([before.decisions.length, before.purged_to]).toEqual([2, undefined])
    const shard = deployment().DECISION_LOG?.getByName('decisions-1')
    await runInDurableObject(shard as never, async (_: DecisionLog, { storage }) => {
      while (await compactOldest(storage, Date.now() + DAY)) {}
      const retention = { before: at + DAY, maxRecords: 1_000_000, needsExport: false }
      // The block also has a later record of another test.
      storage.sql.exec('UPDATE blocks SET to_at = ?', at)
      expect(purgeOldest(storage, retention)).toBe(true)
    })
    const after = await readPage(await read.list({ to: '2026-11-01' }))
    expect(after).toMatchObject({ decisions: [], complete: true, purged_to: at })
    const later = await readPage(await read.list({ from: '2026-11-01', to: '2026-12-01' }))
    expect(later).not.toHaveProperty('purged_to')
  })

  it('has the decision of an exchange', async () => {
    const issuer = await quickIssuer()
    await applyTrust(trustFor(issuer.url))
    const body = new URLSearchParams(exchangeForm(await issuer.mint()))
    const response = await createRecorder()('/token', { method: 'POST', body })
    const { decision_id: id } = await readJson(response)
    const { decisions } = await readPage(
      await createReader(await adminToken()).list({ rule: 'deploy' }),
    )
    expect(decisions).toMatchObject([{ id, outcome: 'granted', rule: 'deploy', issuer: 'github' }])
  })
})
