import { expect, test } from 'vitest'
import { findConnectionHint } from '../../../../src/cli/shell/faults/connection-hint.ts'

const failure = (code: string) =>
  new Error('outer', {
    cause: new TypeError('fetch failed', { cause: Object.assign(new Error(), { code }) }),
  })

test.each([
  ['ENOTFOUND', 'no address'],
  ['ECONNREFUSED', 'nothing listens'],
  ['UND_ERR_SOCKET', 'needs https'],
  ['EHOSTUNREACH', 'firewall'],
  ['CERT_HAS_EXPIRED', 'has expired'],
  ['CERT_NOT_YET_VALID', 'clock'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'another name'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS'],
])('says what to check after %s', (code, text) => {
  expect(findConnectionHint(failure(code))).toEqual([expect.stringContaining(text)])
})

test('names the proxy that refused before any other cause', () => {
  const refused = new Error('Proxy response (407) !== 200 when HTTP Tunneling')
  const hints = findConnectionHint(
    Object.assign(new Error('x', { cause: refused }), { code: 'ECONNRESET' }),
  )
  expect(hints).toEqual([expect.stringContaining('refused the connection with 407')])
})

test.each([
  ['a text', 'x'],
  ['an unknown code', failure('EUNKNOWN')],
  ['nothing', undefined],
])('has no hint for %s', (_, error) => {
  expect(findConnectionHint(error)).toEqual([])
})
