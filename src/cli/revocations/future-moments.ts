/** Reports imported revocations whose moment is in the future, by the clock of this machine. */
import { isJsonObject } from '../../web/json.ts'
import { say } from '../shell/output.ts'

/** Clocks of two machines differ by less. */
const CLOCK_DIFFERENCE_SECONDS = 60

/** Returns the latest moment of the rows and of `latest`, in epoch seconds. */
export function latestMoment(rows: readonly unknown[], latest: number): number {
  return rows.reduce<number>((found, row) => {
    const moment = isJsonObject(row) ? row.issued_before : undefined
    return typeof moment === 'number' ? Math.max(found, moment) : found
  }, latest)
}

/** Such a revocation is kept as it is: to shorten it could make a revoked token valid again. */
export function sayFutureMoment(moment: number): void {
  if (moment <= Date.now() / 1000 + CLOCK_DIFFERENCE_SECONDS) return
  const date = new Date(moment * 1000)
  const until = Number.isNaN(date.getTime())
    ? 'beyond any date'
    : date.toISOString().replace('.000Z', 'Z')
  say(
    `a revocation has its moment in the future, ${until}: the tokens that it names are refused until then, or until it expires, also those that are issued meanwhile`,
  )
}
