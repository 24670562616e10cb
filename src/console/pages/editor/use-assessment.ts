/** Checks the text a moment after it was changed. A large document is checked less often. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Assessment, Base } from './document/door.ts'
import type { Tools } from './use-tools.ts'

const LEAST_MILLISECONDS = 200
const MOST_MILLISECONDS = 3000
/** Between two checks, the page rests for this many times as long as a check takes. */
const REST = 4

export type Assessed = {
  /** The last result. It is of an earlier text while `isPending`. */
  readonly assessment: Assessment | undefined
  readonly isPending: boolean
}

export function useAssessment(
  tools: Tools | undefined,
  text: string,
  base: Base | undefined,
): Assessed {
  const [result, setResult] = useState<{
    readonly assessment: Assessment
    readonly text: string
    readonly base: Base
  }>()
  const took = useRef(0)
  useEffect(() => {
    if (tools === undefined || base === undefined) return undefined
    const wait = Math.min(Math.max(LEAST_MILLISECONDS, took.current * REST), MOST_MILLISECONDS)
    const timer = setTimeout(
      () => {
        const start = performance.now()
        const assessment = tools.assess(text, base, Math.floor(Date.now() / 1000))
        took.current = performance.now() - start
        setResult({ assessment, text, base })
      },
      result === undefined ? 0 : wait,
    )
    return () => clearTimeout(timer)
  }, [tools, text, base])
  return {
    assessment: result?.assessment,
    isPending: result?.text !== text || result.base !== base,
  }
}
