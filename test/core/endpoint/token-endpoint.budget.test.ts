import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { budgetKey } from '../../../src/core/evidence/budget-key.ts'
import { BUDGET_KEEP_SECONDS } from '../../../src/core/limits.ts'
import { Unavailable } from '../../../src/core/ports.ts'
import { createTokenMint } from '../../../src/core/tokens/issue.ts'
import type { BudgetSpend } from '../../../src/core/use-ports.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { newTokenId } from '../../support/own-tokens.ts'
import { AUDIENCE, exchangeForm, narrowForm, vectorTrust } from '../../support/vectors.ts'
import { bearerForm } from '../support/grant-forms.ts'

const API = 'https://api.example.com'
const OTHER = 'https://other.example.com'

let world: CoreWorld
let jobs = 1000

function trust(issuerUrl: string) {
  const { rules, ...rest } = vectorTrust(issuerUrl)
  const [deploy, other] = rules
  const withBudget = (name: string, rule: object | undefined, branch: string, budget: object) => ({
    ...rule,
    name,
    when: { repository_id: '456789012', ref: `refs/heads/${branch}` },
    grant: { ...(rule as { grant: object }).grant, ...budget },
  })
  return {
    ...rest,
    rules: [
      withBudget('one', deploy, 'one', { budget: { grants: 1 } }),
      withBudget('one-other', other, 'one', { budget: { grants: 1 } }),
      withBudget('reused', deploy, 'reused', { replay: 'reuse', budget: { grants: 2 } }),
      withBudget('watched', deploy, 'watched', { budget: { grants: 1, on_excess: 'alert' } }),
      withBudget('run', deploy, 'run', { budget: { per: 'run_id', grants: 1 } }),
      withBudget('plain', deploy, 'plain', {}),
      {
        ...withBudget('moved', other, '', {
          subject: undefined,
          budget: { per: 'origin.jti', grants: 1 },
        }),
        from: 'self',
        when: { client_id: 'plain' },
      },
      {
        ...withBudget('assertion', deploy, 'assertion', {
          budget: { per: 'jti', grants: 1 },
        }),
        from: 'idp',
      },
    ],
  }
}

beforeAll(async () => {
  world = await startCoreWorld(trust)
})

/** A new token of a job. */
const tokenOf = (branch: string, job: unknown, claims: object = {}) =>
  world.mint({ ref: `refs/heads/${branch}`, check_run_id: job, ...claims })
const newJob = () => {
  jobs += 1
  return String(jobs)
}

/** The reason of a denial, or `granted`. */
async function outcome(token: string, resource = API, ports = {}): Promise<string> {
  const { status } = await world.exchange(token, { resource }, ports)
  return status === 200 ? 'granted' : (world.recorded.at(-1)?.reason ?? String(status))
}

