/**
 * Parses how flags and answers name a place: `github:OWNER/REPO@ENVIRONMENT`,
 * `gitlab:GROUP/PROJECT@ENVIRONMENT` and `kubernetes:ISSUER#NAMESPACE/ACCOUNT`. The ids are added by
 * `questions/look-up.ts`.
 */
import { findIssuerUrlFault } from '../../web/issuer-url.ts'
import { fail, ok, type Result } from '../../web/result.ts'

export type CiSpec = {
  readonly kind: 'github' | 'gitlab'
  /** `OWNER/REPO` or `GROUP/PROJECT`. */
  readonly path: string
  readonly environment: string
}

type ClusterSpec = {
  readonly kind: 'kubernetes'
  readonly issuer: string
  readonly namespace: string
  readonly account: string
}

export type PlaceSpec = CiSpec | ClusterSpec

export const ADMIN_FORM = 'github:OWNER/REPO@ENVIRONMENT or gitlab:GROUP/PROJECT@ENVIRONMENT'
export const WORKLOAD_FORM = `${ADMIN_FORM}, or kubernetes:ISSUER#NAMESPACE/ACCOUNT`

const GITHUB = /^[A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}$/
const GITLAB = /^[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*){1,20}$/
/** What both platforms allow in the name of an environment, without what YAML and shells interpret. */
const ENVIRONMENT = /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,254}$/
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/

/** The fault is the end of a sentence that begins with the text. */
export function parsePlace(text: string): Result<PlaceSpec, string> {
  const [kind = ''] = text.split(':', 1)
  const rest = text.slice(kind.length + 1)
  if (kind === 'kubernetes') return parseCluster(rest)
  if (kind !== 'github' && kind !== 'gitlab') return fail(`must be ${WORKLOAD_FORM}`)
  const at = rest.indexOf('@')
  if (at === -1) return fail(`must name an environment: ${kind}:${rest || 'OWNER/REPO'}@production`)
  const path = rest.slice(0, at)
  const environment = rest.slice(at + 1)
  const isPath = kind === 'github' ? GITHUB.test(path) : GITLAB.test(path)
  if (!isPath) return fail(`must be ${ADMIN_FORM}`)
  if (!ENVIRONMENT.test(environment)) return fail('must end with the name of an environment')
  return ok({ kind, path, environment })
}

export function parseAdmin(text: string): Result<CiSpec, string> {
  const place = parsePlace(text)
  if (!place.ok) return place
  return place.value.kind === 'kubernetes' ? fail(`must be ${ADMIN_FORM}`) : ok(place.value)
}

function parseCluster(text: string): Result<ClusterSpec, string> {
  const end = text.lastIndexOf('#')
  const [namespace = '', account = '', ...more] = text.slice(end + 1).split('/')
  const isNamed = DNS_LABEL.test(namespace) && DNS_LABEL.test(account) && more.length === 0
  if (end === -1 || !isNamed) return fail('must be kubernetes:ISSUER#NAMESPACE/ACCOUNT')
  const issuer = text.slice(0, end)
  const fault = findIssuerUrlFault(issuer, { localIssuers: false, hasUploadedKeys: false })
  if (fault !== undefined) return fail(`has an issuer that ${fault}`)
  return ok({ kind: 'kubernetes', issuer, namespace, account })
}
