/** Reads the states of signing keys: from a gateway, or from the state directory of `serve`. */
import { parseObject } from '../../client/in-house.ts'
import type { KeyReport, KeysReport } from '../../contract/admin.ts'
import { MAX_TOKEN_LIFETIME_SECONDS } from '../../contract/limits.ts'
import type { SettingsProblem } from '../../contract/settings.ts'
import { describeKeys } from '../../core/tokens/key-facts.ts'
import { findKeyWarnings } from '../../core/tokens/key-health.ts'
import { importLocalKeys } from '../../dev/in-house.ts'
import { PATHS } from '../../protocol/paths.ts'
import { isJsonObject } from '../../web/json.ts'
import { usageFailure } from '../shell/failure.ts'
import {
  type AdminAccess,
  ask,
  describeProblem,
  notAGateway,
  readOpen,
} from '../trust/admin-api.ts'

/** Returns the answer of `GET /admin/v1/keys`. */
export async function getKeys(access: AdminAccess): Promise<KeysReport> {
  const answer = await ask(access, { method: 'GET' }, PATHS.adminKeys)
  if (answer.status !== 200) throw describeProblem(answer)
  const { keys, problems, warnings } = parseObject(answer.text) ?? {}
  const isReport =
    Array.isArray(keys) &&
    keys.every(isKeyReport) &&
    Array.isArray(problems) &&
    problems.every(isSettingsProblem) &&
    Array.isArray(warnings) &&
    warnings.every((warning) => typeof warning === 'string')
  if (!isReport) throw notAGateway(answer.status)
  return { keys, problems, warnings }
}

function isKeyReport(value: unknown): value is KeyReport {
  if (!isJsonObject(value)) return false
  const { kid, alg, state, secret, activates_at, retires_at, published_until } = value
  const isTime = (time: unknown) => time === null || typeof time === 'number'
  return (
    [kid, alg, state].every((text) => typeof text === 'string') &&
    (secret === undefined || typeof secret === 'string') &&
    [activates_at, retires_at, published_until].every(isTime)
  )
}

function isSettingsProblem(value: unknown): value is SettingsProblem {
  return (
    isJsonObject(value) && typeof value.variable === 'string' && typeof value.message === 'string'
  )
}

/** Reads the keys of a state directory. The name of a key's secret is the path of its file. */
export async function readStateKeys(stateDir: string, at: number): Promise<KeysReport> {
  const ring = await importLocalKeys(stateDir).catch((error: Error) => {
    throw usageFailure(error.message)
  })
  if (ring.keys.length === 0) {
    throw usageFailure(
      `${stateDir} has no signing keys`,
      'start a gateway there first: npx edgemint serve --help',
    )
  }
  const keys = describeKeys(ring, at, MAX_TOKEN_LIFETIME_SECONDS)
  return { keys, problems: [], warnings: findKeyWarnings(ring, at) }
}

export type PublishedKey = {
  readonly kid: string
  readonly alg: string
  /** The names of its members that only a private or symmetric key has. */
  readonly secretMembers: readonly string[]
}

/** The key set that a gateway publishes, and the headers of the answer. */
export type PublishedKeys = { readonly keys: readonly PublishedKey[]; readonly headers: Headers }

const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const

/** Reads `/jwks.json`, without a token. */
export async function readPublishedKeys(url: string): Promise<PublishedKeys> {
  const answer = await readOpen(url, PATHS.jwks)
  const keys = parseObject(answer.text)?.keys
  if (answer.status !== 200 || !Array.isArray(keys)) throw notAGateway(answer.status)
  return { keys: keys.map(describePublished), headers: answer.headers }
}

function describePublished(value: unknown): PublishedKey {
  const key = isJsonObject(value) ? value : {}
  const text = (member: unknown) => (typeof member === 'string' ? member : '')
  return {
    kid: text(key.kid),
    alg: text(key.alg),
    secretMembers: SECRET_MEMBERS.filter((name) => Object.hasOwn(key, name)),
  }
}
