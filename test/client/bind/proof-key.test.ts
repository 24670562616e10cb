import { describe, expect, it } from 'vitest'
import { createProofKey } from '../../../src/client/index.ts'

describe('a proof', () => {
  it.each([
    ['nothing', undefined],
    ['a URL without a method', { url: 'https://api.example.com/' }],
    ['a method without a URL', { method: 'GET' }],
  ])('is refused with a TypeError that names what it needs: %s', async (_, request) => {
    const proof = createProofKey().prove(request as never)
    await expect(proof).rejects.toThrow(new TypeError('method and url must be strings'))
  })
})
