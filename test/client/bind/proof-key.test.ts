import { decodeJwt } from 'jose'
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

  it.each([
    ['a path', '/v1/items'],
    ['a host without a scheme', 'api.example.com/v1/items'],
    ['a host and port without a scheme', 'localhost:8080/v1/items'],
    ['another scheme', 'ws://api.example.com/v1/items'],
    ['nothing but a scheme', 'https://'],
  ])('is refused for %s, and says what to write', async (_, url) => {
    const proof = createProofKey().prove({ method: 'GET', url })
    await expect(proof).rejects.toThrow(TypeError)
    await expect(proof).rejects.toThrow(
      'url must be absolute, such as https://api.example.com/v1/items, and not a path or a bare host',
    )
  })

  it('is refused for a URL object', async () => {
    const url = new URL('https://api.example.com/') as unknown as string
    const proof = createProofKey().prove({ method: 'GET', url })
    await expect(proof).rejects.toThrow(new TypeError('method and url must be strings'))
  })

  it('is made for the URL without its query', async () => {
    const url = 'http://127.0.0.1:8080/v1/items?page=2#top'
    const { htu } = decodeJwt(await createProofKey().prove({ method: 'GET', url }))
    expect(htu).toBe('http://127.0.0.1:8080/v1/items')
  })
})
