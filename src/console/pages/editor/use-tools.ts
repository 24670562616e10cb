/** Loads the code that checks and compares documents. Without it, the editor is a text field with JSON. */
import { useEffect, useState } from 'preact/hooks'
import type * as Door from './document/door.ts'

export type Tools = typeof Door

export function useTools(): Tools | 'loading' | 'failed' {
  const [tools, setTools] = useState<{ readonly door: Tools } | 'loading' | 'failed'>('loading')
  useEffect(() => {
    import('./document/door.ts').then(
      (door) => setTools({ door }),
      () => setTools('failed'),
    )
  }, [])
  return typeof tools === 'string' ? tools : tools.door
}
