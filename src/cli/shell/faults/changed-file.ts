/** Names what another program did to a whole file of this command line, as its first bytes show. */
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

const BEGINNINGS = [
  [[0x1f, 0x8b], 'is compressed'],
  [[0xef, 0xbb, 0xbf], 'begins with a byte order mark'],
  // `>` in Windows PowerShell writes it.
  [[0xff, 0xfe], 'is UTF-16 text'],
  [[0xfe, 0xff], 'is UTF-16 text'],
] as const

/** What a person can do about it. */
export const AS_WRITTEN = 'use a copy as it was exported'

/**
 * Returns a predicate for a sentence, or undefined if the beginning shows no change. `bytes` may be
 * the whole file, or its first line with or without the line feed.
 */
export function describeChange(bytes: Uint8Array): string | undefined {
  const known = BEGINNINGS.find(([start]) => start.every((byte, index) => bytes[index] === byte))
  if (known !== undefined) return known[1]
  const feed = bytes.indexOf(LINE_FEED)
  const last = bytes[(feed === -1 ? bytes.length : feed) - 1]
  return last === CARRIAGE_RETURN ? 'ends with CR LF' : undefined
}
