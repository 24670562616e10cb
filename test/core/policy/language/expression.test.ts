import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { compileExpression } from '../../../../src/core/policy/language/expression.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { allow, CLAIMS, decide, deny, documentOf, outcomeOf } from '../support/decide.ts'

function holds(source: string, claims: Readonly<Record<string, unknown>>, context = {}) {
  const expression = compileExpression(source)
  if (typeof expression === 'string') throw new Error(expression)
  return expression.holds(claims, context)
}

describe('an expression', () => {
  type Row = readonly [source: string, outcome: boolean | undefined]
  const claims = {
    ref: 'refs/heads/main',
    run: 7,
    big: 2 ** 60,
    flag: true,
    teams: ['web', 'ops'],
    'k8s.io': { namespace: 'payments' },
    empty: '',
    nothing: null,
    long: Array.from({ length: 513 }, () => 'web'),
    hidden: 'a\u0000b',
    mixed: ['web', 'ops\u2028', 'ops'],
  }
  const rows: readonly Row[] = [
    ['claims.ref == "refs/heads/main"', true],
    ['claims.ref.startsWith("refs/heads/") && !claims.ref.endsWith("evil")', true],
    ['claims.run >= 7 && claims.run < 8', true],
    ['RULE-03 claims.run == "7"', false],
    ['claims.flag == true', true],
    ['"ops" in claims.teams', true],
    ['claims.teams.all(team, team.startsWith("w"))', false],
    ['claims.teams.exists(team, team == "ops")', true],
    ['claims["k8s.io"].namespace == "payments"', true],
    ['size(claims.teams) == 2', true],
    ['has(claims.absent)', false],
    ['RULE-02 claims.absent == "x"', undefined],
    ['RULE-02 !(claims.absent == "x")', undefined],
    ['RULE-02 claims.empty == ""', undefined],
    ['RULE-02 claims.nothing == null', undefined],
    ['CLM-13 claims.big > 1', undefined],
    ['CLM-11 has(claims.hidden)', undefined],
    ['CLM-11 !has(claims.hidden)', undefined],
    ['CLM-11 claims.ref == "x" || claims.hidden != "b"', undefined],
    ['CLM-11 claims.flag || claims.hidden != "b"', true],
    ['CLM-11 "ops" in claims.mixed', undefined],
    ['CLM-12 claims.constructor == "x"', undefined],
    ['CLM-12 has(claims.toString)', false],
    ['CLM-11 has(claims.long) && "ops" in claims.long', undefined],
    ['the result for a list of 513 is unknown: claims.long.all(team, team == "web")', undefined],
  ]
  it.each(rows)('%s has the value %s', (title, outcome) => {
    expect(holds(title.replace(/^(?:[A-Z]+-\d+ |.*: (?=claims))/, ''), claims)).toBe(outcome)
  })

  it('reads the connection data that the platform reports, and treats the rest as absent', () => {
    const source = 'request.country == "DE" && request.asn == 3320'
    expect(holds(source, {}, { country: 'DE', asn: 3320 })).toBe(true)
    expect(holds(source, {}, { country: 'FR', asn: 3320 })).toBe(false)
    expect(holds(source, {}, {})).toBe(undefined)
  })
})

describe('an expression is refused if it', () => {
  type Row = readonly [fault: string, source: string, message: RegExp]
  const rows: readonly Row[] = [
    ['does not parse', 'claims.ref ==', /is not an expression/],
    ['names an unknown variable', 'clams.ref == "x"', /does not type-check/],
    ['compares types that cannot be equal', 'size(claims) == "x"', /does not type-check/],
    ['reads an unknown member of the connection', 'request.city == "Bonn"', /does not type-check/],
    ['is not true or false', 'claims.ref', /must be true or false/],
    ['is a number', '1 + 1', /must be true or false/],
    ['RULE-07 uses a regular expression', 'claims.ref.matches("^(a+)+$")', /uses matches/],
    ['nests loops', 'claims.a.all(x, claims.a.all(y, x == y))', /within another loop/],
    ['maps a list to another', 'size(claims.a.map(x, x)) > 1', /uses map/],
    ['reads the time', 'timestamp(claims.iat) > timestamp(0)', /uses timestamp/],
    ['RULE-20 has too many nodes', Array(110).fill('claims.a').join(' == '), /more than 320 nodes/],
    ['RULE-20 nests too deeply', `${'!('.repeat(40)}true${')'.repeat(40)}`, /more than 32 levels/],
    ['RULE-20 is a row of operators', `${'!'.repeat(4000)}true`, /320 nodes|32 levels/],
    ['RULE-20 is too long', `claims.a == "${'x'.repeat(4096)}"`, /more than 4096 characters/],
  ]
  it.each(rows)('%s', (_, source, message) => {
    expect(compileExpression(source)).toMatch(message)
  })

  it('is reported with its path in the document', () => {
    const rule = allow('r', {}, {}, { condition: 'claims.ref' })
    const result = compileTrust(documentOf([rule]), CEILINGS)
    expect('problems' in result && result.problems).toMatchObject([
      { code: 'expression_invalid', path: ['rules', 0, 'condition'] },
    ])
  })
})

describe('a rule with a condition', () => {
  const main = { condition: 'claims.ref == "refs/heads/main"' }

  it('grants if both its conditions and its expression hold', () => {
    expect(outcomeOf(decide([allow('r', {}, {}, main)]))).toBe('r')
    const other = { ...CLAIMS, ref: 'refs/heads/other' }
    expect(outcomeOf(decide([allow('r', {}, {}, main)], other))).toBe('no_rule_matched')
  })

  it('RULE-22 does not match if it allows and the result is unknown', () => {
    const { ref: _, ...without } = CLAIMS
    const rule = allow('r', {}, {}, { condition: '!(claims.ref == "refs/heads/evil")' })
    expect(outcomeOf(decide([rule], without))).toBe('no_rule_matched')
  })

  it('RULE-22 matches if it denies and the result is unknown', () => {
    const { ref: _, ...without } = CLAIMS
    const rules = [
      allow('r'),
      { ...deny('never', { repository_id: '8123456' }), condition: 'claims.ref == "evil"' },
    ]
    expect(outcomeOf(decide(rules, without))).toBe('rule_denied')
    expect(outcomeOf(decide(rules))).toBe('r')
  })
})
