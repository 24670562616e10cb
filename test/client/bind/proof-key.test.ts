import { describe, expect, it } from 'vitest'
import { createProofKey } from '../../../src/client/index.ts'

describe('a proof', () => {
  it.each([
    ['nothing', undefined, 'prove needs method'],
    ['a URL without a method', { url: 'https://api.example.com/' }, 'prove needs method'],
    ['a method without a URL', { method: 'GET' }, 'prove needs url'],
    ['a path', { method: 'GET', url: '/deployments' }, 'prove needs url'],
    ['a URL object', { method: 'GET', url: new URL('https://api.example.com') }, 'prove needs url'],
  ])('is refused with a TypeError that names what is missing: %s', async (_, request, message) => {
    const proof = createProofKey().prove(request as never)
    await expect(proof).rejects.toThrow(TypeError)
    await expect(proof).rejects.toThrow(message)
  })
})
