/** Checks of workloads in clouds and clusters: ARNs, service accounts and SPIFFE IDs. */
import {
  type Found,
  isHeld,
  isPositive,
  type LintedRule,
  mentionsOf,
  requiredOn,
  textsOf,
  wildcardOf,
} from '../check.ts'
import type { Clause } from '../view.ts'

/** LINT-23: anyone can have an AWS account and choose the names of its roles. */
export function findOpenRoles({ view }: LintedRule): readonly Found[] {
  return view.clauses.flatMap((condition) => {
    const pattern = wildcardOf(condition)
    if (pattern === undefined || !/^arn:/.test(pattern)) return []
    const [, , , , account = '', ...rest] = pattern.split(':')
    const isAccountOpen = !/^\d{12}$/.test(account)
    if (!isAccountOpen && !/^(?:assumed-)?role\/.*\*/.test(rest.join(':'))) return []
    return {
      severity: 'error',
      path: condition.place,
      message: isAccountOpen
        ? `"${pattern}" matches a role with this name in any account`
        : `"${pattern}" matches roles that anyone with permission to create roles can name`,
      fix: 'Write the full account and role.',
    }
  })
}

const SERVICE_ACCOUNT = 'system:serviceaccount:'

/** LINT-24: anyone who can create a namespace or a pod can get a matching token. */
export function findOpenServiceAccounts({ view, issuer }: LintedRule): readonly Found[] {
  const { subjectIs = [], names } = issuer.profile
  const isCluster = subjectIs[0] === SERVICE_ACCOUNT
  const subjects = mentionsOf(view, ['sub']).filter(
    (clause) =>
      isPositive(clause) && textsOf(clause).some((text) => text.startsWith(SERVICE_ACCOUNT)),
  )
  const open = subjects.flatMap((clause) => {
    const text = textsOf(clause).find((one) => isOpenAccount(one, isPattern(clause)))
    return text === undefined ? [] : openAccount(clause.place, `"${text}"`)
  })
  const isNamed = subjects.some(({ isRequired }) => isRequired)
  if (open.length > 0 || isNamed || !isCluster) return open
  const account = subjectIs.findLast((part) => typeof part !== 'string')
  if (isHeld(view, names.projectId)) return []
  if (!isHeld(view, names.ownerId)) return [openAccount(['when'], 'every namespace')]
  const byName = requiredOn(view, typeof account === 'object' ? account : undefined).find(
    ({ test }) => test.kind === 'any_of',
  )
  if (byName === undefined) return [openAccount(['when'], `every service account of the namespace`)]
  const isDefault = textsOf(byName).includes('default')
  return isDefault ? [openAccount(byName.place, 'the account "default" of every pod')] : []
}

function openAccount(path: Found['path'], what: string): Found {
  return {
    severity: 'error',
    path,
    message: `${what} matches: anyone who can create a namespace or a pod can get such a token`,
    fix: 'Name the namespace and a dedicated service account.',
  }
}

/** In an exact value, a star is no wildcard: no token has it (LINT-37). */
function isPattern({ test }: Clause): boolean {
  return test.kind !== 'any_of' && test.kind !== 'contains'
}

function isOpenAccount(text: string, hasWildcards: boolean): boolean {
  const [namespace = '', account = ''] = text.slice(SERVICE_ACCOUNT.length).split(':')
  return (
    namespace === '' ||
    account === '' ||
    (hasWildcards && `${namespace}${account}`.includes('*')) ||
    account === 'default'
  )
}

/** LINT-25: a whole trust domain includes every workload in it. */
export function findOpenTrustDomains({ view }: LintedRule): readonly Found[] {
  return view.clauses.flatMap((condition) => {
    const pattern = wildcardOf(condition)
    if (pattern === undefined || !pattern.startsWith('spiffe://')) return []
    const prefix = pattern.slice('spiffe://'.length, pattern.indexOf('*'))
    const [, ...path] = prefix.split('/')
    const isWhole = path.join('') === ''
    if (!isWhole && prefix.endsWith('/')) return []
    return {
      severity: 'warn',
      path: condition.place,
      message: isWhole
        ? `"${pattern}" matches every workload of the trust domain`
        : `"${pattern}" also matches every path with the same beginning`,
      fix: 'Name the workload, or end the text before the star with "/".',
    }
  })
}
