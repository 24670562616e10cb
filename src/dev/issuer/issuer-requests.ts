/** Parses the request bodies of the dev issuer, and reports each fault in one sentence. */

import type { Claims } from '../../core/providers/examples.ts'
import { isJsonObject } from '../../web/json.ts'
import {
  BEHAVIOURS,
  type Behaviour,
  type Demands,
  isAlgorithm,
  MintRefused,
  type MintRequest,
  type Publication,
  type Rotation,
  type SignRequest,
} from './issuer-realm.ts'
import { KEY_FORMS } from './key-forms.ts'

const MINT_MEMBERS = [
  'provider',
  'audience',
  'claims',
  'exact_claims',
  'lifetime_seconds',
  'algorithm',
  'header',
]
const LONGEST_SECONDS = 366 * 24 * 3600

export function parseMint(body: unknown): MintRequest {
  const members = parseMembers(body, MINT_MEMBERS)
  const { lifetime_seconds: lifetime } = members
  const isLifetime =
    typeof lifetime === 'number' &&
    Number.isInteger(lifetime) &&
    Math.abs(lifetime) <= LONGEST_SECONDS
  if (lifetime !== undefined && !isLifetime) {
    throw new MintRefused('lifetime_seconds must be a whole number of seconds, at most a year')
  }
  const claims = optionalRecord(members, 'claims')
  const exactClaims = optionalRecord(members, 'exact_claims')
  const header = optionalRecord(members, 'header')
  const { algorithm } = members
  return {
    provider: text(members, 'provider'),
    audience: text(members, 'audience'),
    ...(claims === undefined ? {} : { claims }),
    ...(exactClaims === undefined ? {} : { exactClaims }),
    ...(isLifetime ? { lifetimeSeconds: lifetime } : {}),
    ...(algorithm === undefined ? {} : { algorithm: text(members, 'algorithm') }),
    ...(header === undefined ? {} : { header }),
  }
}

export function parseRotate(body: unknown): Rotation {
  const members = parseMembers(body, ['keep_old', 'algorithms'])
  const { keep_old: keepOld = false, algorithms } = members
  if (typeof keepOld !== 'boolean') throw new MintRefused('keep_old must be true or false')
  if (algorithms === undefined) return { keepOld }
  if (!Array.isArray(algorithms) || algorithms.length === 0 || !algorithms.every(isAlgorithm)) {
    throw new MintRefused('algorithms must be a list of algorithms')
  }
  return { keepOld, algorithms: algorithms.map(String) }
}

export function parseSign(body: unknown): SignRequest {
  const members = parseMembers(body, ['algorithm', 'text'])
  return { algorithm: text(members, 'algorithm'), text: text(members, 'text') }
}

/** Does not check the keys, because invalid keys are useful in tests. */
export function parsePublish(body: unknown): Publication {
  const members = parseMembers(body, ['keys', 'only', 'members', 'form'])
  const { keys = [], only = false } = members
  const form = oneOf(members, 'form', KEY_FORMS) ?? 'plain'
  if (!Array.isArray(keys)) throw new MintRefused('keys must be a list')
  if (typeof only !== 'boolean') throw new MintRefused('only must be true or false')
  return { keys, only, members: optionalRecord(members, 'members') ?? {}, form }
}

type Change = { discovery?: Behaviour; jwks?: Behaviour } & {
  -readonly [Name in keyof Demands]?: Demands[Name]
}

export function parseBehave(body: unknown): Change {
  const known = ['discovery', 'jwks', 'accept', 'user_agent', 'keys_at', 'jwks_uri']
  const members = parseMembers(body, known)
  const parsed: Change = {}
  for (const name of ['discovery', 'jwks'] as const) {
    const behaviour = oneOf(members, name, BEHAVIOURS)
    if (behaviour !== undefined) parsed[name] = behaviour
  }
  const accept = oneOf(members, 'accept', ['any', 'strict'] as const)
  if (accept !== undefined) parsed.accept = accept
  const userAgent = oneOf(members, 'user_agent', ['any', 'required'] as const)
  if (userAgent !== undefined) parsed.user_agent = userAgent
  const keysAt = oneOf(members, 'keys_at', ['here', 'elsewhere'] as const)
  if (keysAt !== undefined) parsed.keys_at = keysAt
  if (members.jwks_uri === null) parsed.jwks_uri = null
  else if (members.jwks_uri !== undefined) parsed.jwks_uri = text(members, 'jwks_uri')
  return parsed
}

function oneOf<Name extends string>(
  members: Claims,
  name: string,
  known: readonly Name[],
): Name | undefined {
  if (members[name] === undefined) return undefined
  const found = known.find((one) => one === members[name])
  if (found === undefined) throw new MintRefused(`${name} must be one of ${known.join(', ')}`)
  return found
}

function parseMembers(body: unknown, known: readonly string[]): Claims {
  if (!isJsonObject(body)) throw new MintRefused('the body must be a JSON object')
  const unknown = Object.keys(body).find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new MintRefused(`unknown member: the members are ${known.join(', ')}`)
  return body
}

function text(members: Claims, name: string): string {
  const value = members[name]
  if (typeof value === 'string' && value !== '') return value
  throw new MintRefused(`${name} must be a non-empty string`)
}

function optionalRecord(members: Claims, name: string): Claims | undefined {
  const value = members[name]
  if (value === undefined || isJsonObject(value)) return value
  throw new MintRefused(`${name} must be an object`)
}
