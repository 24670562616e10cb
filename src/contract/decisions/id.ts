/**
 * The id of a decision: `dec_` and base64url of one byte of shard, six bytes of epoch milliseconds,
 * and nine random bytes. The id alone is enough to find the record.
 */
import { digitAt, encodeBase64Url, isBase64Url } from '../../web/base64.ts'

const PREFIX = 'dec_'
/** One byte names the shard. */
export const MAX_SHARDS = 64
/** Random bytes of an id: 72 bits, for each millisecond of each shard. */
export const DECISION_RANDOM_BYTES = 9
const BYTES = 1 + 6 + DECISION_RANDOM_BYTES
const CHARACTERS = Math.ceil((BYTES * 8) / 6)
/** The digit with the last two of the 48 bits of the time. */
const LAST_TIME_DIGIT = 9

export type DecisionIdParts = {
  readonly shard: number
  /** Epoch milliseconds. */
  readonly at: number
}

/** Returns the id. `random` has `DECISION_RANDOM_BYTES` bytes. */
export function formatDecisionId({ shard, at }: DecisionIdParts, random: Uint8Array): string {
  const bytes = new Uint8Array(BYTES)
  bytes[0] = shard
  // Above 2^32, the bit operators of the language lose digits.
  const high = Math.floor(at / 2 ** 32)
  new DataView(bytes.buffer).setUint16(1, high)
  new DataView(bytes.buffer).setUint32(3, at % 2 ** 32)
  bytes.set(random, 1 + 6)
  return PREFIX + encodeBase64Url(bytes)
}

/**
 * Returns the shard and the time in an id; undefined if the text is no id. It reads only the digits
 * of both, because it runs several times for each decision.
 */
export function readDecisionId(id: string): DecisionIdParts | undefined {
  const text = id.slice(PREFIX.length)
  if (!id.startsWith(PREFIX) || text.length !== CHARACTERS || !isBase64Url(text)) return undefined
  // A digit has six bits, so the bytes begin and end inside of digits.
  const second = digitAt(text, 1)
  const shard = digitAt(text, 0) * 4 + (second >> 4)
  if (shard >= MAX_SHARDS) return undefined
  let at = second & 0xf
  for (let index = 2; index < LAST_TIME_DIGIT; index += 1) at = at * 64 + digitAt(text, index)
  return { shard, at: at * 4 + (digitAt(text, LAST_TIME_DIGIT) >> 4) }
}
