/**
 * Path patterns of routes: literal segments, `*` for one segment, and `**` at the end for any number
 * of segments. A pattern always matches the whole path. This file also decides whether one pattern
 * covers another.
 */
import { foldSegments, isPlainSegment } from './canonical-path.ts'
import { demand } from './demand.ts'

const ANY = Symbol('one segment')
type Part = string | typeof ANY

export type RoutePattern = {
  readonly parts: readonly Part[]
  /** Ends in `**`. */
  readonly isOpen: boolean
}

/** Throws `TypeError`. The message names the route. */
export function compilePattern(path: unknown, route: string): RoutePattern {
  demand(
    typeof path === 'string' && path.startsWith('/') && !path.includes('%'),
    `${route} needs a path that begins with "/" and is not percent-encoded`,
  )
  const texts = path.slice(1).split('/')
  const isOpen = texts.at(-1) === '**'
  const fixed = isOpen ? texts.slice(0, -1) : texts
  const parts = fixed.map((text, index): Part => {
    if (text === '*') return ANY
    demand(!text.includes('*'), `${route}: * stands for one segment, ** for the rest of the path`)
    // A pattern that no canonical path can match would protect nothing.
    const isLast = !isOpen && index === fixed.length - 1
    demand(isPlainSegment(text, isLast), `${route}: no request can have this path`)
    return text
  })
  return Object.freeze({ parts: Object.freeze(parts), isOpen })
}

/** The pattern for paths that `foldSegments` has normalized. */
export function foldPattern({ parts, isOpen }: RoutePattern): RoutePattern {
  const named = !isOpen && parts.at(-1) === '' ? parts.slice(0, -1) : parts
  return {
    isOpen,
    parts: named.map((part) => (part === ANY ? ANY : (foldSegments([part])[0] ?? ''))),
  }
}

export function matchesPattern(pattern: RoutePattern, segments: readonly string[]): boolean {
  const { parts, isOpen } = pattern
  if (isOpen ? segments.length < parts.length : segments.length !== parts.length) return false
  return parts.every((part, index) =>
    part === ANY ? segments[index] !== '' : part === segments[index],
  )
}

/** Whether `wide` matches every path that `narrow` matches. */
export function coversPattern(wide: RoutePattern, narrow: RoutePattern): boolean {
  if (!wide.isOpen && narrow.isOpen) return false
  const { length } = wide.parts
  if (wide.isOpen ? narrow.parts.length < length : narrow.parts.length !== length) return false
  return wide.parts.every((part, index) =>
    part === ANY ? narrow.parts[index] !== '' : part === narrow.parts[index],
  )
}
