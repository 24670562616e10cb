/** Refs and references to workflows are compared whole: no part of one decides. */
import { describe, expect, it } from 'vitest'
import { allow, CLAIMS, decide, outcomeOf } from '../support/decide.ts'

const MAIN = 'refs/heads/main'
const WORKFLOW = 'acme/deploy/.github/workflows/baz.yml'

const judge = (when: object, claims: object) =>
  outcomeOf(decide([allow('deploy', { ...when })], { ...CLAIMS, ...claims }))

/** Names that Git and GitHub allow for a branch. */
const BRANCHES = [
  'x@refs/heads/main',
  '@refs/heads/main',
  'refs/heads/main',
  'main@',
  'main"',
  "main';ls",
  '$' + '{{main}}',
  '$(main)',
  '{ref}',
  '%3Arefs%2Fheads%2Fmain',
  'main&ref=main',
  '<main>',
] as const

describe('a branch', () => {
  it.each(BRANCHES)('RULE-12 is not the branch of a rule that it contains: %s', (branch) => {
    const ref = `refs/heads/${branch}`
    for (const wanted of [MAIN, { glob: 'refs/*/main' }, ['refs/heads/release', MAIN]]) {
      expect(judge({ ref: wanted }, { ref: MAIN })).toBe('deploy')
      expect(judge({ ref: wanted }, { ref })).toBe('no_rule_matched')
    }
  })

  it.each(BRANCHES)('RULE-12 is the branch of a rule that names it: %s', (branch) => {
    const ref = `refs/heads/${branch}`
    expect(judge({ ref }, { ref })).toBe('deploy')
    expect(judge({ ref }, { ref: MAIN })).toBe('no_rule_matched')
  })
})

describe('a reusable workflow', () => {
  const wanted = `${WORKFLOW}@${MAIN}`
  const rules = [wanted, { glob: `${WORKFLOW}@refs/heads/*` }, { glob: `acme/**/baz.yml@${MAIN}` }]

  it.each(rules)('RULE-14 is the one that the rule names: %j', (job_workflow_ref) => {
    expect(judge({ job_workflow_ref }, { job_workflow_ref: wanted })).toBe('deploy')
  })

  it.each([
    `${WORKFLOW}@fake.yml@${MAIN}`,
    `acme/deploy/.github/workflows/nested.yml@baz.yml@${MAIN}`,
    `evil/x/.github/workflows/a.yml@${WORKFLOW}@${MAIN}`,
    `evil/x/.github/workflows/a.yml@refs/heads/${WORKFLOW}@${MAIN}`,
    `${WORKFLOW}@refs/heads/x@${MAIN}`,
    `${WORKFLOW}@refs/tags/main`,
    WORKFLOW,
  ])('RULE-14 is not one whose file or ref has an @ in its name: %s', (job_workflow_ref) => {
    for (const rule of rules) {
      expect([rule, judge({ job_workflow_ref: rule }, { job_workflow_ref })]).toEqual([
        rule,
        'no_rule_matched',
      ])
    }
  })
})
