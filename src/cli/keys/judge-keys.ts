/**
 * What is wrong with the signing keys of a gateway, and with the key set that it publishes. Pure: it
 * gets the facts. Each finding names the command that helps.
 */
import type { KeyReport, KeysReport } from '../../contract/admin.ts'
import { JWKS_MAX_AGE_SECONDS } from '../../core/limits.ts'
import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { MIN_KEY_LEAD_SECONDS } from '../shell/limits.ts'
import { writeTime } from './key-time.ts'
import { isSameAlgorithm } from './plan-rotation.ts'
import type { PublishedKeys } from './read-keys.ts'

export type KeyFinding = {
  readonly code:
    | 'key_unusable'
    | 'no_active_key'
    | 'no_successor'
    | 'key_without_end'
    | 'key_withdrawn'
    | 'algorithm_without_key'
    | 'key_set_empty'
    | 'key_set_incomplete'
    | 'key_set_foreign'
    | 'key_set_secret'
    | 'key_set_caching'
  readonly message: string
  readonly hint: string
}

const ROTATE = 'npx edgemint keys rotate --help'

/** Judges the keys and their dates. */
export function judgeKeys(
  { keys, problems }: KeysReport,
  at: number,
  maxAgeDays: number,
): readonly KeyFinding[] {
  const active = keys.filter(isActive)
  return [
    ...problems.map(({ variable, message }) => ({
      code: 'key_unusable' as const,
      message: `${variable} ${message}`,
      hint: 'npx edgemint keys generate --help',
    })),
    ...(active.length > 0
      ? []
      : [
          {
            code: 'no_active_key' as const,
            message: 'no key is active, so no token is issued',
            hint: ROTATE,
          },
        ]),
    ...active.flatMap((key) => judgeSuccession(key, keys, at, maxAgeDays)),
    ...active.flatMap(judgeEndless),
    ...keys.flatMap(judgeWithdrawn),
  ]
}

function isActive({ state }: KeyReport): boolean {
  return state === 'signing' || state === 'standby'
}

function judgeSuccession(
  key: KeyReport,
  keys: readonly KeyReport[],
  at: number,
  maxAgeDays: number,
): readonly KeyFinding[] {
  const { kid, alg, activates_at: start, retires_at: end } = key
  const isFollowed = keys.some((other) => follows(other, key))
  if (isFollowed) return []
  const find = (message: string): readonly KeyFinding[] => [
    { code: 'no_successor', message: `${message}, and no successor is scheduled`, hint: ROTATE },
  ]
  if (end !== null) return find(`the ${alg} key ${kid} retires at ${writeTime(end)}`)
  if (start === null) return find(`the age of the ${alg} key ${kid} is unknown`)
  const days = Math.floor((at - start) / 86_400)
  if (days <= maxAgeDays) return []
  return find(`the ${alg} key ${kid} has signed for ${days} days`)
}

/** Whether the key signs with the same algorithm from the end of the other, or from a later start. */
function follows(other: KeyReport, key: KeyReport): boolean {
  if (other === key || !isSameAlgorithm(other.alg, key.alg)) return false
  if (!isActive(other) && other.state !== 'scheduled') return false
  const start = other.activates_at ?? 0
  const end = key.retires_at
  if (end === null) return start > (key.activates_at ?? 0)
  return start <= end && (other.retires_at === null || other.retires_at > end)
}

/**
 * `keys rotate` that was killed before its last write, or a successor that was made by hand, leaves such
 * a key. It stays published for ever, and tokens of it are accepted.
 */
function judgeEndless({ kid, alg, state, retires_at: end }: KeyReport): readonly KeyFinding[] {
  if (state !== 'standby' || end !== null) return []
  return [
    {
      code: 'key_without_end',
      message: `the ${alg} key ${kid} signs no more, because a successor does, and has no end`,
      hint: `npx edgemint keys retire ${kid} --help`,
    },
  ]
}

function judgeWithdrawn({ kid, alg, state, secret }: KeyReport): readonly KeyFinding[] {
  if (state !== 'withdrawn') return []
  return [
    {
      code: 'key_withdrawn',
      message: `the ${alg} key ${kid} has ended, and its private key is still stored`,
      hint: `delete its secret${secret === undefined ? '' : ` ${secret}`}`,
    },
  ]
}

/** Finds resources whose tokens no active key can sign. */
export function judgeAlgorithms(
  { keys }: KeysReport,
  trust: CompiledTrust | undefined,
): readonly KeyFinding[] {
  const active = keys.filter(isActive)
  const signs = (algorithm: string) => active.some(({ alg }) => isSameAlgorithm(alg, algorithm))
  return [...(trust?.resources.values() ?? [])].flatMap(({ uri, algorithm, preset }) => {
    const accepted = algorithm === undefined ? preset?.algorithms : [algorithm]
    if (accepted === undefined || accepted.some(signs)) return []
    return [
      {
        code: 'algorithm_without_key' as const,
        message: `${uri} gets no tokens: no key signs with ${accepted.join(' or ')}`,
        hint: `npx edgemint keys rotate --algorithm ${accepted[0]} --help`,
      },
    ]
  })
}

/** Judges the published key set. With a report, also whether it has exactly the keys of the gateway. */
export function judgePublished(
  { keys: published, headers }: PublishedKeys,
  report: KeysReport | undefined,
): readonly KeyFinding[] {
  const find = (code: KeyFinding['code'], message: string, hint: string) => [
    { code, message, hint },
  ]
  const ids = published.map(({ kid }) => kid)
  const expected = report?.keys.filter(({ state }) => state !== 'withdrawn').map(({ kid }) => kid)
  const missing = expected?.filter((kid) => !ids.includes(kid)) ?? []
  const foreign = expected === undefined ? [] : ids.filter((kid) => !expected.includes(kid))
  const secret = published.flatMap(({ kid, secretMembers }) =>
    secretMembers.map((member) => `${member} of ${kid}`),
  )
  const isCached = 'purge a cache between you and the gateway, and check again'
  return [
    ...(published.length > 0 ? [] : find('key_set_empty', 'no key is published', ROTATE)),
    ...missing.flatMap((kid) =>
      find('key_set_incomplete', `the key ${kid} is not published yet`, isCached),
    ),
    ...foreign.flatMap((kid) =>
      find('key_set_foreign', `the published key ${kid} is not a key of the gateway`, isCached),
    ),
    ...secret.flatMap((member) =>
      find(
        'key_set_secret',
        `the key set has the private member ${member}`,
        'npx edgemint keys retire KID --now --reason TEXT',
      ),
    ),
    ...judgeCaching(headers),
  ]
}

/** Verifiers must see a successor before it signs, so the key set may be cached only for a while. */
function judgeCaching(headers: Headers): readonly KeyFinding[] {
  const text = headers.get('cache-control') ?? ''
  const maxAge = Number(
    /(?:^|[\s,])max-age=([0-9]{1,10})(?:$|[\s,])/i.exec(text)?.[1] ?? Number.NaN,
  )
  const isFine = maxAge > 0 && maxAge < MIN_KEY_LEAD_SECONDS && !/no-store/i.test(text)
  if (isFine) return []
  return [
    {
      code: 'key_set_caching',
      message: `the key set has Cache-Control: ${text === '' ? '(none)' : text}`,
      hint: `a proxy changed it: the gateway sends public, max-age=${JWKS_MAX_AGE_SECONDS}`,
    },
  ]
}
