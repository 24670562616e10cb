/**
 * Variables that are not a setting and look like one. A Worker's bindings and a command's
 * environment hold other names too, so only a name that begins like a setting, or that is two
 * letters away from one, is refused.
 */

/** How settings begin. Long enough that other programs have no variable that begins so. */
export const SETTING_PREFIXES: readonly string[] = [
  'ADMIN_LOGIN',
  'ALERT_DORMANT',
  'ALERT_WEBHOOK',
  'ALLOWED_HOST',
  'BOOTSTRAP_TRUST',
  'CERTIFICATE_BOUND',
  'DECISION_CHECKPOINT',
  'DECISION_CLAIM',
  'DECISION_MAX_',
  'DECISION_RETENTION',
  'DECISION_SHARD',
  'DPOP_NONCE',
  'ISSUER_KEYS_',
  'KEY_RETIREMENT',
  'LOCAL_GATEWAY',
  'LOCAL_ISSUER',
  'MAX_RULE_EXPIRY',
  'MAX_TOKEN_LIFETIME',
  'RATE_LIMIT_ADDRESS',
  'RATE_LIMIT_SUBJECT',
  'REPLAY_NOT',
  'SIGNING_KEY',
  'SPIFFE_TRUST',
  'TRUST_MAX_',
]

/** Bindings of the platform that begin like a setting. */
const BINDINGS: readonly string[] = ['RATE_LIMIT_ADDRESS', 'RATE_LIMIT_SUBJECT']

/** Two letters exchanged, or one left out and one added. */
const MAX_EDITS = 2
/** Shorter names are close to names of other programs: `USER` is two letters away from `ISSUER`. */
const MIN_CHARACTERS = 10

/** What is wrong with a name that is not a setting; undefined for a name of something else. */
export function findMisspelling(name: string, settings: readonly string[]): string | undefined {
  if (BINDINGS.includes(name)) return undefined
  const upper = name.toUpperCase()
  const beginsLikeOne = SETTING_PREFIXES.some((prefix) => upper.startsWith(prefix))
  if (!beginsLikeOne && upper.length < MIN_CHARACTERS) return undefined
  // Counting edits is slow, and an environment holds many names that are no setting.
  const most = beginsLikeOne ? Number.POSITIVE_INFINITY : MAX_EDITS
  const compared = beginsLikeOne ? settings : settings.filter((name) => hasNearLength(name, upper))
  const [nearest, edits] = findNearest(upper, compared, most)
  if (edits > most) return undefined
  if (upper.startsWith('SIGNING_KEY')) {
    return 'is not a setting: a signing key is SIGNING_KEY_ and capital letters, digits or underscores'
  }
  // A name that was cut short is far from the whole one by edits.
  const meant = settings.find((setting) => setting.startsWith(upper)) ?? nearest
  return `is not a setting: write ${meant}, or remove it`
}

function hasNearLength(left: string, right: string): boolean {
  return Math.abs(left.length - right.length) <= MAX_EDITS
}

function findNearest(
  name: string,
  settings: readonly string[],
  most: number,
): readonly [string, number] {
  let nearest: readonly [string, number] = ['', Number.POSITIVE_INFINITY]
  for (const setting of settings) {
    const edits = countEdits(name, setting, most)
    if (edits < nearest[1]) nearest = [setting, edits]
  }
  return nearest
}

/**
 * Letters to add, leave out or change (Levenshtein), row by row. Infinite if there are certainly more
 * than `most`: no number of a row is smaller than the smallest one of the row before.
 */
function countEdits(left: string, right: string, most: number): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (const [at, letter] of [...left].entries()) {
    const next = [at + 1]
    for (const [index, other] of [...right].entries()) {
      const change = (row[index] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(change, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1))
    }
    row = next
    if (Math.min(...row) > most) return Number.POSITIVE_INFINITY
  }
  return row.at(-1) ?? 0
}
