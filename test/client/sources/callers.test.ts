/** Sources that need an object of the caller. */
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { fromAws, fromVercelRequest } from '../../../src/client/index.ts'
import { failureOf } from '../support/failure.ts'

const audience = 'https://sts.example.com'

test('requests one audience and a short lifetime from the caller’s AWS client', async () => {
  const inputs: unknown[] = []
  const source = fromAws(async (input) => {
    inputs.push(input)
    return { WebIdentityToken: 'a.b.c' }
  })
  expect(await source.getSubjectToken({ audience })).toBe('a.b.c')
  expect(inputs).toEqual([
    { Audience: [audience], SigningAlgorithm: 'ES384', DurationSeconds: 300 },
  ])
})

test('reports the name of an AWS error and nothing else', async () => {
  const source = fromAws(async () => {
    throw Object.assign(new Error('denied for AKIAEXAMPLE'), { name: 'AccessDenied' })
  })
  const error = await failureOf(source.getSubjectToken({ audience }))
  expect(error.description).toBe('aws: GetWebIdentityToken failed (AccessDenied)')
  expect(inspect(error, { depth: 9 })).not.toContain('AKIAEXAMPLE')
})

test.each([
  ['ThrottlingException', true],
  ['ServiceUnavailable', true],
  ['AccessDenied', false],
  ['Throttling: by AKIAEXAMPLE', false],
])('knows whether %s is temporary: %s', async (name, isTemporary) => {
  const source = fromAws(async () => {
    throw Object.assign(new Error('no'), { name })
  })
  expect((await failureOf(source.getSubjectToken({ audience }))).isTemporary).toBe(isTemporary)
})

test('reports an answer of AWS without a token', async () => {
  const error = await failureOf(fromAws(async () => ({})).getSubjectToken({ audience }))
  expect(error.description).toBe('aws: returned no token')
})

test('reads the token of a Vercel function from its request', async () => {
  const request = new Request('https://app.example.com', {
    headers: { 'x-vercel-oidc-token': 'a.b.c' },
  })
  expect(await fromVercelRequest(request).getSubjectToken({ audience })).toBe('a.b.c')
  const none = fromVercelRequest(new Request('https://app.example.com'))
  expect((await failureOf(none.getSubjectToken({ audience }))).description).toBe(
    'vercel: returned no token',
  )
})
