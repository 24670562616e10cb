import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { createProofKey } from '../../../src/client/index.ts'
import { normaliseHtu } from '../../../src/protocol/dpop/htu.ts'

const NEEDED = new TypeError('method and absolute url must be set')

describe('a proof', () => {
  it.each([
    ['nothing', undefined],
    ['a URL without a method', { url: 'https://api.example.com/' }],
    ['a method without a URL', { method: 'GET' }],
    ['a path', { method: 'GET', url: '/v1/items' }],
    ['a host without a scheme', { method: 'GET', url: 'api.example.com/v1/items' }],
    ['a host that begins like a scheme', { method: 'GET', url: 'httpbin.example.com/v1' }],
    ['a host and port without a scheme', { method: 'GET', url: 'localhost:8080/v1/items' }],
    ['another scheme', { method: 'GET', url: 'ws://api.example.com/v1/items' }],
  ])('is refused with a TypeError that says what to write: %s', async (_, request) => {
    await expect(createProofKey().prove(request as never)).rejects.toThrow(NEEDED)
  })

  it('is made for the URL without its query', async () => {
    const url = 'http://127.0.0.1:8080/v1/items?page=2#top'
    const { htu } = decodeJwt(await createProofKey().prove({ method: 'GET', url }))
    expect(htu).toBe('http://127.0.0.1:8080/v1/items')
  })

  it.each([
    ['a name outside ASCII', 'https://bücher.example/ä', 'https://xn--bcher-kva.example/%C3%A4'],
    ['a space', 'https://api.example.com/a b', 'https://api.example.com/a%20b'],
    ['a user', 'https://user:secret@api.example.com/a', 'https://api.example.com/a'],
    ['a default port', 'https://API.example.com:443/a/../b', 'https://api.example.com/b'],
    ['no path', 'https://api.example.com', 'https://api.example.com/'],
  ])('has the URL that an HTTP client sends, for a URL with %s', async (_, url, sent) => {
    const { htu } = decodeJwt(await createProofKey().prove({ method: 'GET', url }))
    expect(htu).toBe(sent)
    expect(normaliseHtu(String(htu))).toBe(sent)
  })
})
