/**
 * Parses each answer, from a flag or a terminal. A fault is the end of a sentence that names the
 * answer.
 */

import { isLoopbackName } from '../../../web/host.ts'
import { findGatewayIssuerFault, findIssuerUrlFault } from '../../../web/issuer-url.ts'
import { fail, ok, type Result } from '../../../web/result.ts'
import { describeFault } from '../../../web/url-spelling.ts'
import { ADMIN_FORM, type CiSpec, type PlaceSpec, parseAdmin, parsePlace } from '../place-spec.ts'
import type { Ids } from './look-up.ts'

type Parsed<T> = Result<T, string>

export function parseIssuer(text: string): Parsed<string> {
  if (text === '') return fail('must be a URL such as https://sts.example.com')
  const fault = findGatewayIssuerFault(text)
  if (fault !== undefined) return fail(describeFault(fault))
  const { protocol, hostname } = new URL(text)
  if (protocol !== 'https:' || isLoopbackName(hostname)) {
    return fail('must begin with https:// and have a public name: edgemint serve needs no init')
  }
  // Cloudflare has no custom domain for an address.
  if (/^[0-9.]+$/.test(hostname)) return fail('must have a DNS name, not an IP address')
  // The issuer URL stands in the commands of the workflows.
  if (!/^[A-Za-z0-9:/._~-]+$/.test(text)) {
    return fail('must have a path of only letters, digits and . _ ~ -')
  }
  return ok(text)
}

export function parseProvider(text: string): Parsed<string> {
  if (text === '') return fail('must be the issuer URL of an OpenID Connect provider')
  const fault = findIssuerUrlFault(text, { localIssuers: false, hasUploadedKeys: false })
  return fault === undefined ? ok(text) : fail(fault)
}

/** The answer to who administers: a place, or `people`. */
export function parseAdministrator(text: string): Parsed<CiSpec | 'people'> {
  if (text === 'people') return ok('people')
  const parsed = parseAdmin(text)
  return parsed.ok ? parsed : fail(`must be ${ADMIN_FORM}, or people`)
}

export type Persons = {
  readonly emails: readonly string[]
  readonly subjects: readonly string[]
  readonly groups: readonly string[]
}

/** Addresses, `sub:ID` and `group:NAME`, separated by spaces. */
export function parsePersons(text: string): Parsed<Persons> {
  const words = text.split(/\s+/).filter((word) => word !== '')
  const after = (prefix: string) =>
    words.filter((word) => word.startsWith(prefix)).map((word) => word.slice(prefix.length))
  const subjects = after('sub:')
  const groups = after('group:')
  const emails = words.filter((word) => !/^(?:sub|group):/.test(word))
  if (words.length === 0 || [...subjects, ...groups].includes('')) {
    return fail('must be addresses, sub:ID or group:NAME')
  }
  const stranger = emails.find((email) => !/^[^@\s]+@[^@\s]+$/.test(email))
  if (stranger !== undefined)
    return fail(`must be addresses, sub:ID or group:NAME, not ${stranger}`)
  return ok({ emails, subjects, groups })
}

export function parseWorkloads(text: string): Parsed<readonly PlaceSpec[]> {
  const places = text.split(/\s+/).filter((word) => word !== '')
  if (places.length === 0) return fail('must name a workload')
  const parsed = places.map(parsePlace)
  const faulty = parsed.find((one) => !one.ok)
  if (faulty !== undefined && !faulty.ok) return faulty
  return ok(parsed.flatMap((one) => (one.ok ? [one.value] : [])))
}

export function parseIds(text: string): Parsed<Ids> {
  const found = /^([0-9]{1,20})\/([0-9]{1,20})$/.exec(text)
  if (found === null) return fail('must be two ids, such as 4411/8123456')
  return ok({ owner: found[1] ?? '', project: found[2] ?? '' })
}

export function parseText(text: string): Parsed<string> {
  const isText = text !== '' && text.length <= 200 && !/\p{Cc}/u.test(text)
  return isText ? ok(text) : fail('must be a text of one line')
}

export function parseScopes(text: string): Parsed<readonly string[]> {
  const scopes = [...new Set(text.split(/\s+/).filter((word) => word !== ''))]
  return scopes.length === 0 ? fail('must be names such as deploy:read') : ok(scopes)
}

export function parseBranch(text: string): Parsed<string> {
  const isBranch = /^[A-Za-z0-9][\w./-]{0,200}$/.test(text)
  return isBranch ? ok(text) : fail('must be the name of a branch such as main')
}

/** The names that Cloudflare allows for a Worker. */
export function parseName(text: string): Parsed<string> {
  const isName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)
  return isName ? ok(text) : fail('must be at most 63 small letters, digits and hyphens')
}
