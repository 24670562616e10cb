import { beforeAll, describe, expect, it } from 'vitest'
import { judge, watchLog } from '../support/attack.ts'
import { applyTrust, deployment, exchange, runWith } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const issuer = newIssuer()
const log = watchLog()
let jobs = 0

const withBudget = (name: string, branch: string, grant: object) => {
  const [rule] = trustFor(issuer.url).rules
  return {
    ...rule,
    name,
    when: { ...rule?.when, ref: `refs/heads/${branch}` },
    grant: { ...rule?.grant, ...grant },
  }
}

beforeAll(() =>
  applyTrust(
    trustFor(issuer.url, {
      rules: [
        withBudget('one', 'one', { budget: { grants: 1 } }),
        withBudget('reused', 'reused', { replay: 'reuse', budget: { grants: 1 } }),
        withBudget('watched', 'watched', { budget: { grants: 1, on_excess: 'alert' } }),
      ],
    }),
  ),
)

const newJob = () => {
  jobs += 1
  return `${jobs}`
}
const mint = (branch: string, job: string) =>
  issuer.mint({ claims: { ref: `refs/heads/${branch}`, check_run_id: job } })
const alerts = () => log.lines().filter(({ event }) => event === 'alert')

describe('the stolen tokens of a job', () => {
  it.each(['one', 'reused'])(
    'REP-06 get nothing beyond its budget, however many race (%s)',
    async (branch) => {
      for (let races = 0; races < 2; races += 1) {
        const job = newJob()
        const tokens = await Promise.all(Array.from({ length: 25 }, () => mint(branch, job)))
        const presented = [...tokens, ...tokens, ...tokens, ...tokens]
        const outcomes = await Promise.all(presented.map((token) => judge(log, token)))
        expect(outcomes.filter((outcome) => outcome === 'granted')).toHaveLength(1)
        const refused = new Set(outcomes.filter((outcome) => outcome !== 'granted'))
        expect(['budget_exceeded', 'token_used']).toEqual(expect.arrayContaining([...refused]))
      }
    },
  )

  it('REP-06 cause one alert for their job, with the decision of the first', async () => {
    const job = newJob()
    await judge(log, await mint('one', job))
    expect(alerts()).toEqual([])
    const first = await exchange(await mint('one', job))
    const { decision_id } = (await first.json()) as { decision_id: string }
    await judge(log, await mint('one', job))
    expect(alerts()).toEqual([
      {
        event: 'alert',
        at: expect.any(Number),
        type: 'budget_exceeded',
        decisionId: decision_id,
        rule: 'one',
        issuer: 'github',
        resource: API,
        facts: { per: 'check_run_id', grants: 1, outcome: 'denied' },
      },
    ])
  })

  it('are granted and seen if the rule says so', async () => {
    const job = newJob()
    expect(await judge(log, await mint('watched', job))).toBe('granted')
    expect(await judge(log, await mint('watched', job))).toBe('granted')
    expect(alerts()).toMatchObject([{ rule: 'watched', facts: { outcome: 'granted' } }])
  })
})

describe('a budget that cannot be counted', () => {
  it('REP-05 REP-06 is an outage, and no token', async () => {
    const down = runWith({
      REPLAY_LEDGER: {
        ...deployment().REPLAY_LEDGER,
        getByName: () => {
          throw new Error('down')
        },
      } as object,
    } as object)
    for (const branch of ['one', 'reused', 'watched']) {
      const body = new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: await mint(branch, newJob()),
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        resource: API,
      })
      const { status } = await down.send('/token', { method: 'POST', body })
      expect([branch, status]).toEqual([branch, 503])
    }
  })
})
