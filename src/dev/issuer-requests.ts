/** The bodies that the dev issuer accepts, from JSON to precise values, each fault in a sentence. */
import { type Claims, isRecord } from './claim-sets.ts'
import {
  BEHAVIOURS,
  type Behaviour,
  isAlgorithm,
  MintRefused,
  type MintRequest,
  type Publication,
  type Rotation,
  type SignRequest,
} from './issuer-realm.ts'

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

/** The keys are not looked at: what nobody should publish is what is wanted here. */
export function parsePublish(body: unknown): Publication {
  const members = parseMembers(body, ['keys', 'only', 'members'])
  const { keys = [], only = false } = members
  if (!Array.isArray(keys)) throw new MintRefused('keys must be a list')
  if (typeof only !== 'boolean') throw new MintRefused('only must be true or false')
  return { keys, only, members: optionalRecord(members, 'members') ?? {} }
}

export function parseBehave(body: unknown): { discovery?: Behaviour; jwks?: Behaviour } {
  const members = parseMembers(body, ['discovery', 'jwks'])
  const parsed: { discovery?: Behaviour; jwks?: Behaviour } = {}
  for (const name of ['discovery', 'jwks'] as const) {
    if (members[name] === undefined) continue
    const behaviour = BEHAVIOURS.find((known) => known === members[name])
    if (behaviour === undefined) {
      throw new MintRefused(`${name} must be one of ${BEHAVIOURS.join(', ')}`)
    }
    parsed[name] = behaviour
  }
  return parsed
}

function parseMembers(body: unknown, known: readonly string[]): Claims {
  if (!isRecord(body)) throw new MintRefused('the body must be a JSON object')
  const unknown = Object.keys(body).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new MintRefused(`a member is none of ${known.join(', ')}`)
  return body
}

function text(members: Claims, name: string): string {
  const value = members[name]
  if (typeof value === 'string' && value !== '') return value
  throw new MintRefused(`${name} must be a text`)
}

function optionalRecord(members: Claims, name: string): Claims | undefined {
  const value = members[name]
  if (value === undefined || isRecord(value)) return value
  throw new MintRefused(`${name} must be an object`)
}
