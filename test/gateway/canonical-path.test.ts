/**
 * Which paths all servers read in the same way. Each refused row is a spelling that servers are
 * known to disagree about.
 */
import { expect, test } from 'vitest'
import { foldSegments, parseCanonicalPath } from '../../src/gateway/canonical-path.ts'

const at = (path: string) => `https://api.acme.dev${path}`

test.each([
  ['/', ['']],
  ['/deployments', ['deployments']],
  ['/deployments/', ['deployments', '']],
  ['/a/b/c.json', ['a', 'b', 'c.json']],
  ['/a/..b/b../.b', ['a', '..b', 'b..', '.b']],
  ['/.well-known/x', ['.well-known', 'x']],
  ['/a%20b', ['a b']],
  ['/caf%C3%A9', ['café']],
  ['/caf%c3%a9', ['café']],
  ['/user@acme.dev/x:y', ['user@acme.dev', 'x:y']],
  ['/100%25', ['100%']],
  ["/a!$&'()*+,=~_-", ["a!$&'()*+,=~_-"]],
])('%s is accepted unchanged', (path, segments) => {
  expect(parseCanonicalPath(at(path))).toEqual({ text: path, search: '', segments })
})

test('the query is not checked and is forwarded', () => {
  const path = parseCanonicalPath(at('/a?next=/../b//c%2f&d=%00'))
  expect(path).toMatchObject({ text: '/a', search: '?next=/../b//c%2f&d=%00' })
})

test.each([
  ['an encoded slash', '/public%2fadmin'],
  ['an encoded slash in capitals', '/public%2Fadmin'],
  ['an encoded backslash', '/public%5cadmin'],
  ['a backslash', '/public\\admin'],
  ['a dot segment', '/public/../admin'],
  ['a single dot', '/public/./admin'],
  ['a dot segment at the end', '/public/..'],
  ['an encoded dot segment', '/public/%2e%2e/admin'],
  ['a half encoded dot segment', '/public/.%2e/admin'],
  ['a dot segment encoded twice', '/public/%252e%252e/admin'],
  ['a slash encoded twice', '/public%252fadmin'],
  ['a dot encoded twice, hidden by an accent on its last letter', '/%252e%CC%81'],
  ['a letter encoded twice', '/%2561dmin'],
  ['an encoded letter', '/%61dmin'],
  ['an encoded digit', '/v%31'],
  ['an encoded hyphen', '/a%2db'],
  ['an encoded underscore', '/a%5Fb'],
  ['an encoded tilde', '/a%7eb'],
  ['two slashes', '/public//admin'],
  ['two slashes first', '//admin'],
  ['two slashes last', '/admin//'],
  ['NUL', '/admin%00'],
  ['a line break', '/admin%0d%0aX:y'],
  ['a tab', '/admin%09'],
  ['DEL', '/admin%7f'],
  ['a C1 control', '/admin%C2%85'],
  ['a path parameter', '/admin;a=b'],
  ['an encoded path parameter', '/admin%3ba=b'],
  ['an encoded question mark', '/admin%3Fa=b'],
  ['an encoded hash', '/admin%23a'],
  ['a full-width slash', '/public%EF%BC%8Fadmin'],
  ['full-width dots', '/public/%EF%BC%8E%EF%BC%8E/admin'],
  ['a two-dot leader', '/public/%E2%80%A5/admin'],
  ['two dots and a space', '/public/..%20/admin'],
  ['two dots and a space at the end', '/public/..%20'],
  ['a space and two dots', '/public/%20../admin'],
  ['two dots with a space between', '/public/.%20./admin'],
  ['a dot and spaces', '/public/.%20%20/admin'],
  ['two dots and a no-break space', '/public/..%C2%A0/admin'],
  ['two dots and an ideographic space', '/public/..%E3%80%80/admin'],
  ['two dots and an ogham space', '/public/..%E1%9A%80/admin'],
  ['two dots and a zero-width space', '/public/..%E2%80%8B/admin'],
  ['two dots around a word joiner', '/public/.%E2%81%A0./admin'],
  ['two dots and a byte order mark', '/public/..%EF%BB%BF/admin'],
  ['two dots and a soft hyphen', '/public/..%C2%AD/admin'],
  ['two dots and a variation selector', '/public/..%EF%B8%8F/admin'],
  ['two dots and an invisible filler', '/public/..%E3%85%A4/admin'],
  ['full-width dots and a space', '/public/%EF%BC%8E%EF%BC%8E%20/admin'],
  ['three dots, which Windows drops', '/public/.../admin'],
  ['one ellipsis', '/public/%E2%80%A6/admin'],
  ['only a space', '/public/%20/admin'],
  ['only a zero-width space', '/public/%E2%80%8B/admin'],
  ['two dots and a path parameter', '/public/..;/admin'],
  ['two dots and an encoded path parameter', '/public/..%3B/admin'],
  ['two dots and NUL', '/public/..%00/admin'],
  ['dots encoded three times', '/public/%25252e%25252e/admin'],
  ['dots in the encoding of IIS', '/public/%u002e%u002e/admin'],
  ['overlong dots', '/public/%c0%ae%c0%ae/admin'],
  ['a bare per cent sign', '/100%'],
  ['half an escape', '/a%2'],
  ['an invalid escape', '/a%zz'],
  ['bytes that are not UTF-8', '/a%ff'],
  ['an overlong slash', '/a%c0%af'],
  ['a bare space', '/a b'],
  ['a bare letter outside ASCII', '/café'],
  ['a bare tab, which URL libraries drop', '/ad\tmin'],
  ['a fragment', '/public#/../admin'],
  ['a path over the limit', `/${'a'.repeat(5000)}`],
])('EXC-16 refuses %s', (_, path) => {
  expect(parseCanonicalPath(at(path))).toBeUndefined()
})

test('a URL without a path, or text that is not a URL, has no canonical path', () => {
  expect(parseCanonicalPath('https://api.acme.dev')).toBeUndefined()
  expect(parseCanonicalPath('/deployments')).toBeUndefined()
  expect(parseCanonicalPath('https://api.acme.dev\\/x')).toBeUndefined()
})

test.each([
  ['/Admin', ['admin']],
  ['/admin/', ['admin']],
  ['/admin.', ['admin']],
  ['/admin.%20.', ['admin']],
  ['/%20admin', ['admin']],
  ['/%EF%BC%A1dmin', ['admin']],
  ['/', []],
  ['/admin%C2%A0', ['admin']],
  ['/%E3%80%80admin', ['admin']],
  ['/ad%E2%80%8Bmin', ['admin']],
  ['/admin%EF%BB%BF.', ['admin']],
  ['/ad%C2%ADmin', ['admin']],
  ['/adm%C4%B1n', ['admin']],
  ['/adm%C4%B0n', ['admin']],
  ['/admi%CC%87n', ['admin']],
  ['/pa%C3%9Fword', ['password']],
  ['/pa%E1%BA%9Eword', ['password']],
])('%s is folded as a lenient origin reads it', (path, folded) => {
  expect(foldSegments(parseCanonicalPath(at(path))?.segments ?? [])).toEqual(folded)
})

test('EXC-16 a long run of dots or spaces in a name is read once', () => {
  // A pattern of quadratic time would take minutes.
  const run = '. '.repeat(200_000)
  expect(foldSegments([`A${run}x`, `B${run}`, '..'])).toEqual([`a${run}x`, 'b', '.'])
})
