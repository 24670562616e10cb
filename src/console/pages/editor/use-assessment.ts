/**
 * Checks the text a moment after it was changed. A document whose check takes long is only checked when
 * the user asks, because a check stops the page.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Assessment, Base } from './document/door.ts'
import type { Tools } from './use-tools.ts'

const LEAST_MILLISECONDS = 200
/** Between two checks, the page rests for this many times as long as a check takes. */
const REST = 3
/** A longer check disturbs who writes. */
const MOST_MILLISECONDS = 700
/** About a thousand rules. Before the first check, only the length tells how long it takes. */
const MAX_CHARACTERS = 300_000

export type Assessed = {
  /** The last result. It is of an earlier text unless `state` is `done`. */
  readonly assessment: Assessment | undefined
  /** `asked`: the text is checked only by `check`. */
  readonly state: 'done' | 'pending' | 'asked'
  readonly check: () => void
}

type Result = { readonly assessment: Assessment; readonly text: string; readonly base: Base }

export function useAssessment(
  tools: Tools | undefined,
  text: string,
  base: Base | undefined,
): Assessed {
  const [result, setResult] = useState<Result>()
  const took = useRef(0)
  const isSlow = text.length > MAX_CHARACTERS || took.current > MOST_MILLISECONDS
  function check(): void {
    if (tools === undefined || base === undefined) return
    const start = performance.now()
    const assessment = tools.assess(text, base, Math.floor(Date.now() / 1000))
    took.current = performance.now() - start
    setResult({ assessment, text, base })
  }
  useEffect(() => {
    if (tools === undefined || isSlow) return undefined
    const timer = setTimeout(check, Math.max(LEAST_MILLISECONDS, took.current * REST))
    return () => clearTimeout(timer)
  }, [tools, text, base, isSlow])
  const isDone = result?.text === text && result.base === base
  return {
    assessment: result?.assessment,
    state: isDone ? 'done' : isSlow ? 'asked' : 'pending',
    check,
  }
}
