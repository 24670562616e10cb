import { describe, expect, it } from 'vitest'
import { namesTenant } from '../../../../src/core/policy/compile/issuers/tenant-pin.ts'
import { matchesPattern } from '../../../../src/core/policy/language/pattern.ts'
import { glob, neighbourhood, paths, shared } from '../support/tenants.ts'

/** Every pattern in which one or two stars replace one part of the value. */
function* globsOver(value: string) {
  for (let start = 0; start <= value.length; start += 1) {
    for (const end of [value.length, ...stretch(start, value.length)]) {
      for (const stars of ['*', '**']) yield value.slice(0, start) + stars + value.slice(end)
    }
  }
}

function stretch(start: number, length: number): readonly number[] {
  return [0, 1, 2, 3, 5, 8, 13, 21, 34, 55].map((by) => start + by).filter((end) => end < length)
}

describe.each(shared.map((profile) => [profile.id, profile] as const))('%s', (_, profile) => {
  it.each(paths(profile).map((path) => [path.join('.'), path] as const))(
    'LINT-01 LINT-02 a glob on %s that matches another customer pins no tenant',
    (_, path) => {
      const at = neighbourhood(profile, path)
      if (at === undefined) return expect(profile.claims).not.toBeNull()
      const { own, others } = at
      const weak = [...globsOver(own)].filter((source) => {
        const test = glob(source)
        const isMet = others.some((other) => matchesPattern(test.pattern, other))
        return isMet && namesTenant(path, test, profile)
      })
      expect(weak).toEqual([])
      expect(namesTenant(path, { kind: 'any_of', values: [own] }, profile)).toBe(true)
    },
  )
})
