/** The two ways a trust document and a signing key write time, as numbers. */

/** Epoch seconds of the end that a date or UTC time names; a date ends with its day. */
export function parseMoment(text: string): number | undefined {
  const isDay = text.length === 10
  const milliseconds = Date.parse(isDay ? `${text}T00:00:00Z` : text)
  if (Number.isNaN(milliseconds)) return undefined
  // 2027-02-31 parses to March: the text must come back as it went in.
  if (new Date(milliseconds).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined
  const seconds = Math.floor(milliseconds / 1000)
  return isDay ? seconds + 24 * 3600 : seconds
}

/** Seconds of a duration such as `90s`, `10m` or `1h`. */
export function parseDuration(text: string): number {
  const unit = text.endsWith('h') ? 3600 : text.endsWith('m') ? 60 : 1
  return Number(text.slice(0, -1)) * unit
}
