import { describe, expect, it } from 'vitest'
import { allow, CLAIMS, decide, deny, outcomeOf } from '../support/decide.ts'

type Json = Readonly<Record<string, unknown>>

function matches(condition: unknown, claims: Json) {
  const rule = { ...allow('r'), when: { team: condition } }
  return outcomeOf(decide([rule], { sub: 'workload', ...claims }, {}, 'generic-oidc')) === 'r'
}

type Row = readonly [name: string, condition: unknown, team: unknown, holds: boolean]

describe('contains', () => {
  const rows: readonly Row[] = [
    ['holds for a list with the value', { contains: 'ops' }, ['web', 'ops'], true],
    ['does not hold for a list without it', { contains: 'ops' }, ['web'], false],
    [
      'holds for a list with all of several values',
      { contains: ['ops', 'web'] },
      ['web', 'ops'],
      true,
    ],
    [
      'does not hold if one of several values is missing',
      { contains: ['ops', 'db'] },
      ['ops'],
      false,
    ],
    ['RULE-03 a text is not a list', { contains: 'ops' }, 'ops', false],
    ['RULE-03 a text that contains the value is not a list', { contains: 'o' }, 'ops', false],
    ['RULE-03 compares by type', { contains: 1 }, ['1'], false],
    ['RULE-03 does not search nested lists', { contains: 'a' }, [['a']], false],
    ['RULE-02 an empty list contains nothing', { contains: 'ops' }, [], false],
    ['RULE-02 null is absent', { contains: 'ops' }, null, false],
    ['CLM-11 skips an element with a control character', { contains: 'a' }, ['a\n'], false],
  ]
  it.each(rows)('%s', (_, condition, team, holds) => {
    expect(matches(condition, { team })).toBe(holds)
  })

  it('reads only the first 512 elements', () => {
    const team = [...Array.from({ length: 512 }, (_, index) => `t${index}`), 'ops']
    expect(matches({ contains: 't511' }, { team })).toBe(true)
    expect(matches({ contains: 'ops' }, { team })).toBe(false)
  })
})

describe('min and max', () => {
  const rows: readonly Row[] = [
    ['include the minimum', { min: 1, max: 3 }, 1, true],
    ['include the maximum', { min: 1, max: 3 }, 3, true],
    ['exclude a smaller number', { min: 1, max: 3 }, 0.5, false],
    ['exclude a larger number', { min: 1, max: 3 }, 3.5, false],
    ['may have no maximum', { min: 1 }, 1e9, true],
    ['may have no minimum', { max: 1 }, -1e9, true],
    ['RULE-03 do not read text as a number', { min: 1 }, '2', false],
    ['RULE-02 do not hold for a missing claim', { max: 1 }, undefined, false],
    ['CLM-13 do not hold beyond 2^53', { min: 1 }, 2 ** 60, false],
  ]
  it.each(rows)('%s', (_, condition, team, holds) => {
    expect(matches(condition, { team })).toBe(holds)
  })
})

describe('RULE-10 a claim whose platform ignores case', () => {
  const rows: readonly (readonly [what: string, when: Json, claims: Json, granted: boolean])[] = [
    ['equals in any case', { repository: 'Acme/API' }, { repository: 'acme/api' }, true],
    [
      'equals one of several values in any case',
      { repository: ['x/y', 'ACME/api'] },
      { repository: 'Acme/Api' },
      true,
    ],
    [
      'matches a glob in any case',
      { repository: { glob: 'Acme/*' } },
      { repository: 'aCME/api' },
      true,
    ],
    ['is excluded in any case', { environment: { not: 'Prod' } }, { environment: 'PROD' }, false],
    [
      'RULE-09 ignores the case of ASCII letters only',
      { repository: 'acme/kit' },
      { repository: 'acme/\u212ait' },
      false,
    ],
    [
      'does not affect the case of other claims',
      { ref: 'refs/heads/Main' },
      { ref: 'refs/heads/main' },
      false,
    ],
  ]
  it.each(rows)('%s', (_, when, claims, granted) => {
    const decision = decide([allow('r', when)], { ...CLAIMS, ...claims })
    expect(outcomeOf(decision)).toBe(granted ? 'r' : 'no_rule_matched')
  })

  it('is found by the index in any case', () => {
    const others = Array.from({ length: 50 }, (_, index) =>
      allow(`r${index}`, { repository: `acme/app-${index}` }),
    )
    const decision = decide(others, { ...CLAIMS, repository: 'ACME/App-31' })
    expect(outcomeOf(decision)).toBe('r31')
  })
})

describe('mode: observe', () => {
  const observe = { mode: 'observe' }

  it('neither allows nor denies, and the decision names the rule', () => {
    const allowing = decide([allow('would-allow', {}, {}, observe)])
    expect(outcomeOf(allowing)).toBe('no_rule_matched')
    expect(allowing.observed).toEqual(['would-allow'])
    const denying = decide([{ ...deny('would-deny', { ref: CLAIMS.ref }), ...observe }, allow('r')])
    expect(outcomeOf(denying)).toBe('r')
    expect(denying.observed).toEqual(['would-deny'])
  })

  it('is not named if the rule could not have decided', () => {
    const other = allow(
      'elsewhere',
      {},
      { resource: 'https://other.example.com', scopes: ['read'] },
    )
    const decision = decide([
      { ...other, ...observe },
      allow('unmet', { ref: 'refs/heads/x' }, {}, observe),
      allow('r'),
    ])
    expect(decision.observed).toEqual([])
  })

  it('EXC-10 is not explained to a caller', () => {
    const decision = decide([allow('would-allow', { ref: 'refs/heads/x' }, {}, observe)])
    expect(decision).toMatchObject({ kind: 'denied', denial: { trace: [] } })
  })
})
