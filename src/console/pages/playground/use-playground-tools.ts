/** Loads the parts of the playground that evaluate rules in the browser. */
import { useEffect, useState } from 'preact/hooks'
import type * as Tools from './tools.ts'

export type PlaygroundTools = typeof Tools

export function usePlaygroundTools(): PlaygroundTools | 'loading' | 'failed' {
  const [state, setState] = useState<{ readonly tools: PlaygroundTools } | 'loading' | 'failed'>(
    'loading',
  )
  useEffect(() => {
    import('./tools.ts').then(
      (tools) => setState({ tools }),
      () => setState('failed'),
    )
  }, [])
  return typeof state === 'string' ? state : state.tools
}
