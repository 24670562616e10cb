/** Which cookie of a request counts (RFC 6265bis §4.1.3.2). */
import { expect, it } from 'vitest'
import { readCookie, SESSION_COOKIE } from '../../../src/worker/console/cookies.ts'

/** As the Worker sees the header: workerd decodes its octets as UTF-8. */
function read(cookie: string): string | undefined {
  const headers = new Map([['cookie', cookie]])
  return readCookie({ headers } as unknown as Request, SESSION_COOKIE)
}

it.each([
  ['alone', `${SESSION_COOKIE}=own`, 'own'],
  ['after another one', `x=1; ${SESSION_COOKIE}=own`, 'own'],
  ['after another one without a space', `x=1;${SESSION_COOKIE}=own`, 'own'],
  ['before another one', `${SESSION_COOKIE}=own; x=1`, 'own'],
  ['without a value', `${SESSION_COOKIE}=`, undefined],
  ['sent twice', `${SESSION_COOKIE}=own; ${SESSION_COOKIE}=other`, undefined],
  ['with a name that goes on', `${SESSION_COOKIE}-login=other`, undefined],
])('reads a cookie %s', (_, cookie, value) => {
  expect(read(cookie)).toBe(value)
})

// A browser sees no prefix behind such a space, so another host of the domain can set the cookie.
it.each(['\t', '\v', '\f', '\u00a0', '\u2000', '\u2028', '\u3000', '\ufeff'])(
  'CON-03 ignores a cookie whose name has %j before the prefix',
  (space) => {
    const planted = `${space}${SESSION_COOKIE}=planted`
    expect(read(`x=1; ${planted}`)).toBeUndefined()
    expect(read(planted)).toBeUndefined()
    expect(read(`x=1; ${planted}; ${SESSION_COOKIE}=own`)).toBe('own')
  },
)
