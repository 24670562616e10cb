/** A moment in the zone of the user. Its tip has the same moment in UTC. */
import { TIMES } from '../texts/shell.ts'
import { formatLocal, formatRelative, formatUtc } from './times.ts'

type Props = {
  /** Epoch seconds. */
  readonly seconds: number
  /** `relative`: as `3 days ago`. The tip then has both forms. */
  readonly form?: 'absolute' | 'relative'
  /** False inside of a link or a button, whose focus shows the tip. */
  readonly canFocus?: boolean
}

export function Moment({ seconds, form = 'absolute', canFocus = true }: Props) {
  const milliseconds = seconds * 1000
  const local = formatLocal(milliseconds)
  const utc = TIMES.utc(formatUtc(milliseconds))
  const isRelative = form === 'relative'
  return (
    <time
      class="tip"
      dateTime={new Date(milliseconds).toISOString()}
      data-tip={isRelative ? `${local} · ${utc}` : utc}
      {...(canFocus && { tabIndex: 0 })}
    >
      {isRelative ? formatRelative(milliseconds, Date.now()) : local}
    </time>
  )
}
