/** Which claims of a subject token a record has, and their values. */
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import { isJsonObject, type JsonObject, readPath } from '../../web/json.ts'
import type { ProviderProfile } from '../providers/profile.ts'

type Path = readonly string[]

/** Members of a record that are registered claims of the token. */
const MEMBERS = ['iss', 'sub', 'jti', 'exp'] as const

/** The recorded claims, with the registered claims that are members of the record. */
export function knownClaims(record: DecisionRecord): JsonObject {
  const members: Readonly<Record<(typeof MEMBERS)[number], unknown>> = {
    iss: record.issuer_url,
    sub: record.subject,
    jti: record.subject_token_id,
    exp: record.subject_token_expires_at,
  }
  const present = Object.entries(members).filter(([, value]) => value !== undefined)
  return { ...record.claims, ...Object.fromEntries(present) }
}

/** The known claims of the actor token. */
export function knownActorClaims({ actor, actor_claims }: DecisionRecord): JsonObject {
  const ids = { iss: actor?.issuer_url, sub: actor?.subject, jti: actor?.token_id }
  const members = { ...ids, exp: actor?.token_expires_at }
  const present = Object.entries(members).filter(([, value]) => value !== undefined)
  return { ...actor_claims, ...Object.fromEntries(present) }
}

/**
 * A claim is known if the record would have it. Without any recorded claim, the deployment may record
 * none, so an absent claim is unknown.
 */
export function createKnown(
  { claims, all_claims: hasAll }: Pick<DecisionRecord, 'claims' | 'all_claims'>,
  profile: ProviderProfile,
) {
  const recorded = recordedPaths(profile)
  return (path: Path): boolean => {
    const [first = ''] = path
    if (path.length === 1 && MEMBERS.some((name) => name === first)) return true
    if (claims === undefined) return false
    if (hasAll === true) return true
    return recorded.some((prefix) => startsWith(path, prefix)) || hasValue(claims, path)
  }
}

const pathsByProfile = new WeakMap<ProviderProfile, readonly Path[]>()

/** The paths of the claims that are recorded. Each of many decisions needs them. */
export function recordedPaths(profile: ProviderProfile): readonly Path[] {
  const known = pathsByProfile.get(profile)
  if (known !== undefined) return known
  const paths = (profile.claims ?? []).filter(({ recorded }) => recorded).map(({ path }) => path)
  pathsByProfile.set(profile, paths)
  return paths
}

function startsWith(path: Path, prefix: Path): boolean {
  return prefix.length <= path.length && prefix.every((name, index) => path[index] === name)
}

/** An object may be recorded in part, so only another value counts. */
function hasValue(claims: JsonObject, path: Path): boolean {
  const value = readPath(claims, path)
  return value !== undefined && !isJsonObject(value)
}
