/** Reads pipeline files of the docs: the commands that a platform would run, and settings. */

/** Keys whose text a shell runs, on any platform. */
const SCRIPTS: ReadonlySet<string> = new Set(['run', 'script', 'command', 'commands'])

/** Returns every line that is run, in the order of the file. */
export function collectScripts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(collectScripts)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, below]) => {
    const lines = SCRIPTS.has(key) ? [below].flat().filter((line) => typeof line === 'string') : []
    // The command of a container is one program with its arguments. The last argument is the
    // script.
    if (lines[0] === 'sh') return lines.slice(-1)
    return lines.length > 0 ? lines : collectScripts(below)
  })
}

/** Returns the first value with this key at any depth. Throws when there is none. */
export function findSetting(value: unknown, key: string): unknown {
  const found = search(value, key)
  if (found === undefined) throw new Error(`the pipeline has no ${key}`)
  return found
}

function search(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  if (!Array.isArray(value) && Object.hasOwn(value, key)) {
    return (value as Readonly<Record<string, unknown>>)[key]
  }
  for (const below of Object.values(value)) {
    const found = search(below, key)
    if (found !== undefined) return found
  }
  return undefined
}
