/**
 * Generated paths and patterns, compared with other ways to read them. A canonical path is the same
 * for every server. A route that covers another matches all its paths.
 */
import { posix } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldSegments, parseCanonicalPath } from '../../src/gateway/canonical-path.ts'
import {
  compilePattern,
  coversPattern,
  foldPattern,
  matchesPattern,
} from '../../src/gateway/route-pattern.ts'
import { runs } from '../support/runs.ts'

const PIECES = [
  ...['/', '//', '.', '..', 'a', 'B', 'admin', ' ', '\\', ';', '?', '#', ':', '@', '~', '*'],
  ...['%2f', '%2F', '%5c', '%2e', '%2E', '%25', '%252e', '%00', '%61', '%3b', '%3f', '%20', '%'],
  ...['%C3%A9', '%c0%af', '%EF%BC%8F', '%E2%80%A5', '%EF%BC%A1', 'é', '\t', '%0a', '-', '_'],
]
const paths = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 8 })
  .map((pieces) => `/${pieces.join('')}`)

test('EXC-16 a canonical path means the same to every server that reads it', () => {
  let accepted = 0
  fc.assert(
    fc.property(paths, (text) => {
      const path = parseCanonicalPath(`https://api.acme.dev${text}`)
      if (path === undefined) return
      accepted += 1
      // As `fetch` sends it, and as a URL library parses it at the origin.
      expect(new URL(`http://origin.invalid${path.text}${path.search}`).pathname).toBe(path.text)
      // Decoded before it is split, and decoded a second time if possible.
      const decoded = decodeURIComponent(path.text)
      expect(decoded.slice(1).split('/')).toEqual(path.segments)
      expect(decodeAgain(decoded)).toBe(decoded)
      // Normalized as a file system does, before or after Unicode normalization.
      expect(posix.normalize(decoded)).toBe(decoded)
      expect(posix.normalize(decoded.normalize('NFKC')).split('/')).toHaveLength(
        path.segments.length + 1,
      )
      // Cut where other servers begin a query, a fragment or a parameter.
      expect(decoded).not.toMatch(/[?#;\\]/)
    }),
    { ...runs(10_000), seed: 7 },
  )
  expect(accepted).toBeGreaterThan(500)
})

const SEGMENTS = ['a', 'B', 'b', '*', 'x.', '']
const patterns = fc
  .tuple(fc.array(fc.constantFrom(...SEGMENTS), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([segments, isOpen]) => {
    // Only the last segment may be empty.
    const named = segments.map((segment, index) =>
      segment === '' && (isOpen || index < segments.length - 1) ? 'a' : segment,
    )
    return compilePattern(`/${[...named, ...(isOpen ? ['**'] : [])].join('/')}`, 'route 1')
  })
const requests = fc
  .array(fc.constantFrom('a', 'B', 'b', 'c', 'x.'), { maxLength: 4 })
  .chain((segments) => fc.constantFrom(segments, [...segments, '']))
  .filter((segments) => segments.length > 0)

test('a route that covers another matches every path of it', () => {
  let covered = 0
  fc.assert(
    fc.property(patterns, patterns, requests, (wide, narrow, segments) => {
      if (!coversPattern(wide, narrow) || !matchesPattern(narrow, segments)) return
      covered += 1
      expect(matchesPattern(wide, segments)).toBe(true)
    }),
    { ...runs(10_000), seed: 7 },
  )
  expect(covered).toBeGreaterThan(50)
})

test('a folded path still matches its own route', () => {
  let matched = 0
  fc.assert(
    fc.property(patterns, requests, (pattern, segments) => {
      if (!matchesPattern(pattern, segments)) return
      matched += 1
      expect(matchesPattern(foldPattern(pattern), foldSegments(segments))).toBe(true)
    }),
    { ...runs(10_000), seed: 7 },
  )
  expect(matched).toBeGreaterThan(200)
})

function decodeAgain(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
