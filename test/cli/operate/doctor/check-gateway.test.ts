import { expect, test } from 'vitest'
import {
  judgeClock,
  judgeDiscovery,
  judgeHealth,
  readAhead,
} from '../../../../src/cli/operate/doctor/check-gateway.ts'

test.each([
  [0, 'ok'],
  [5, 'ok'],
  [-5, 'ok'],
  [6, 'warn'],
  [-30, 'warn'],
  [31, 'fail'],
  [-31, 'fail'],
  [undefined, 'skip'],
])('judges a clock that is %s seconds ahead: %s', (ahead, status) => {
  expect(judgeClock(ahead).status).toBe(status)
})

test('says that no gateway answered, and not that its answer had no date', () => {
  expect(judgeClock(undefined, false).message).toBe('no gateway answered')
  expect(judgeClock(undefined, true).message).toBe(
    'the gateway sent no Date header, and only an exchange with --resource shows its time',
  )
})

test.each([[200], [401], [403]])('names what may be in front of the gateway: %i', (status) => {
  const headers = new Headers({ server: 'sso' })
  const answer = { status, headers, text: '<html>' }
  const health = judgeHealth(answer)
  expect(health.message).toBe(`the answer (status ${status}, server sso) is not from a gateway`)
  for (const step of [health, judgeDiscovery('https://sts.example.com', undefined, answer)]) {
    expect(step).toMatchObject({ status: 'fail', exitCode: 3 })
    expect(step.hint).toContain('sign-in page')
  }
})

test.each([
  [
    { settings: { ready: false, problems: [{ variable: 'ISSUER', message: 'is missing' }] } },
    ['settings: ISSUER: is missing'],
  ],
  [{ revocations: { ready: false, fault: 'kv_failed' } }, ['revocations: kv_failed']],
  [
    { trust_document: { ready: false } },
    ['trust_document: npx edgemint apply --help applies a trust document'],
  ],
  [{ replay_ledger: { ready: false, problems: [null, {}] } }, undefined],
])('says why a part is not ready: %j', (checks, details) => {
  const text = JSON.stringify({ status: 'not_ready', checks })
  expect(judgeHealth({ status: 503, headers: new Headers(), text }).details).toEqual(details)
})

test('reads the clock of the gateway from its Date header', () => {
  const date = 'Tue, 24 Nov 2026 12:00:00 GMT'
  const noon = Date.parse(date) / 1000
  expect(readAhead(new Headers({ date }), noon + 0.5)).toBe(0)
  expect(readAhead(new Headers({ date }), noon - 59.5)).toBe(-60)
  expect(readAhead(new Headers({ date: 'noon' }), noon)).toBeUndefined()
  expect(readAhead(new Headers(), noon)).toBeUndefined()
})

test.each([
  ['https://sts.example.com', 'https://sts.example.com', 'ok'],
  ['https://sts.example.com/', 'https://sts.example.com', 'ok'],
  ['https://sts.example.com', 'https://sts.example.com/', 'fail'],
  ['https://STS.example.com', 'https://sts.example.com', 'fail'],
  ['https://sts.example.com', undefined, 'fail'],
])('judges at %s the issuer %s: %s', (url, issuer, status) => {
  expect(judgeDiscovery(url, issuer).status).toBe(status)
})

test.each([
  [{ status: 'ready', checks: {} }, 200, 'ok'],
  [{ status: 'ready', checks: null }, 200, 'ok'],
  [{ status: 'ready', warnings: [1, 'old keys'] }, 200, 'warn'],
  [{ status: 'not_ready', checks: { a: null } }, 503, 'fail'],
  ['<html>', 200, 'fail'],
  [{ status: 'ready' }, 503, 'fail'],
])('judges the health %j with status %i: %s', (body, status, expected) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  expect(judgeHealth({ status, headers: new Headers(), text }).status).toBe(expected)
})

test.each([
  [502, {}, '<html>', 'a server in front of the gateway answered (status 502)'],
  [
    522,
    { server: 'cloudflare' },
    '',
    'a server in front of the gateway answered (status 522, server cloudflare)',
  ],
  [429, {}, '{}', 'a server in front of the gateway answered (status 429)'],
])('names who answered instead of the gateway: %i %j', (status, headers, text, message) => {
  const answer = { status, headers: new Headers(headers), text }
  for (const step of [
    judgeHealth(answer),
    judgeDiscovery('https://sts.example.com', undefined, answer),
  ]) {
    expect(step).toMatchObject({ status: 'fail', message, exitCode: 3 })
    expect(step.hint).not.toContain('--url')
  }
})

test('says to check the address if another server answers for good', () => {
  const answer = { status: 404, headers: new Headers(), text: '<html>' }
  expect(judgeHealth(answer).hint).toContain('--url')
  expect(judgeDiscovery('https://sts.example.com', undefined, answer).hint).toContain('--url')
})
