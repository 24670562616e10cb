/** The paths of the console as pure functions: which route a path has, and the path of a route. */

export type RouteParams = Readonly<Record<string, string>>

/** Returns the path below `base`, such as `/rules`; `/` for the console itself. */
export function stripBase(pathname: string, base: string): string {
  const rest = pathname === base ? '/' : pathname.slice(base.length)
  return rest.length > 1 ? rest.replace(/\/+$/, '') || '/' : rest || '/'
}

/** Returns the parameters if the path fits the pattern. `:name` in a pattern is one segment. */
export function matchPattern(pattern: string, path: string): RouteParams | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const params: [string, string][] = []
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? ''
    if (!segment.startsWith(':')) {
      if (segment !== value) return undefined
      continue
    }
    const decoded = decodeSegment(value)
    if (decoded === undefined || decoded === '') return undefined
    params.push([segment.slice(1), decoded])
  }
  return Object.fromEntries(params)
}

/** Returns the path below `/console` of a rule, a decision, and so on. */
export function pathTo(...segments: readonly string[]): string {
  return `/${segments.map(encodeURIComponent).join('/')}`
}

/** Adds a query with the members that are not empty, in their order. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): string {
  const filled = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  if (filled.length === 0) return path
  return `${path}?${new URLSearchParams(filled as [string, string][])}`
}

function decodeSegment(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
