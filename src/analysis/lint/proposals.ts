/** Checks of pull and merge requests, whose runs execute proposed changes. */
import { matchesPattern } from '../../core/policy/language/pattern.ts'
import { admits, type Found, isPositive, type LintedRule, mentionsOf, textsOf } from './check.ts'

/** The events of pull and merge requests on the platforms. */
const PROPOSALS = [
  'pull_request',
  'pull_request_target',
  'merge_request_event',
  'external_pull_request_event',
]

/** LINT-29: anyone can propose a change to a public project, and its run has this identity. */
export function findPublicProposals({ view, issuer }: LintedRule): readonly Found[] {
  const { names, claims, unsafeEvents, tenancy } = issuer.profile
  const { event } = names
  const visibility = claims?.find(({ path }) => path[0]?.endsWith('_visibility') === true)
  if (event === undefined || visibility === undefined || unsafeEvents.length === 0) return []
  if (tenancy === 'self_hosted' || !admits(view, visibility.path, 'public')) return []
  const isGitHub = unsafeEvents.includes('pull_request_target')
  const admitted = PROPOSALS.filter(
    (value) =>
      isGitHub === value.startsWith('pull_request') &&
      admits(view, event, value) &&
      !(value === 'pull_request' && !admits(view, names.ref, 'refs/pull/1/merge')),
  )
  if (admitted.length === 0) return []
  return [
    {
      severity: 'warn',
      path: ['when'],
      message: `on a public project ${admitted.join(' and ')} run changes that outsiders propose`,
      fix: `List the allowed events, or add ${visibility.path.join('.')}: [private, internal].`,
    },
  ]
}

/** LINT-08: runs for proposed changes have subjects with the same prefix. */
export function findProposalSubjects({ view, issuer }: LintedRule): readonly Found[] {
  const { event } = issuer.profile.names
  if (!issuer.profile.unsafeEvents.includes('pull_request_target')) return []
  if (!admits(view, event, 'pull_request')) return []
  return mentionsOf(view, ['sub']).flatMap((condition) => {
    const text = textsOf(condition).find((one) => isPositive(condition) && takesProposals(one))
    if (text === undefined) return []
    return {
      severity: 'error',
      path: condition.place,
      message: `"${text}" is also the subject of pull requests`,
      fix: 'Name the branch or the environment in the subject, or list the allowed events.',
    }
  })
}

function takesProposals(text: string): boolean {
  if (text.endsWith(':pull_request')) return true
  const [kind = '', project = ''] = text.split(':')
  const probe = `${kind}:${project.replaceAll(/\*+/g, 'x')}:pull_request`
  const star = text.indexOf('*')
  return star !== -1 && matchesPattern({ source: text, prefix: text.slice(0, star) }, probe)
}
