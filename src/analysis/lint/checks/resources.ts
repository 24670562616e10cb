/** Checks of resource URIs, which clients and APIs must spell exactly alike. */
import type { CompiledTrust } from '../../../core/policy/compile/compiled.ts'
import { codePointOf } from '../../../web/text/control-characters.ts'
import type { Found } from '../check.ts'

type OfResource = Found & { readonly rule: undefined }

/** A canonical URI with an empty path, which `canonicalResource` turns into `/`. It may have a query. */
const BARE_HOST = /^(https?:\/\/[^/?]+)\/(?:\?|$)/

/** LINT-40: a URI without a path has two spellings, with and without a trailing slash. */
export function findBareHosts({ resources }: CompiledTrust): readonly OfResource[] {
  return [...resources].flatMap(([canonical, { uri, audience, preset }]) => {
    const origin = BARE_HOST.exec(canonical)?.[1]
    // Otherwise the tokens contain another audience. LINT-52 reports a URI that is invalid.
    if (origin === undefined || audience !== uri || findFault(uri) !== undefined) return []
    // A known consumer publishes no name: its operator copies the one of the document.
    if (preset !== undefined) return []
    return {
      severity: 'info' as const,
      path: ['resources', uri],
      message:
        'the URI has no path: some clients add a trailing slash and others remove it, but APIs compare aud exactly',
      fix: `If the clients and the API can change too, add a path, for example ${origin}/v1.`,
      rule: undefined,
    }
  })
}

/** LINT-52: a URI that libraries refuse or change, or that sends tokens unencrypted. */
export function findInvalidUris({ resources }: CompiledTrust): readonly OfResource[] {
  return [...resources.values()].flatMap(({ uri, alsoKnownAs }): readonly OfResource[] => {
    const names = alsoKnownAs.map((name, index) => ({ name, place: ['also_known_as', index] }))
    const faults = [{ name: uri, place: [] }, ...names].flatMap(({ name, place }) => {
      const fault = findFault(name)
      const path = ['resources', uri, ...place]
      return fault === undefined ? [] : [{ ...fault, path, rule: undefined }]
    })
    return faults.length === 0 && isOpenHttp(uri) ? [openHttp(uri)] : faults
  })
}

type Fault = Pick<Found, 'severity' | 'message' | 'fix'>

/** Schemes whose URIs have a host. Other schemes have rules of their own. */
const WEB = /^(https?|wss?):/i
/** RFC 3986 §3.2. */
const AUTHORITY = /^[^:]+:\/\/([^/?]*)/
/** RFC 3986 §2 and Appendix A: a percent sign begins an escape, which is checked apart. */
const FOREIGN = /[^\w.~:/?[\]@!$&'()*+,;=%-]/u
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:/
const MAX_PORT = 65_535

function findFault(uri: string): Fault | undefined {
  if (!ABSOLUTE.test(uri)) return undefined
  return (
    findPlaceholder(uri) ?? findSyntaxFault(uri) ?? (WEB.test(uri) ? findHostFault(uri) : undefined)
  )
}

const warn = (message: string, fix: string): Fault => ({ severity: 'warn', message, fix })

function findPlaceholder(uri: string): Fault | undefined {
  const [placeholder] = /[$%]?\{[^{}]*\}/.exec(uri) ?? []
  if (placeholder === undefined) return undefined
  return warn(
    `${placeholder} is no placeholder here: a resource has one fixed URI`,
    'Write the whole URI, and one resource for each API.',
  )
}

/** Only the first fault, because the others often have the same cause. */
function findSyntaxFault(uri: string): Fault | undefined {
  const [character] = FOREIGN.exec(uri) ?? []
  if (character !== undefined) {
    return warn(
      `a URI cannot contain ${codePointOf(character)} (RFC 3986 §2): some libraries refuse it and others escape it, and APIs compare aud exactly`,
      `Write ${adviseCharacter(uri, character)}. The clients and the API must write the same.`,
    )
  }
  const [percent] = /%(?![\dA-Fa-f]{2}).{0,2}/.exec(uri) ?? []
  if (percent !== undefined) {
    return warn(
      `"${percent}" is no escape (RFC 3986 §2.1): some libraries refuse the URI and others change it`,
      'Write a percent sign as %25.',
    )
  }
  return /[[\]]/.test(uri.replace(AUTHORITY, ''))
    ? warn(
        'a URI can contain "[" and "]" only around an address (RFC 3986 §3.2.2)',
        'Write %5B and %5D.',
      )
    : undefined
}

/** The name of a host is written in its ASCII form (RFC 5890 §2.3.2.1), and other parts with escapes. */
function adviseCharacter(uri: string, character: string): string {
  const [, authority = ''] = AUTHORITY.exec(uri) ?? []
  if (authority.includes(character) && URL.canParse(uri)) {
    return `the host as ${new URL(uri).hostname}`
  }
  const octets = [...new TextEncoder().encode(character)]
  return octets.map((octet) => `%${octet.toString(16).padStart(2, '0').toUpperCase()}`).join('')
}

function findHostFault(uri: string): Fault | undefined {
  const scheme = uri.slice(0, uri.indexOf(':')).toLowerCase()
  const kind = `${scheme.startsWith('h') ? 'an' : 'a'} ${scheme}`
  const [, authority = ''] = AUTHORITY.exec(uri) ?? []
  const [, user, host = '', port = ''] = /^(.*@)?(.*?)(?::(\d*))?$/.exec(authority) ?? []
  if (host === '') {
    return warn(
      `${kind} URI without a host is invalid (RFC 9110 §4.2): no library requests it as it is written`,
      `Write ${scheme}:// and the host of the API.`,
    )
  }
  if (Number(port) > MAX_PORT) {
    return warn(`the port ${port} is above ${MAX_PORT}`, 'Write the port of the API, or none.')
  }
  // The URL parser of browsers, Node and Workers finds the rest, such as a wrong address in brackets.
  if (!URL.canParse(uri)) {
    return warn(
      `"${authority}" is no valid host: URL libraries refuse the URI`,
      'Write the host of the API.',
    )
  }
  if (user === undefined) return undefined
  return warn(
    `${kind} URI has no user name (RFC 9110 §4.2.4): libraries refuse "${user}" or remove it`,
    'Write the URI without it.',
  )
}

/** Names that only the machine, the cluster or the network behind a proxy knows. */
const INTERNAL =
  /^(?:[^.]+|\[.*\]|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+|169\.254\.[\d.]+|172\.(?:1[6-9]|2\d|3[01])\.[\d.]+)$|\.(?:local|localhost|localdomain|internal|intranet|lan|home\.arpa|svc|test|onion)\.?$|\.svc\./

function isOpenHttp(uri: string): boolean {
  return /^(?:http|ws):/i.test(uri) && !INTERNAL.test(new URL(uri).hostname)
}

function openHttp(uri: string): OfResource {
  return {
    severity: 'info',
    path: ['resources', uri],
    message:
      'clients send tokens to this URI unencrypted: everybody on the way can read and use them',
    fix: 'Use an encrypted URI, and change the clients and the API too.',
    rule: undefined,
  }
}
