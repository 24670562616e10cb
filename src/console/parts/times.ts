/** Times as text: in the zone of the user, in UTC, and relative to now. */

const LOCAL = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' })
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

const DAY_SECONDS = 86_400

/** Each unit, its seconds, and the time from which it is used: 45 days say more than a month. */
const UNITS = [
  ['year', 365 * DAY_SECONDS, 2 * 365 * DAY_SECONDS],
  ['month', 30 * DAY_SECONDS, 60 * DAY_SECONDS],
  ['day', DAY_SECONDS, DAY_SECONDS],
  ['hour', 3600, 3600],
  ['minute', 60, 60],
] as const

/** Such as `2026-11-29 01:05:12`, in the zone of the browser. */
export function formatLocal(milliseconds: number): string {
  return LOCAL.format(milliseconds)
}

/** Such as `2026-11-29 00:05:12`, in UTC. */
export function formatUtc(milliseconds: number): string {
  const date = new Date(milliseconds)
  if (Number.isNaN(date.getTime())) return String(milliseconds)
  return date.toISOString().slice(0, 19).replace('T', ' ')
}

/** Such as `in 3 days` or `2 hours ago`. */
export function formatRelative(milliseconds: number, now: number): string {
  const seconds = Math.round((milliseconds - now) / 1000)
  const size = Math.abs(seconds)
  const unit = UNITS.find(([, , least]) => size >= least)
  if (unit === undefined) return RELATIVE.format(seconds, 'second')
  return RELATIVE.format(Math.trunc(seconds / unit[1]), unit[0])
}
