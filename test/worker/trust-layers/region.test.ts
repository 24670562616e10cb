/** An isolate asks a reader of its region. */
import { describe, expect, it } from 'vitest'
import { chooseRegion, createRegion } from '../../../src/worker/trust-layers/region.ts'
import { deployment } from '../support/gateway.ts'

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

  it('is off without the binding', () => {
    expect(createRegion(deployment(), undefined)).toBeUndefined()
  })
})
