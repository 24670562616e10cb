import { expect, test } from 'vitest'
import { createNonceMemory } from '../../../src/client/bind/nonces.ts'
import { MAX_NONCE_SERVERS } from '../../../src/client/limits.ts'

const nonce = (value: string) => new Headers({ 'dpop-nonce': value })

test('remembers one nonce for each server and kind', () => {
  const memory = createNonceMemory()
  expect(memory.learn('api', 'https://a.example/x?y', nonce('one'))).toBe(true)
  expect(memory.find('api', 'https://a.example/other')).toBe('one')
  expect(memory.find('gateway', 'https://a.example/x')).toBeUndefined()
  expect(memory.find('api', 'https://b.example/')).toBeUndefined()
  expect(memory.learn('api', 'https://a.example/', nonce('one'))).toBe(false)
  expect(memory.learn('api', 'https://a.example/', nonce('two'))).toBe(true)
  expect(memory.find('api', 'https://a.example/')).toBe('two')
})

test('has an upper limit: the server that was learned first is forgotten', () => {
  const memory = createNonceMemory()
  const url = (index: number) => `https://${index}.example/`
  for (let index = 0; index <= MAX_NONCE_SERVERS; index += 1) {
    memory.learn('api', url(index), nonce('n'))
  }
  expect(memory.find('api', url(0))).toBeUndefined()
  expect(memory.find('api', url(1))).toBe('n')
})
