/** Generates documents with every operator, claims, and requests. */
import fc from 'fast-check'
import { API, OTHER } from './decide.ts'
import type { NaiveRule } from './naive.ts'

export const text = fc.constantFrom(
  'a',
  'A',
  'b',
  'a/b',
  'a:b',
  'a/b/c',
  'k',
  '\u212a',
  'ab',
  'x-a',
)
const scalar = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 1, arbitrary: fc.integer({ min: -2, max: 3 }) },
  { weight: 1, arbitrary: fc.boolean() },
)
export const glob = fc
  .array(fc.constantFrom('a', 'b', 'A', '/', ':', '*', '**', 'k', '-'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join(''))
  .filter((pattern) => !pattern.includes('***'))
const range = fc.tuple(fc.integer({ min: -2, max: 2 }), fc.nat(3))
export const condition = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 3, arbitrary: fc.array(scalar, { minLength: 1, maxLength: 3 }) },
  {
    weight: 2,
    arbitrary: fc.record({
      not: fc.oneof(scalar, fc.array(scalar, { minLength: 1, maxLength: 2 })),
    }),
  },
  { weight: 3, arbitrary: fc.record({ glob }) },
  {
    weight: 1,
    arbitrary: fc.record({ contains: fc.array(scalar, { minLength: 1, maxLength: 2 }) }),
  },
  { weight: 1, arbitrary: fc.record({ exists: fc.boolean() }) },
  { weight: 1, arbitrary: range.map(([min, more]) => ({ min, max: min + more })) },
  { weight: 1, arbitrary: range.map(([max]) => ({ max })) },
)
export const claim = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constantFrom(null, '', 'a\nb', {}, { a: 'a' }) },
  {
    weight: 2,
    arbitrary: fc.array(fc.oneof(scalar, fc.constantFrom(null, '', [], {})), { maxLength: 3 }),
  },
)

export const NAMES = ['one', 'two', 'three', 'constructor'] as const
const scopes = fc.subarray(['read', 'write', 'admin'], { minLength: 1 })

export function documentWith(names: readonly string[], values: typeof condition) {
  const when = fc.dictionary(fc.constantFrom(...names), values, {
    minKeys: 1,
    maxKeys: 3,
    noNullPrototype: true,
  })
  const allowed = fc.record({
    when,
    scopes,
    isOther: fc.boolean(),
    isObserved: fc.boolean(),
    isPast: fc.constantFrom(false, false, false, true),
    isDeny: fc.constantFrom(false, false, false, false, true),
    from: fc.constantFrom('ci', 'ci', 'ci', 'else'),
  })
  return fc.array(allowed, { maxLength: 8 }).map((list) =>
    list.map(
      (one, index): NaiveRule => ({
        name: `r${index}`,
        from: one.from,
        when: one.when,
        ...(one.isObserved && index % 3 === 0 ? { mode: 'observe' } : {}),
        ...(one.isPast ? { expires: '2026-01-31' } : one.isDeny ? {} : { expires: '2099-12-31' }),
        ...(one.isDeny
          ? { effect: 'deny' }
          : {
              owner: 'x@example.com',
              grant: one.isOther
                ? { resource: OTHER, scopes: ['read'] }
                : { resource: API, scopes: one.scopes },
            }),
      }),
    ),
  )
}

export const request = fc.record(
  {
    scopes: fc.subarray(['read', 'write', 'admin'], { minLength: 1 }),
    rule: fc.constantFrom('r0', 'r1', 'r2'),
  },
  { requiredKeys: [] },
)
export const resource = fc.constantFrom(API, API, API, OTHER)
