import { describe, expect, it } from 'vitest'
import { API, DAY, documentOf, examine, findingsOf, NOW, namesOf, rule, used } from './world.ts'

describe('the posture of a good document', () => {
  it('has one finding: tokens without proof of possession', () => {
    const { findings, ...rest } = examine()
    expect(findings).toEqual([
      {
        id: 'POS-09',
        severity: 'info',
        subject: { kind: 'resource', name: API },
        path: ['resources', API],
        message: expect.stringContaining('a client without a proof gets a bearer token'),
        fix: expect.stringContaining('proof_of_possession: required'),
      },
    ])
    expect(rest).toMatchObject({ at: NOW, revision: 7, unused_days: 30 })
    expect(rest.usage.rights).toEqual(used())
  })
})

describe('a resource', () => {
  const demanding = (proof_of_possession: string) => {
    const document = documentOf(rule('deploy'))
    const resources = { [API]: { ...document.resources[API], proof_of_possession } }
    return examine({ document: { ...document, resources } }).findings.map(({ id }) => id)
  }

  it('DPOP-04 is no finding if it requires a proof of possession', () => {
    expect(demanding('required')).toEqual([])
    expect(demanding('none')).toEqual(['POS-09'])
  })
})

describe('the use of a rule', () => {
  it('is a finding if there is none', () => {
    const [finding] = findingsOf({ usage: { rights: [] } })
    expect(finding).toEqual({
      id: 'POS-01',
      severity: 'warn',
      subject: { kind: 'rule', name: 'deploy' },
      path: ['rules', 0],
      message: 'no token was issued through it in the 90 days that the log has',
      fix: expect.stringMatching(/^Remove the rule/),
    })
  })

  it('counts only for the resource that the rule grants now', () => {
    expect(namesOf({ usage: { rights: used({ resource: 'https://old.example.com' }) } })).toEqual([
      'POS-01 warn deploy',
    ])
  })

  it('is a hint of a log that began today', () => {
    const [finding] = findingsOf({ usage: { rights: [], since: NOW - 60 } })
    expect(finding).toMatchObject({
      severity: 'info',
      message: 'no token was issued through it since the log began, less than a day ago',
    })
  })

  it('is a hint if the log is younger than the question', () => {
    const findings = findingsOf({ usage: { rights: [], since: NOW - 3 * DAY } })
    expect(findings.map(({ id, severity, message }) => [id, severity, message])).toEqual([
      ['POS-01', 'info', 'no token was issued through it in the 3 days that the log has'],
      ['POS-14', 'info', 'the decision log knows the use of 3 days, of 30'],
    ])
    expect(findings[1]?.fix).toContain('--unused-days, or unused_days in the admin API')
  })

  it.each([
    [29, []],
    [30, ['POS-02 warn deploy']],
  ])('ended %i days ago', (days, expected) => {
    expect(namesOf({ usage: { rights: used({ last_at: NOW - days * DAY }) } })).toEqual(expected)
  })

  it('depends on the days of the question', () => {
    const usage = { rights: used({ last_at: NOW - 40 * DAY }) }
    expect(namesOf({ usage, unusedDays: 60 })).toEqual([])
    expect(findingsOf({ usage })[0]?.message).toBe('it was last used 40 days ago')
  })

  it.each([
    ['off', 'POS-14 warn ', 'keeps no decisions'],
    ['partial', 'POS-14 warn ', 'unused rights are not reported'],
  ] as const)('is not judged while it is %s', (state, name, words) => {
    const change = { usage: { state, rights: [] } }
    expect(namesOf(change)).toEqual([name])
    expect(findingsOf(change)[0]?.message).toContain(words)
  })

  it('is not asked of rules that cannot grant', () => {
    const rules = [
      rule('deploy'),
      rule('observed', { mode: 'observe' }),
      rule('past', { expires: '2027-01-01' }),
      { name: 'no', effect: 'deny', owner: 'x', from: 'github', when: { ref: 'refs/heads/x' } },
    ]
    expect(namesOf({ document: documentOf(...rules) })).toEqual(['POS-05 info past'])
  })
})

describe('an unused scope', () => {
  const [read] = used()
  const rights = read === undefined ? [] : [read]

  it('comes with the narrower rule, as the document spells it', () => {
    const source = rule('deploy', { description: 'Deploys.' })
    const [finding] = findingsOf({ document: documentOf(source), usage: { rights } })
    expect(finding).toMatchObject({
      id: 'POS-03',
      severity: 'warn',
      message: 'no token had deploy:write in the 90 days that the log has',
      fix: 'Grant only deploy:read.',
    })
    expect(finding?.narrower).toEqual({
      ...source,
      grant: { ...source.grant, scopes: ['deploy:read'] },
    })
  })

  it('was used once, and is not any more', () => {
    const late = used().map((right) =>
      right.scope === 'deploy:write' ? { ...right, last_at: NOW - 31 * DAY } : right,
    )
    const [finding] = findingsOf({ usage: { rights: late } })
    expect(finding).toMatchObject({
      id: 'POS-03',
      message: 'no token had deploy:write for 30 days',
    })
  })

  it('is not known if the tokens had no scopes', () => {
    expect(namesOf({ usage: { rights: used({ scope: '' }) } })).toEqual([])
  })
})

describe('a token that outlives its subject token', () => {
  it.each([
    [null, []],
    [-60, []],
    [900, []],
    [901, ['POS-08 warn deploy']],
  ])('by %s seconds', (seconds, expected) => {
    expect(namesOf({ usage: { rights: used({ outlived_seconds: seconds }) } })).toEqual(expected)
  })

  it('comes with the lifetime that it should have had', () => {
    const grant = { resource: API, scopes: ['deploy:read', 'deploy:write'], lifetime: '1h' }
    const document = documentOf(rule('deploy', { grant }))
    const [finding] = findingsOf({ document, usage: { rights: used({ outlived_seconds: 3300 }) } })
    expect(finding?.message).toBe(
      'a token was valid for 55 minutes after the end of the subject token',
    )
    expect(finding?.narrower).toMatchObject({ grant: { ...grant, lifetime: '5m' } })
    const short = findingsOf({ usage: { rights: used({ outlived_seconds: 3300 }) } })[0]
    expect(short).not.toHaveProperty('narrower')
  })

  it.each([
    [undefined, ''],
    [{ grants: 1 }, ' Each renewal counts in its budget.'],
  ])('comes with what renewals need: the budget %j', (budget, more) => {
    const grant = { resource: API, scopes: ['deploy:read', 'deploy:write'], lifetime: '1h', budget }
    const document = documentOf(rule('deploy', { grant }))
    const [finding] = findingsOf({ document, usage: { rights: used({ outlived_seconds: 3300 }) } })
    expect(finding?.fix).toBe(
      `Shorten the lifetime to 5m: exec, proxy and the SDK renew tokens while the job runs.${more}`,
    )
  })
})
