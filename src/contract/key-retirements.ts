/**
 * The value of the setting `KEY_RETIREMENTS`: the ends of signing keys, as `KID=TIME` pairs. A
 * platform does not return a secret that it stores, so the end of a deployed key cannot be written
 * into its secret.
 */
import { parseMoment } from '../web/moment.ts'

/** A thumbprint of RFC 7638 in base64url, and a UTC time. */
const PAIR = /^([A-Za-z0-9_-]{43})=(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)$/

/** Epoch seconds by key id. */
export type KeyRetirements = ReadonlyMap<string, number>

/** Returns undefined if the text is invalid or names a key twice. */
export function parseKeyRetirements(text: string): KeyRetirements | undefined {
  const ends = new Map<string, number>()
  for (const pair of text.split(/\s+/)) {
    if (pair === '') continue
    const [, keyId = '', time = ''] = PAIR.exec(pair) ?? []
    const end = parseMoment(time)
    if (end === undefined || ends.has(keyId)) return undefined
    ends.set(keyId, end)
  }
  return ends
}
