/** Checks of `accept`: whether each acceptance is for a finding that its rule has. */
import type { Rule } from '../../core/policy/compile/compiled.ts'
import type { Found } from './check.ts'
import type { Finding } from './finding.ts'

const LAST_LINT = 54

/**
 * LINT-50: an acceptance without a finding. A later release may give its id to another risk, which
 * would then be accepted unseen.
 *
 * @param found all other findings of this rule
 * @param at epoch seconds; undefined: LINT-35 depends on the time and is not judged
 */
export function findIdleAcceptances(
  { accepts }: Rule,
  found: readonly Finding[],
  at: number | undefined,
): readonly Found[] {
  const open = new Set(found.flatMap(({ lint, accepted }) => (accepted === undefined ? lint : [])))
  const fix =
    open.size === 0
      ? 'Remove the acceptance.'
      : `Remove it, or write the id of a finding of this rule: ${[...open].join(', ')}.`
  return accepts.flatMap(({ lint }, index): readonly Found[] => {
    const path = ['accept', index, 'lint']
    if (!isKnown(lint)) {
      const message = `there is no lint rule ${lint}: the ids are LINT-01 to LINT-${LAST_LINT} and PROBE`
      return [{ severity: 'warn', path, message, fix }]
    }
    if (accepts.findIndex((one) => one.lint === lint) < index) {
      const message = `${lint} is accepted twice, and only the first reason is shown`
      return [{ severity: 'info', path, message, fix: 'Write one acceptance with both reasons.' }]
    }
    const isUnjudged = lint === 'LINT-50' || (lint === 'LINT-35' && at === undefined)
    if (isUnjudged || found.some((one) => one.lint === lint)) return []
    return [{ severity: 'info', path, message: `the rule has no finding ${lint}`, fix }]
  })
}

function isKnown(lint: string): boolean {
  if (lint === 'PROBE') return true
  const number = Number(lint.slice('LINT-'.length))
  return number >= 1 && number <= LAST_LINT
}
