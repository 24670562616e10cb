import { expect, test } from 'vitest'
import {
  findDestination,
  hasDotSegment,
  parseRoutes,
} from '../../../../src/cli/workload/proxy/routes.ts'

const routes = parseRoutes('https://api.example.com/v1/', [
  '/billing=https://billing.example.com',
  '/billing/old=https://old.example.com/legacy',
])

test.each([
  ['/', 'https://api.example.com/v1/', '/v1/'],
  ['/users?a=/../b#', 'https://api.example.com/v1/', '/v1/users?a=/../b#'],
  ['//evil.example/x', 'https://api.example.com/v1/', '/v1//evil.example/x'],
  ['/billing', 'https://billing.example.com/', '/'],
  ['/billing?x=1', 'https://billing.example.com/', '/?x=1'],
  ['/billing/invoices', 'https://billing.example.com/', '/invoices'],
  ['/billings', 'https://api.example.com/v1/', '/v1/billings'],
  ['/billing/old/7', 'https://old.example.com/legacy', '/legacy/7'],
])('%s goes to %s as %s', (target, upstream, path) => {
  const destination = findDestination(routes, target)
  expect([destination?.upstream.href, destination?.path]).toEqual([upstream, path])
})

test('finds no destination when no route matches', () => {
  const alone = parseRoutes(undefined, ['/billing=https://billing.example.com'])
  expect(findDestination(alone, '/users')).toBeUndefined()
})

test.each([
  ['nothing', undefined, [], '--upstream is required'],
  ['http to another machine', 'http://api.example.com', [], '--upstream must be https'],
  ['another scheme', 'ftp://api.example.com', [], '--upstream must name an https URL'],
  ['no URL', 'api.example.com', [], '--upstream must name an https URL'],
  ['a password', 'https://u:p@api.example.com', [], 'no user name'],
  ['a query', 'https://api.example.com/?x', [], 'no query'],
  ['a route without prefix', undefined, ['https://a.example'], '--route must be PREFIX=URL'],
  [
    'a route with dot segments',
    undefined,
    ['/a/..=https://a.example'],
    '--route must be PREFIX=URL',
  ],
  ['a route to http', undefined, ['/a=http://a.example'], '--route must be https'],
  [
    'a prefix twice',
    undefined,
    ['/a=https://a.example', '/a=https://b.example'],
    'the same prefix',
  ],
])('refuses %s', (_name, upstream, more, sentence) => {
  expect(() => parseRoutes(upstream, more)).toThrow(sentence)
})

test.each(['http://127.0.0.1:3000', 'http://localhost', 'http://[::1]:3000'])(
  'accepts %s, which is on this machine',
  (upstream) => {
    expect(parseRoutes(upstream, [])).toHaveLength(1)
  },
)

test.each([
  ['/a/../b', true],
  ['/a/./b', true],
  ['/..', true],
  ['/a/%2e%2E/b', true],
  ['/a/.%2e', true],
  ['/a%2f..%2fb', true],
  ['/a/..\\b', true],
  ['/a%5c..%5cb', true],
  ['/a/..;x/b', true],
  ['/a/..%3Bx/b', true],
  ['/a/..%20/b', true],
  ['/a/%20../b', true],
  ['/a/.%C2%A0./b', true],
  ['/a/..%00/b', true],
  ['/a/..%09', true],
  ['/a/..%E2%80%8B/b', true],
  ['/a/..%EF%B8%8F/b', true],
  ['/a/%EF%BC%8E%EF%BC%8E/b', true],
  ['/a/%252e%252E/b', true],
  ['/a/%25252e./b', true],
  ['/a%252f..%252fb', true],
  ['/a/%c0%ae%C0%AE/b', true],
  ['/a/...', false],
  ['/a/.well-known/b', false],
  ['/a?x=/../', false],
  ['/projects/group%2Fname', false],
  ['/a/%20/b', false],
  ['/100%25/..a', false],
  ['/a/.%E2%82%AC/b', false],
  ['/a/..%ff/b', false],
])('finds a dot segment in %s: %s', (target, climbs) => {
  expect(hasDotSegment(target)).toBe(climbs)
})
