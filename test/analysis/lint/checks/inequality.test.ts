/** Tests of LINT-39: a list that contains an excluded value passes an expression. */
import { describe, expect, it } from 'vitest'
import { isBlocking } from '../../../../src/analysis/lint/lint.ts'
import { evaluateClaims } from '../../../../src/core/policy/explain/evaluate-claims.ts'
import { API, AT, compileOrCodes, documentOf, findingsOf } from '../support/documents.ts'

const documentWith = (condition: string, platform: 'generic' | 'github' | 'gitlab' = 'generic') =>
  documentOf(platform, { rule: { condition } })

const found = (document: unknown) =>
  findingsOf(document).flatMap((one) =>
    typeof one !== 'string' && one.lint === 'LINT-39' ? [one] : [],
  )

function isLetIn(document: unknown, claims: Readonly<Record<string, unknown>>): boolean {
  const trust = compileOrCodes(document)
  if (!('rules' in trust)) throw new Error(trust.join())
  const request = { resource: API, scopes: undefined, rule: undefined }
  const { kind } = evaluateClaims(trust, { issuer: 'ci', claims }, request, AT)
  return kind === 'granted'
}

describe('LINT-39', () => {
  it.each([
    'claims.team != "evil"',
    '!(claims.team == "evil")',
    '!(claims.team in ["evil"])',
    'claims.sub == "workload-7" && claims.team != "evil"',
    'claims.team != "evil" || claims.other == "x"',
    '(claims.team == "evil") == false',
  ])('finds an exclusion that a list passes: %s', (condition) => {
    const document = documentWith(condition)
    expect(isLetIn(document, { sub: 'workload-7', team: ['evil'] })).toBe(true)
    const [finding] = found(document)
    expect(finding).toMatchObject({ severity: 'warn', path: ['rules', 0, 'condition'] })
    expect(finding?.message).toContain('["evil"]')
    expect(finding !== undefined && isBlocking(finding)).toBe(true)
  })

  it('proposes a fix that refuses the list', () => {
    const rewritten = documentOf('generic', { when: { team: { not: 'evil' } } })
    expect(found(rewritten)).toEqual([])
    expect(isLetIn(rewritten, { sub: 'workload-7', team: ['evil'] })).toBe(false)
    expect(isLetIn(rewritten, { sub: 'workload-7', team: 'good' })).toBe(true)
  })

  it.each([
    ['generic', 'claims.team == "good"'],
    ['generic', '!("evil" in claims.teams)'],
    ['generic', '!claims.team.startsWith("evil")'],
    ['generic', 'claims.teams.all(team, team != "evil")'],
    ['generic', 'claims.team.lowerAscii() != "evil"'],
    ['github', 'claims.actor != "evil"'],
    ['gitlab', 'claims.ref != "main"'],
  ] as const)(
    'reports nothing if a list does not pass or the claim is not a list: %s %s',
    (platform, condition) => {
      expect(found(documentWith(condition, platform))).toEqual([])
    },
  )

  it.each(['claims.groups_direct != "evil"', 'claims.user_identities != "evil"'])(
    'reports a claim that is a list on the platform: %s',
    (condition) => {
      expect(found(documentWith(condition, 'gitlab'))).toHaveLength(1)
    },
  )
})
