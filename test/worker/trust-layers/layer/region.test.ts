/** An isolate asks a reader of its region. */
import { describe, expect, it } from 'vitest'
import type { Env } from '../../../../src/worker/env.ts'
import { chooseRegion, createRegion } from '../../../../src/worker/trust-layers/layer/region.ts'
import { deployment } from '../../support/gateway.ts'

describe('the region of an isolate', () => {
  it.each([
    ['EU', '2.35', 'weur'],
    ['EU', '21.01', 'eeur'],
    ['NA', '-74.00', 'enam'],
    ['NA', '-122.41', 'wnam'],
    ['AS', '139.69', 'apac'],
    ['AS', '55.27', 'me'],
    ['SA', '-46.63', 'sam'],
    ['AF', '28.04', 'afr'],
    ['OC', '151.20', 'oc'],
    ['AN', '0', 'oc'],
    ['EU', undefined, 'weur'],
    ['T1', '0', 'enam'],
    ['constructor', '0', 'enam'],
    [undefined, undefined, 'enam'],
  ])('on continent %s at longitude %s is %s', (continent, longitude, region) => {
    expect(chooseRegion({ continent, longitude })).toBe(region)
  })

  it('has a default without facts about the request', () => {
    expect(chooseRegion(undefined)).toBe('enam')
    expect(chooseRegion(null)).toBe('enam')
  })

  it.each([
    [{ continent: 'AS', longitude: '139' }, 'apac', 'enam'],
    [{ continent: 'NA', longitude: '-74' }, 'enam', 'weur'],
  ])(
    '%j is left for another one when its reader fails, and taken again',
    async (cf, own, other) => {
      const asked: string[] = []
      const getByName = (
        name: string,
        { locationHint }: DurableObjectNamespaceGetDurableObjectOptions,
      ) => {
        asked.push(`${name} ${locationHint}`)
        return { pointer: async () => undefined }
      }
      const namespace = { getByName } as unknown as NonNullable<Env['TRUST_READER']>
      const region = createRegion({ TRUST_READER: namespace }, cf)
      await region?.pointer()
      expect(region?.useOther()).toBe(true)
      await region?.pointer()
      expect(region?.useOther()).toBe(false)
      await region?.pointer()
      const [first = ''] = asked
      const [, index = ''] = /^[a-z]+-([012]) [a-z]+$/.exec(first) ?? []
      expect(asked).toEqual([own, other, own].map((name) => `${name}-${index} ${name}`))
    },
  )

  it('is off without the binding', () => {
    expect(createRegion(deployment(), undefined)).toBeUndefined()
  })
})
