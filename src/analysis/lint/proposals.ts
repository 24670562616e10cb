/** Pull and merge requests: runs for changes that somebody else proposes. */
import { matchesPattern } from '../../core/policy/language/pattern.ts'
import { admits, type Found, isPositive, type LintedRule, mentionsOf, textsOf } from './check.ts'

/** Events of proposals from outside, as their platforms name them. */
const PROPOSALS = [
  'pull_request',
  'pull_request_target',
  'merge_request_event',
  'external_pull_request_event',
]

/** LINT-29: on a public project everybody may propose a change, and its run carries this identity. */
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
      message: `on a public project ${admitted.join(' and ')} let outsiders' changes in`,
      fix: `List the events that may, or add ${visibility.path.join('.')}: [private, internal].`,
    },
  ]
}

/** LINT-08: the same subject prefix is carried by runs for proposed changes. */
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
      fix: 'Name the branch or the environment in the subject, or list the events that may.',
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
