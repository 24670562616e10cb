/** Checks of HCP Terraform and CircleCI: phases, workspaces, forks and reruns with SSH. */
import {
  admits,
  claimOf,
  type Found,
  isPositive,
  type LintedRule,
  requiredOn,
  requires,
  wildcardOf,
} from '../check.ts'

const PHASE = ['terraform_run_phase']

/** LINT-26: plans run proposed code, and other people can create workspaces with a matching name. */
export function findOpenTerraform({ view, issuer, writes }: LintedRule): readonly Found[] {
  if (claimOf(issuer.profile, PHASE) === undefined) return []
  const open = view.clauses.flatMap((condition) => {
    const pattern = wildcardOf(condition)
    const isName = /workspace|project/.test(condition.path[0] ?? '')
    if (pattern === undefined || !(isName || /(?:workspace|project):[^:]*\*/.test(pattern)))
      return []
    return {
      severity: 'error' as const,
      path: condition.place,
      message: `"${pattern}" matches workspaces or projects that other people can create`,
      fix: 'Pin terraform_workspace_id.',
    }
  })
  const mayPlan = admits(view, PHASE, 'plan') && !subjectNamesPhase(view)
  if (writes.length === 0 || !mayPlan) return open
  return [
    ...open,
    {
      severity: 'error',
      path: ['when'],
      message: `plans, including speculative plans, get ${writes.join(', ')}`,
      fix: 'Add terraform_run_phase: apply.',
    },
  ]
}

function subjectNamesPhase(view: LintedRule['view']): boolean {
  return requiredOn(view, ['sub']).some(
    ({ test }) =>
      (test.kind === 'any_of' &&
        test.values.every((value) => String(value).endsWith(':run_phase:apply'))) ||
      (test.kind === 'glob' && test.pattern.source.endsWith(':run_phase:apply')),
  )
}

const CIRCLE = 'oidc.circleci.com/'

/** LINT-27: builds of forks and reruns with SSH access have the project's identity. */
export function findOpenCircle({ view, issuer, writes }: LintedRule): readonly Found[] {
  if (claimOf(issuer.profile, [`${CIRCLE}project-id`]) === undefined) return []
  const found: Found[] = []
  const add = (path: Found['path'], message: string, fix: string) =>
    found.push({ severity: 'error', path, message, fix })
  if (!requiredOn(view, [`${CIRCLE}vcs-origin`]).some(isPositive)) {
    add(['when'], 'builds of forks can have this identity', `Add ${CIRCLE}vcs-origin.`)
  }
  if (writes.length > 0 && !requires(view, [`${CIRCLE}ssh-rerun`], false)) {
    const message = `a rerun with SSH access gets ${writes.join(', ')}`
    add(['when'], message, `Add ${CIRCLE}ssh-rerun: false.`)
  }
  for (const condition of view.clauses) {
    const pattern = wildcardOf(condition)
    if (pattern?.includes('**') !== true) continue
    const message = `"${pattern}" crosses "/", so a branch name can contain the fields after it`
    add(
      condition.place,
      message,
      'Use * for one segment, or use the separate claims instead of sub.',
    )
  }
  return found
}
