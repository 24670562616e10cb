/** Workloads in clouds and clusters, by the texts that name them: ARNs, service accounts, SPIFFE IDs. */
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

/** LINT-23: everybody has an account, and may call a role what they like. */
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
        ? `"${pattern}" matches a role of this name in any account`
        : `"${pattern}" matches roles that anybody who may make one can name`,
      fix: 'Write the account and the role out.',
    }
  })
}

const SERVICE_ACCOUNT = 'system:serviceaccount:'

/** LINT-24: whoever may make a namespace or a pod gets in. */
export function findOpenServiceAccounts({ view, issuer }: LintedRule): readonly Found[] {
  const { subjectIs = [], names } = issuer.profile
  const isCluster = subjectIs[0] === SERVICE_ACCOUNT
  const subjects = mentionsOf(view, ['sub']).filter(
    (clause) =>
      isPositive(clause) && textsOf(clause).some((text) => text.startsWith(SERVICE_ACCOUNT)),
  )
  const open = subjects.flatMap((clause) => {
    const text = textsOf(clause).find((one) => isOpenAccount(one))
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
  return isDefault ? [openAccount(byName.place, 'the account "default", which every pod has,')] : []
}

function openAccount(path: Found['path'], what: string): Found {
  return {
    severity: 'error',
    path,
    message: `${what} gets in: whoever may make a namespace or a pod has such a token`,
    fix: 'Name the namespace and a service account of its own.',
  }
}

function isOpenAccount(text: string): boolean {
  const [namespace = '', account = ''] = text.slice(SERVICE_ACCOUNT.length).split(':')
  return (
    namespace === '' ||
    account === '' ||
    `${namespace}${account}`.includes('*') ||
    account === 'default'
  )
}

/** LINT-25: a trust domain is everything that runs in it. */
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
        ? `"${pattern}" is every workload of the trust domain`
        : `"${pattern}" also matches every path that begins alike`,
      fix: 'Name the workload, or end the fixed part with "/".',
    }
  })
}
