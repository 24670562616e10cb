import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalResource } from '../../src/protocol/resource-uri.ts'
import { runs } from '../support/runs.ts'

const host = fc.stringMatching(/^[a-z0-9.-]{1,12}$/)
const path = fc.array(fc.stringMatching(/^[A-Za-z0-9._~-]{0,4}$/), { maxLength: 5 })

describe('a URI without capitals in the host, a port, escapes or a query', () => {
  it('has the canonical form of its spelling with a capital scheme', () => {
    fc.assert(
      fc.property(host, path, (name, segments) => {
        const rest = `://${[name, ...segments].join('/')}`
        const canonical = canonicalResource(`https${rest}`)
        expect(canonical).toBe(canonicalResource(`HTTPS${rest}`))
        expect(canonicalResource(canonical)).toBe(canonical)
      }),
      runs(2000),
    )
  })
})
