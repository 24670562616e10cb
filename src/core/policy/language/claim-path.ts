/**
 * Parses the name of a claim in a document. A dotted path names a nested claim. A name that contains
 * dots must be known to the provider's profile (`kubernetes.io.namespace`) or be written as a JSON
 * array of names (`["https://acme.dev/team"]`). Each claim has exactly one path.
 */

import { nameControlCharacter } from '../../../web/text/control-characters.ts'
import { findNearest } from '../../../web/text/nearest.ts'
import type { ClaimProfile, ProviderProfile } from '../../providers/profile.ts'

export type ResolvedClaim = {
  readonly path: readonly string[]
  /** The entry of the provider profile; undefined for a claim that the profile does not list. */
  readonly profile: ClaimProfile | undefined
}

/** How expressions and the attribute mappings of Google begin a claim. */
const PREFIX = /^(?:claims|assertion)\./

/**
 * The claim, or a sentence that says what is wrong and suggests the nearest claim. A suggestion
 * compares with every claim of the provider, so frequent callers leave it out.
 */
export function resolveClaim(
  text: string,
  provider: ProviderProfile,
  guesses = true,
): ResolvedClaim | string {
  const path = knownPath(text, provider) ?? parsePath(text)
  if (path === undefined) return `"${text}" is not a claim path`
  // An escape in an array of names can produce a control character. The space keeps the halves of a
  // surrogate pair in two names apart.
  const control = nameControlCharacter(path.join(' '))
  if (control !== undefined) return `a claim path contains ${control}, which no claim name has`
  const profile = provider.claims?.find((claim) => samePath(claim.path, path))
  if (provider.claims === null || profile !== undefined) return { path, profile }
  if (isCovered(path, provider)) return { path, profile: undefined }
  const names = guesses ? provider.claims.map((claim) => claim.path.join('.')) : []
  const nearest = findNearest(text.replace(PREFIX, ''), names, 3)
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`
  return `unknown claim "${text}" for ${provider.id}${hint}`
}

function knownPath(text: string, provider: ProviderProfile): readonly string[] | undefined {
  return provider.claims?.find((claim) => claim.path.join('.') === text)?.path
}

function parsePath(text: string): readonly string[] | undefined {
  if (text.startsWith('[')) return parseArrayPath(text)
  // A namespaced claim is usually a URL, so its dots do not separate names.
  if (text.includes('://')) return [text]
  const names = text.split('.')
  return names.every((name) => name.length > 0) ? names : undefined
}

function parseArrayPath(text: string): readonly string[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!Array.isArray(value) || value.length === 0 || value.length > 8) return undefined
  return value.every((name) => typeof name === 'string' && name.length > 0) ? value : undefined
}

function isCovered(path: readonly string[], provider: ProviderProfile): boolean {
  const [first = ''] = path
  if (provider.claimPrefixes?.some((prefix) => first.startsWith(prefix)) === true) return true
  // If the profile lists no member of an object, its members are user-defined, such as tags.
  const holder = provider.claims?.findLast((claim) => isBelow(path, claim.path))
  if (holder === undefined || !holder.types.includes('object')) return false
  return provider.claims?.some((claim) => isBelow(claim.path, holder.path)) === false
}

function isBelow(path: readonly string[], holder: readonly string[]): boolean {
  return path.length > holder.length && holder.every((name, index) => name === path[index])
}

export function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index])
}
