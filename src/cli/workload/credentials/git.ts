/**
 * Git's credential helper protocol (gitcredentials(7), git-credential(1)): lines `key=value` in,
 * lines `key=value` out. What is asked for and what is answered; nothing here fetches a token.
 */
import { usageFailure } from '../../shell/failure.ts'
import { parseHost } from './address.ts'

export type GitRequest = {
  /** What was asked for, for people. */
  readonly host: string
  /** Undefined for anything but http and https. */
  readonly url: URL | undefined
  readonly username: string | undefined
  /** Git 2.46 and later can send `Authorization: Bearer`. */
  readonly canBearer: boolean
  /** Whether the server asked for it. Git passes on no challenge before the server's first 401. */
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
    // git-credential(1): an empty value clears the list.
    if (list !== undefined) lists.set(key, value === '' ? [] : [...list, value])
    if (!SINGLE_KEYS.includes(key)) continue
    // A URL with a line end in its host could otherwise name a second one (CVE-2020-5260,
    // CVE-2024-52006).
    if (values.has(key) || /\p{Cc}/u.test(value)) {
      throw usageFailure(`git asks with a "${key}" that cannot be meant`)
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
 * The schemes of one `WWW-Authenticate` line (RFC 9110 §11.6.1), in lower case. A line may hold
 * several challenges; quoted text may hold anything, so it goes first.
 */
function listSchemes(line: string): readonly string[] {
  const bare = line.replace(/"(?:[^"\\]|\\.)*(?:"|$)/g, '""')
  return bare.split(',').flatMap((part) => {
    const scheme = /^\s*([!#$%&'*+.^_`|~\w-]+)(?=\s+[^\s=]|\s*$)/.exec(part)?.[1]
    return scheme === undefined ? [] : [scheme.toLowerCase()]
  })
}

/**
 * Git keeps a token to the end of its life at most; `ephemeral` keeps it from the helpers that
 * store.
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
        // Otherwise another helper would be asked for a password to go with it.
        'ephemeral=1',
      ]
    : [`username=${options.username}`, `password=${accessToken}`]
  return [...secret, `password_expiry_utc=${Math.floor(expiresAt)}`].join('\n')
}

/** Keeps git from asking a person, or a helper that knows nothing of the refusal. */
export const GIT_QUIT = 'quit=1'
