/** Workloads in clouds and clusters, by the texts that name them: ARNs, service accounts, SPIFFE IDs. */
import { samePath } from '../claim-path.ts'
import {
  conditionsOn,
  type Found,
  isPositive,
  type LintedRule,
  placeOf,
  textsOf,
  wildcardOf,
} from './check.ts'

/** LINT-23: everybody has an account, and may call a role what they like. */
export function findOpenRoles({ rule }: LintedRule): readonly Found[] {
  return rule.conditions.flatMap((condition) => {
    const pattern = wildcardOf(condition)
    if (pattern === undefined || !/^arn:/.test(pattern)) return []
    const [, , , , account = '', ...rest] = pattern.split(':')
    const isAccountOpen = !/^\d{12}$/.test(account)
    if (!isAccountOpen && !/^(?:assumed-)?role\/.*\*/.test(rest.join(':'))) return []
    return {
      severity: 'error',
      path: placeOf(condition),
      message: isAccountOpen
        ? `"${pattern}" matches a role of this name in any account`
        : `"${pattern}" matches roles that anybody who may make one can name`,
      fix: 'Write the account and the role out.',
    }
  })
}

const SERVICE_ACCOUNT = 'system:serviceaccount:'

/** LINT-24: whoever may make a namespace or a pod gets in. */
export function findOpenServiceAccounts({ rule, issuer }: LintedRule): readonly Found[] {
  const { subjectIs = [], names } = issuer.profile
  const isCluster = subjectIs[0] === SERVICE_ACCOUNT
  const subject = conditionsOn(rule, ['sub']).find(
    (condition) =>
      isPositive(condition) && textsOf(condition).some((text) => text.startsWith(SERVICE_ACCOUNT)),
  )
  if (!isCluster && subject === undefined) return []
  if (subject !== undefined) {
    const text = textsOf(subject).find((one) => isOpenAccount(one))
    return text === undefined ? [] : [openAccount(placeOf(subject), `"${text}"`)]
  }
  const account = subjectIs.findLast((part) => typeof part !== 'string')
  const namespace = conditionsOn(rule, names.ownerId).find(({ test }) => test.kind === 'any_of')
  const byId = conditionsOn(rule, names.projectId).find(({ test }) => test.kind === 'any_of')
  const byName = rule.conditions.find(
    ({ path, test }) =>
      typeof account === 'object' && samePath(path, account) && test.kind === 'any_of',
  )
  if (byId !== undefined) return []
  if (namespace === undefined) return [openAccount(['when'], 'every namespace')]
  if (byName === undefined) return [openAccount(['when'], `every service account of the namespace`)]
  const isDefault = textsOf(byName).includes('default')
  return isDefault
    ? [openAccount(placeOf(byName), 'the account "default", which every pod has,')]
    : []
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
export function findOpenTrustDomains({ rule }: LintedRule): readonly Found[] {
  return rule.conditions.flatMap((condition) => {
    const pattern = wildcardOf(condition)
    if (pattern === undefined || !pattern.startsWith('spiffe://')) return []
    const prefix = pattern.slice('spiffe://'.length, pattern.indexOf('*'))
    const [, ...path] = prefix.split('/')
    const isWhole = path.join('') === ''
    if (!isWhole && prefix.endsWith('/')) return []
    return {
      severity: 'warn',
      path: placeOf(condition),
      message: isWhole
        ? `"${pattern}" is every workload of the trust domain`
        : `"${pattern}" also matches every path that begins alike`,
      fix: 'Name the workload, or end the fixed part with "/".',
    }
  })
}
