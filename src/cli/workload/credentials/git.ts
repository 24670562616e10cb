/**
 * Git's credential helper protocol (gitcredentials(7), git-credential(1)): lines `key=value` on
 * stdin and stdout. Parses the request and renders the answer. Does not get a token.
 */
import { usageFailure } from '../../shell/failure.ts'
import { parseHost } from './address.ts'

export type GitRequest = {
  /** The host as git sent it, for messages. */
  readonly host: string
  /** Undefined unless the request is for http or https. */
  readonly url: URL | undefined
  readonly username: string | undefined
  /** Git 2.46 and later can send `Authorization: Bearer`. */
  readonly canBearer: boolean
  /** Whether the server offers Bearer. Git has no challenge to pass on before the first 401. */
  readonly isBearerOffered: boolean
}

export type GitAuth = 'auto' | 'basic' | 'bearer'

export type GitToken = { readonly accessToken: string; readonly expiresAt: number }

const SINGLE_KEYS = ['protocol', 'host', 'username']
const LIST_KEYS = ['capability[]', 'wwwauth[]']

export function parseGitRequest(text: string): GitRequest {
  const values = new Map<string, string>()
  const lists = new Map<string, readonly string[]>(LIST_KEYS.map((key) => [key, []]))
  for (const line of text.split('\n')) {
    // An empty line ends the request.
    if (line === '') break
    const at = line.indexOf('=')
    const key = at < 1 ? '' : line.slice(0, at)
    const value = line.slice(at + 1)
    const list = lists.get(key)
    // An empty value clears the list (git-credential(1)).
    if (list !== undefined) lists.set(key, value === '' ? [] : [...list, value])
    if (!SINGLE_KEYS.includes(key)) continue
    // Otherwise a URL with a line end in its host could name a second host (CVE-2020-5260,
    // CVE-2024-52006).
    if (values.has(key) || /\p{Cc}/u.test(value)) {
      throw usageFailure(`the request of git has an invalid "${key}"`)
    }
    values.set(key, value)
  }
  const host = values.get('host') ?? ''
  const challenges = lists.get('wwwauth[]') ?? []
  return {
    host,
    url: parseHost(values.get('protocol') ?? '', host),
    username: values.get('username'),
    canBearer: lists.get('capability[]')?.includes('authtype') === true,
    isBearerOffered: challenges.flatMap(listSchemes).includes('bearer'),
  }
}

/**
 * Lists the schemes of one `WWW-Authenticate` line (RFC 9110 §11.6.1), in lower case. A line can
 * have several challenges. Quoted text can contain anything, so it is removed first.
 */
function listSchemes(line: string): readonly string[] {
  const bare = line.replace(/"(?:[^"\\]|\\.)*(?:"|$)/g, '""')
  return bare.split(',').flatMap((part) => {
    const scheme = /^\s*([!#$%&'*+.^_`|~\w-]+)(?=\s+[^\s=]|\s*$)/.exec(part)?.[1]
    return scheme === undefined ? [] : [scheme.toLowerCase()]
  })
}

/**
 * Renders the answer with the time at which the token expires. Git keeps it no longer than that.
 */
export function renderGitAnswer(
  { accessToken, expiresAt }: GitToken,
  options: { readonly username: string; readonly asBearer: boolean },
): string {
  const secret = options.asBearer
    ? [
        'capability[]=authtype',
        'authtype=Bearer',
        `credential=${accessToken}`,
        // Otherwise git would offer the token to other helpers, which store credentials.
        'ephemeral=1',
      ]
    : [`username=${options.username}`, `password=${accessToken}`]
  return [...secret, `password_expiry_utc=${Math.floor(expiresAt)}`].join('\n')
}

/** Stops git after a refusal. Otherwise it would try other helpers and then prompt the user. */
export const GIT_QUIT = 'quit=1'
