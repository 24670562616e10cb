import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ANY_RULE_CHECKS, RULE_CHECKS } from '../../../src/analysis/lint/registry.ts'
import {
  type Change,
  documentOf,
  findingsOf,
  idsOf,
  type PlatformName,
} from './support/documents.ts'
import { NOT_ABOUT_CLAIMS, PLACES } from './support/places.ts'
import { EARLY_CELLS } from './support/places-early.ts'
import { LATE_CELLS } from './support/places-late.ts'

const CHECKED = { ...EARLY_CELLS, ...LATE_CELLS }

const rows = Object.entries(CHECKED).flatMap(([id, cells]) =>
  PLACES.flatMap((place) => {
    const cell = cells[place]
    return typeof cell === 'string' ? [] : [{ id, place, ...cell }]
  }),
)

/** The paths of one check's findings within the rule, as text. */
function placesOf(id: string, platform: PlatformName, change: Change): readonly string[] {
  return findingsOf(documentOf(platform, change)).flatMap((one) => {
    if (typeof one === 'string') throw new Error(one)
    return one.lint === id ? [one.path.slice(2).join('.')] : []
  })
}

describe('lint, for each place where a rule reads a claim', () => {
  it('has a row for each check of a rule, or a reason why there is none', () => {
    const checks = [...RULE_CHECKS, ...ANY_RULE_CHECKS].map(({ lint }) => lint)
    expect(Object.keys({ ...CHECKED, ...NOT_ABOUT_CLAIMS }).sort()).toEqual(
      [...new Set(checks)].sort(),
    )
  })

  it('agrees with the table in docs/lint.md', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/lint.md'), 'utf8')
    const table = Object.entries(CHECKED).map(([id, cells]) => {
      const marks = PLACES.map((place) => (typeof cells[place] === 'string' ? '–' : 'yes'))
      return `| ${[id, ...marks].join(' | ')} |`
    })
    expect(page).toContain(`|---|---|---|---|---|\n${table.join('\n')}\n\n`)
  })

  it.each(rows)('$id is reported in $place', ({ id, place, platform, caught, at }) => {
    const found = placesOf(id, platform, caught)
    expect(found.some((one) => one.startsWith(at ?? place))).toBe(true)
  })

  it.each(rows)(
    '$id is not reported for a similar safe rule in $place',
    ({ id, platform, leftAlone }) => {
      expect(placesOf(id, platform, leftAlone)).toEqual([])
    },
  )

  it.each(rows)('$id in $place can be accepted with a reason', ({ id, platform, caught }) => {
    const accept = [{ lint: id, reason: 'It was looked at.' }]
    const found = findingsOf(documentOf(platform, { ...caught, rule: { ...caught.rule, accept } }))
    const own = found.flatMap((one) => (typeof one !== 'string' && one.lint === id ? [one] : []))
    expect(own.length).toBeGreaterThan(0)
    expect(own.every(({ accepted }) => accepted === 'It was looked at.')).toBe(true)
  })
})

describe('a pin in an expression', () => {
  const condition = (text: string, change: Change = {}): Change => ({
    ...change,
    rule: { condition: text },
  })
  const open: Change = { when: { event_name: undefined } }

  it.each([
    ['equality', 'claims.event_name == "push"'],
    ['a list', 'claims.event_name in ["push", "schedule"]'],
    ['alternatives of one claim', 'claims.event_name == "push" || claims.event_name == "schedule"'],
    ['a double negation', '!(claims.event_name != "push")'],
    ['both sides of a conjunction', 'claims.event_name == "push" && claims.actor == "octocat"'],
    ['folded letters', 'claims.event_name.lowerAscii() == "push"'],
    [
      'an exclusion of all that is unsafe',
      '!(claims.event_name in ["pull_request_target", "workflow_run", "issue_comment"])',
    ],
  ])('counts: %s', (_, text) => {
    expect(idsOf(documentOf('github', condition(text, open)))).not.toContain('LINT-07')
  })

  it.each([
    ['an alternative to another claim', 'claims.event_name == "push" || claims.actor == "octocat"'],
    ['under a negation', '!(claims.event_name == "push")'],
    ['one arm of a choice', 'claims.actor == "octocat" ? claims.event_name == "push" : true'],
    ['an incomplete list', 'claims.event_name in ["push", claims.actor]'],
    ['only a prefix', 'claims.event_name.startsWith("pu") || claims.event_name.endsWith("run")'],
    ['only its presence', 'has(claims.event_name)'],
    ['a guard that absence passes', '!has(claims.environment) || claims.event_name == "push"'],
    ['a comparison of a part', 'claims.event_name.split("_")[0] == "workflow"'],
  ])('does not count: %s', (_, text) => {
    expect(idsOf(documentOf('github', condition(text, open)))).toContain('LINT-07')
  })

  it('does not pin an id if it need not hold', () => {
    const only = { ref_protected: 'true' }
    const maybe = 'claims.project_id == "42" || claims.project_path == "acme/app"'
    expect(idsOf(documentOf('gitlabOwn', condition(maybe, { only })))).toContain('LINT-09')
  })

  it('causes one finding, even if the expression repeats the comparison', () => {
    const twice = 'claims.email.endsWith("@a.dev") || claims.email.endsWith("@b.dev")'
    expect(placesOf('LINT-21', 'generic', condition(twice))).toEqual(['condition'])
  })

  it('is compared with a broader rule that covers it', () => {
    const narrow = condition('claims.sub == "workload-7"', { only: { team: 'a' } })
    const broad = { ...(documentOf('generic').rules as object[])[0], name: 'broad' }
    expect(idsOf(documentOf('generic', { ...narrow, more: [broad] }))).toContain('LINT-33')
    const other = condition('claims.sub == "workload-8"', { only: { team: 'a' } })
    expect(idsOf(documentOf('generic', { ...other, more: [broad] }))).not.toContain('LINT-33')
  })
})

describe('names that people can change', () => {
  it.each(['preferred_username', 'upn', 'nickname', 'phone_number'])(
    'LINT-21 are reported in a subject and in a comparison, if the rule does not pin them: %s',
    (name) => {
      const subject = documentOf('generic', {
        only: { team: 'a' },
        grant: { subject: `{${name}}` },
      })
      expect(idsOf(subject)).toContain('LINT-21')
      const compared = { only: { team: 'a' }, rule: { condition: `claims.${name} == "x"` } }
      expect(idsOf(documentOf('generic', compared))).toContain('LINT-21')
      const pinned = { grant: { subject: `{${name}}` } }
      expect(idsOf(documentOf('generic', pinned))).not.toContain('LINT-21')
    },
  )
})