describe('a job with a budget', () => {
  it('REP-06 gets as many tokens as its rule allows, with however many subject tokens', async () => {
    const job = newJob()
    expect(await outcome(await tokenOf('one', job))).toBe('granted')
    for (let times = 0; times < 3; times += 1) {
      expect(await outcome(await tokenOf('one', job))).toBe('budget_exceeded')
    }
    expect(await outcome(await tokenOf('one', newJob()))).toBe('granted')
  })

  it('REP-06 is counted for each rule', async () => {
    const job = newJob()
    expect(await outcome(await tokenOf('one', job))).toBe('granted')
    const environment = { environment: 'production' }
    expect(await outcome(await tokenOf('one', job, environment), OTHER)).toBe('granted')
    expect(await outcome(await tokenOf('one', job, environment), OTHER)).toBe('budget_exceeded')
  })

  it('is counted by another claim if the rule names one', async () => {
    const run = newJob()
    expect(await outcome(await tokenOf('run', newJob(), { run_id: run }))).toBe('granted')
    expect(await outcome(await tokenOf('run', newJob(), { run_id: run }))).toBe('budget_exceeded')
  })

  it('REP-01 may present one token as often as the rule allows', async () => {
    const token = await tokenOf('reused', newJob())
    expect([await outcome(token), await outcome(token), await outcome(token)]).toEqual([
      'granted',
      'granted',
      'budget_exceeded',
    ])
    // The gateway was restored after the token was issued. The rule needs no mark of the token.
    const old = exchangeForm(await tokenOf('reused', newJob()))
    const restored = { settings: { replayNotBefore: world.now() + 3600 } }
    expect((await world.send(old, restored)).status).toBe(200)
    const once = await tokenOf('one', newJob())
    expect([await outcome(once), await outcome(once)]).toEqual(['granted', 'token_used'])
  })

  it.each([true, undefined, null, '', ['1'], 'a\nb'])(
    'REP-06 gets nothing if the claim that names it is %j',
    async (job) => {
      expect(await outcome(await tokenOf('one', job))).toBe('template_unrenderable')
      expect(world.recorded.at(-1)).toMatchObject({
        fault: 'budget.per',
        template: { template: 'budget.per', claim: 'check_run_id' },
      })
    },
  )

  it('does not spend it on a denial', async () => {
    const job = newJob()
    const token = await tokenOf('one', job)
    expect(await outcome(token, 'https://nowhere.example.com')).toBe('resource_unknown')
    expect((await world.exchange(token, { scope: 'deploy:admin' })).status).toBe(400)
    const keys = world.keyRing.keys.map((key) => ({ ...key, activatesAt: Infinity }))
    const findMint = createTokenMint({ keys }, newTokenId)
    expect(await outcome(token, API, { findMint })).toBe('503')
    expect(await outcome(token)).toBe('granted')
  })

  it('REP-05 gets nothing while budgets cannot be counted', async () => {
    const spendBudget = () => Promise.reject(new Unavailable('replay_ledger'))
    const token = await tokenOf('one', newJob())
    expect(await outcome(token, API, { spendBudget })).toBe('503')
    expect(world.recorded.at(-1)).toMatchObject({ outcome: 'unavailable', part: 'replay_ledger' })
    expect(await outcome(token)).toBe('granted')
  })

  it('REP-06 keeps its count as long as a job can get tokens', async () => {
    const spends: BudgetSpend[] = []
    const spendBudget = async (spend: BudgetSpend) => {
      spends.push(spend)
      return { outcome: 'counted', used: 1 }
    }
    const token = await tokenOf('one', newJob())
    await outcome(token, API, { spendBudget })
    const { exp = 0 } = decodeJwt(token)
    expect(spends).toMatchObject([{ until: exp + BUDGET_KEEP_SECONDS, grants: 1 }])
    expect(spends[0]?.key).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('a token that a rule with a budget granted', () => {
  it('can be narrowed after the budget is used up, as often as its holder wants', async () => {
    const { body } = await world.exchange(await tokenOf('one', newJob()))
    const token = 'access_token' in body ? body.access_token : ''
    for (let times = 0; times < 2; times += 1) {
      const narrowed = world.send({ ...narrowForm(token, API), scope: 'deploy:read' })
      await expect(narrowed).resolves.toMatchObject({ status: 200 })
      expect(world.recorded.at(-1)?.budget).toBeUndefined()
    }
  })
})

describe('a budget of other tokens', () => {
  it('REP-06 counts the chain of a token of this gateway, however it is narrowed', async () => {
    const { body } = await world.exchange(await tokenOf('plain', newJob()))
    const token = 'access_token' in body ? body.access_token : ''
    const narrowed = await world.send({ ...narrowForm(token, API), scope: 'deploy:read' })
    const copy = 'access_token' in narrowed.body ? narrowed.body.access_token : ''
    const move = async (one: string) => (await world.send(narrowForm(one, OTHER))).status
    expect([await move(copy), await move(token), await move(copy)]).toEqual([200, 400, 400])
    expect(world.recorded.at(-1)).toMatchObject({ reason: 'budget_exceeded', rule: 'moved' })
  })

  it('REP-06 counts an ID-JAG as an error of its grant type', async () => {
    const assertion = await world.issuer.mint(
      {
        provider: 'github-actions',
        audience: AUDIENCE,
        claims: { client_id: 'app', ref: 'refs/heads/assertion' },
        header: { typ: 'oauth-id-jag+jwt' },
      },
      'idp',
    )
    const form = { ...bearerForm(assertion), client_id: 'app' }
    expect((await world.send(form)).status).toBe(200)
    const { status, body } = await world.send(form)
    expect([status, body]).toMatchObject([400, { error: 'invalid_grant' }])
    expect(world.recorded.at(-1)).toMatchObject({ reason: 'budget_exceeded' })
  })
})

describe('the record of a decision with a budget', () => {
  it('has the count, and no value of the claim', async () => {
    const job = newJob()
    await outcome(await tokenOf('one', job))
    const counted = { per: 'check_run_id', grants: 1, used: 1 }
    expect(world.recorded.at(-1)).toMatchObject({ outcome: 'granted', budget: counted })
    await outcome(await tokenOf('one', job))
    expect(world.recorded.at(-1)).toMatchObject({
      outcome: 'denied',
      reason: 'budget_exceeded',
      facts: { per: 'check_run_id', grants: 1 },
      budget: { ...counted, excess: 'first' },
    })
    await outcome(await tokenOf('one', job))
    expect(world.recorded.at(-1)?.budget?.excess).toBe('repeated')
    expect(JSON.stringify(world.recorded.slice(-3))).not.toContain(`"${job}"`)
  })

  it('names an excess that is granted, and its first one apart', async () => {
    const job = newJob()
    const excesses: unknown[] = []
    for (let times = 0; times < 3; times += 1) {
      expect(await outcome(await tokenOf('watched', job))).toBe('granted')
      excesses.push(world.recorded.at(-1)?.budget?.excess)
    }
    expect(excesses).toEqual([undefined, 'first', 'repeated'])
  })
})

describe('the key of a count', () => {
  const sha256 = async (text: string) => createHash('sha256').update(text).digest('hex')
  const job = { issuer: 'https://a', rule: 'r', path: ['job'], job: '1' }

  it.each([
    { issuer: 'https://b' },
    { rule: 'q' },
    { path: ['run'] },
    { path: ['job', 'id'] },
    { job: '2' },
    { job: 1 },
  ])('REP-04 REP-06 differs for %j', async (change) => {
    const other = await budgetKey({ ...job, ...change }, sha256)
    expect(other).not.toBe(await budgetKey(job, sha256))
  })
})
