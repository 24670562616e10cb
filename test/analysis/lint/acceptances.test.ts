/** LINT-50: acceptances without a finding. */
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../src/analysis/lint/finding.ts'
import { isBlocking } from '../../../src/analysis/lint/lint.ts'
import { documentOf, findingsOf } from './support/documents.ts'

const reason = 'The runners are ours alone.'
/** Has the finding LINT-28. */
const OPEN = { when: { runner_environment: undefined } }

const idOf = (number: string) => `LINT-${number}`

function acceptancesOf(ids: readonly string[], change: object = OPEN): readonly Finding[] {
  const accept = ids.map((lint) => ({ lint, reason }))
  const findings = findingsOf(documentOf('github', { ...change, rule: { accept } }))
  return findings.flatMap((one) => (typeof one === 'object' && one.lint === 'LINT-50' ? one : []))
}

describe('LINT-50', () => {
  it.each(['00', '55', '99'].map(idOf))('stops apply for %s, which is no lint', (lint) => {
    const [found, ...more] = acceptancesOf([lint])
    expect(more).toEqual([])
    expect(found).toMatchObject({
      severity: 'warn',
      path: ['rules', 0, 'accept', 0, 'lint'],
      message: `there is no lint rule ${lint}: the ids are LINT-01 to LINT-54 and PROBE`,
      fix: 'Remove it, or write the id of a finding of this rule: LINT-28.',
    })
    expect(found !== undefined && isBlocking(found)).toBe(true)
  })

  it('notes an acceptance of a finding that the rule does not have', () => {
    const [found] = acceptancesOf(['LINT-28', 'LINT-09'])
    expect(found).toMatchObject({
      severity: 'info',
      path: ['rules', 0, 'accept', 1, 'lint'],
      message: 'the rule has no finding LINT-09',
      fix: 'Remove the acceptance.',
    })
  })

  it('notes a second acceptance of one finding', () => {
    const found = acceptancesOf(['LINT-28', 'LINT-28'])
    expect(found.map(({ severity, path }) => [severity, path])).toEqual([
      ['info', ['rules', 0, 'accept', 1, 'lint']],
    ])
  })

  it('has nothing to say about an acceptance of a finding of the rule', () => {
    expect(acceptancesOf(['LINT-28'])).toEqual([])
    expect(acceptancesOf(['PROBE'], {}).map(({ message }) => message)).toEqual([
      'the rule has no finding PROBE',
    ])
  })

  it('can be accepted', () => {
    expect(acceptancesOf([idOf('99'), 'LINT-50'])).toMatchObject([{ accepted: reason }])
  })
})
