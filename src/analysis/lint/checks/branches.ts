/** Checks of branch names: anyone with push access can create a branch with a matching name. */
import { samePath } from '../../../core/policy/language/claim-path.ts'
import { type Found, type LintedRule, requires, wildcardOf } from '../check.ts'

/** LINT-14: anyone with push access can push a branch with any name. */
export function findOpenBranches({ view, issuer, writes }: LintedRule): readonly Found[] {
  const { names, claims } = issuer.profile
  if (writes.length === 0 || requires(view, ['ref_protected'], 'true')) return []
  const open = view.clauses.flatMap((condition) => {
    const pattern = wildcardOf(condition)
    const isRef = names.ref !== undefined && samePath(condition.path, names.ref)
    if (pattern === undefined || !(isRef || namesBranch(condition.path))) return []
    if (!takesAnyBranch(pattern)) return []
    return {
      severity: 'warn' as const,
      path: condition.place,
      message: `"${pattern}" matches branches that anyone with push access can create`,
      fix: 'Name the branches, or add ref_protected: "true" where the platform has it.',
    }
  })
  if (open.length > 0) return open
  // In GitLab, the pipeline of a merge request has a branch name like any other pipeline.
  const needsProtection =
    names.ref?.[0] === 'ref_path' && claims?.some(({ path }) => path[0] === 'ref_protected')
  if (needsProtection !== true || requires(view, ['environment_protected'], 'true')) return []
  return [
    {
      severity: 'warn',
      path: ['when'],
      message:
        'a branch with this name may be unprotected, and a merge request has the name of a branch',
      fix: 'Add ref_protected: "true".',
    },
  ]
}

const TEXTS_WITH_BRANCHES = ['ref', 'sub', 'job_workflow_ref', 'workflow_ref', 'ci_config_ref_uri']

function namesBranch(path: readonly string[]): boolean {
  return TEXTS_WITH_BRANCHES.includes(path.join('.'))
}

/** Whether the branch part of the pattern matches unprotected branches. */
function takesAnyBranch(pattern: string): boolean {
  const place = branchPlace(pattern)
  if (place === undefined || !place.includes('*')) return false
  if (place.startsWith('refs/heads/')) return true
  const star = place.indexOf('*')
  const isFull = 'refs/heads/'.startsWith(place.slice(0, star))
  return isFull || !place.startsWith('refs/')
}

/** The branch part: after `@` in a workflow path, or after `ref:`, or in its place, in a subject. */
function branchPlace(pattern: string): string | undefined {
  const workflow = /@([^@]*\*[^@]*)$/.exec(pattern)
  if (workflow !== null && !pattern.startsWith('repo:')) return workflow[1]
  const named = /:ref:(.*)$/.exec(pattern)
  if (named !== null) return named[1]
  if (/^(?:repo|project_path):/.test(pattern)) return /^[^:]+:[^:]+:(\*.*)$/.exec(pattern)?.[1]
  return pattern.includes(':') ? undefined : pattern
}
