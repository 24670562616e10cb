/** What to write for an issuer: its provider by another name, and its URL. */
import {
  ANY_PROVIDER,
  findMeantProvider,
  findProvider,
  listProviders,
} from '../../core/providers/index.ts'
import type { ProviderProfile } from '../../core/providers/profile.ts'
import { codePointOf } from '../../web/text/control-characters.ts'
import { findNearest } from '../../web/text/nearest.ts'

/** A host with more wrong letters than this is another host. */
const MAX_MISSPELT_LETTERS = 2
/** Shorter words, such as `com` and `hcp`, name no product. */
const MIN_NAME_CHARACTERS = 5

/** The id of the provider that a name, such as `GitHub Actions` or `azure`, most likely means. */
export function findProviderId(name: string): string | undefined {
  const text = name.trim().toLowerCase()
  if (text === '') return undefined
  const ids = listProviders()
  const words = text.split(/[^a-z0-9]+/).filter(Boolean)
  const joined = words.join('')
  return (
    findMeantProvider(text) ??
    ids.find((id) => joinWords(id) === joined || joinWords(titleOf(id)) === joined) ??
    ids.find((id) => id.startsWith(text)) ??
    findNearest(text, ids) ??
    words.map(findMeantProvider).find((id) => id !== undefined) ??
    ids.find((id) => words.length > 1 && id.startsWith(words[0] ?? text))
  )
}

/** The name of a provider without its part in parentheses. */
function titleOf(id: string): string {
  return findProvider(id)?.name.replace(/\(.*/, '') ?? ''
}

const joinWords = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

/** A space, or a character that looks like one or like nothing. A URL parser removes some of them. */
const UNSEEN = /[\s\p{Cc}\p{Cf}\p{Z}]/u

/** Says that a URL or a host has a space or an invisible character. Undefined if it has none. */
export function describeUnseen(url: unknown): string | undefined {
  const [character] = typeof url === 'string' ? (UNSEEN.exec(url) ?? []) : []
  if (character === undefined) return undefined
  const name = character === ' ' ? 'a space' : `${codePointOf(character)}, an invisible character`
  return `${JSON.stringify(url)} has ${name}: remove it`
}

/** What to write for a URL that is not of the provider. */
export function adviseIssuer(url: unknown, id: unknown): string | undefined {
  const provider = typeof id === 'string' ? findProvider(id) : undefined
  if (provider === undefined || typeof url !== 'string' || !URL.canParse(url)) return undefined
  const { issuer } = provider
  if (issuer.kind === 'pattern') {
    if (issuer.pattern.test(url.replace(/\/$/, ''))) return 'remove the slash at the end'
    if (issuer.pattern.test(`${url}/`)) return 'add a slash at the end'
  }
  const other = findOtherProvider(url, provider)
  return other && `if the tokens have this iss, write provider: ${other}`
}

function findOtherProvider(url: string, { id, issuer }: ProviderProfile): string | undefined {
  const { host } = new URL(url)
  const known = new URL(issuer.kind === 'fixed' ? issuer.url : issuer.example)
  // Software for any host: another path is that of another part of it, such as a provider of Vault.
  const elsewhere = known.href.replace(known.host, 'host.invalid')
  if (issuer.kind === 'pattern' && issuer.pattern.test(elsewhere)) return ANY_PROVIDER
  // A misspelt host, or another path on a host of the platform, belongs to no other provider.
  const isMisspelt = findNearest(host, [known.host], MAX_MISSPELT_LETTERS) !== undefined
  if (isMisspelt || domainOf(host) === domainOf(known.host)) return undefined
  return listProviders().find((other) => isSibling(other, id) && isAt(other, url)) ?? ANY_PROVIDER
}

const domainOf = (host: string) => host.split('.').slice(-2).join('.')

/** Whether two ids share the name of a product, such as `gitlab-com` and `gitlab-self-managed`. */
function isSibling(other: string, id: string): boolean {
  const names = id.split('-').filter((word) => word.length >= MIN_NAME_CHARACTERS)
  return other !== id && other.split('-').some((word) => names.includes(word))
}

function isAt(id: string, url: string): boolean {
  const issuer = findProvider(id)?.issuer
  return issuer?.kind === 'pattern' && issuer.pattern.test(url)
}
