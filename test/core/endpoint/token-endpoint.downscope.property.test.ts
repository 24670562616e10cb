import fc from 'fast-check'
import { decodeJwt } from 'jose'
import { beforeAll, expect, it } from 'vitest'
import { MAX_TOKEN_ANCESTORS } from '../../../src/core/policy/actors/limits.ts'
import type { IssuedTokenClaims } from '../../../src/protocol/token.ts'
import { runs } from '../../support/runs.ts'
import { narrowForm } from '../../support/vectors.ts'
import { API, type OwnWorld, RULES, STORE, startOwnWorld, TOOL } from '../support/own-world.ts'

/** Rules that lead from everywhere to everywhere, with all scopes and long lives. */
const EVERYWHERE = [
  RULES[0],
  ...[API, TOOL, STORE].map((resource, index) => ({
    ...RULES[1],
    name: `to-${index}`,
    when: { aud: [API, TOOL, STORE] },
    grant: {
      resource,
      scopes: { [API]: ['read', 'write', 'admin'], [TOOL]: ['call', 'list'] }[resource] ?? ['get'],
      lifetime: '1h',
    },
  })),
]

let world: OwnWorld
beforeAll(async () => {
  world = await startOwnWorld(EVERYWHERE)
})

const step = fc.record({
  resource: fc.constantFrom(API, TOOL, STORE, `${API}/`, 'https://nobody.example.com'),
  scope: fc.option(
    fc.subarray(['read', 'write', 'admin', 'call', 'list', 'get', 'other'], { minLength: 1 }),
  ),
  expires_in: fc.option(fc.integer({ min: 10, max: 100_000 })),
  /** Seconds until the request. */
  wait: fc.integer({ min: 0, max: 200 }),
  rule: fc.option(fc.constantFrom('deploy', 'to-0', 'to-1', 'to-2'), { freq: 5 }),
})

/** A step that every chain can take. */
const NARROWER: {
  resource: typeof API
  scope: string[]
  expires_in: null
  wait: number
  rule: null
} = { resource: API, scope: ['read'], expires_in: null, wait: 0, rule: null }

it('EXC-07 nothing grows along any chain: no scope at a resource, no expiry, no other holder', async () => {
  let longest = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      let token = await world.issue()
      const chain: IssuedTokenClaims[] = [decodeJwt<IssuedTokenClaims>(token)]
      let now = world.now()
      for (const { resource, scope, expires_in, wait, rule } of steps) {
        now += wait
        const { body } = await world.send(
          {
            ...narrowForm(token, resource),
            ...(scope === null ? {} : { scope: scope.join(' ') }),
            ...(expires_in === null ? {} : { expires_in: String(expires_in) }),
            ...(rule === null ? {} : { rule }),
          },
          { ports: { clock: () => now } },
        )
        if (!('access_token' in body)) continue
        token = body.access_token
        const issued = decodeJwt<IssuedTokenClaims>(token)
        const parent = chain.at(-1)
        if (parent === undefined) throw new Error('no parent')
        expect(issued.exp).toBeLessThanOrEqual(parent.exp)
        expect(issued.exp).toBeGreaterThan(now)
        expect([issued.sub, issued.origin]).toEqual([parent.sub, parent.origin])
        for (const { aud, scope: held } of chain) {
          if (aud !== issued.aud) continue
          const had = held.split(' ')
          expect(issued.scope.split(' ').filter((one) => !had.includes(one))).toEqual([])
        }
        expect(issued.anc?.map(({ jti }) => jti)).toEqual(chain.map(({ jti }) => jti))
        chain.push(issued)
      }
      longest = Math.max(longest, chain.length)
      expect(chain.length).toBeLessThanOrEqual(MAX_TOKEN_ANCESTORS + 1)
    }),
    { ...runs(150), examples: [[[NARROWER, NARROWER]]] },
  )
  expect(longest).toBeGreaterThan(2)
})
