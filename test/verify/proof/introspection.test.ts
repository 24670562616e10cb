/** Revocation of bound tokens. The API does not have the key of its caller. */
import { expect, test } from 'vitest'
import { openBound } from '../support/bound.ts'
import { INTROSPECTION_PATH, sendJson } from '../support/gateway.ts'
import { refusalOf } from '../support/refusal.ts'

const bound = await openBound()
const open = () => bound.open({ revocation: { introspect: true } })

test('IN-01 DP-21 sends a bound token only in the form, never as a bearer token', async () => {
  await open().verifyRequest(await bound.request())
  const body = new URLSearchParams({ token: bound.token() }).toString()
  expect(bound.gateway.questions).toEqual([{ authorization: undefined, body }])
})

test('REV-02 refuses a revoked token in spite of its proof', async () => {
  bound.gateway.answer(INTROSPECTION_PATH, sendJson({ active: false }))
  expect(await refusalOf(open().verifyRequest(await bound.request()))).toBe(
    '401 invalid_token: token_revoked',
  )
})

test('asks about no token without its proof', async () => {
  await refusalOf(open().verifyRequest(await bound.request({ dpop: null })))
  expect(bound.gateway.questions).toEqual([])
})
