import { connect } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { startDevIssuer } from '../../../src/dev/issuer/issuer.ts'

const issuer = await startDevIssuer({ allowHosts: ['dev-issuer', 'Other.test:99'] })
afterAll(() => issuer.close())

const MINT = JSON.stringify({ provider: 'github-actions', audience: 'https://sts.example.com' })

function ask(hosts: readonly string[], line = 'POST /a/mint', more: readonly string[] = []) {
  const body = line.startsWith('POST') ? MINT : ''
  const fields = [
    ...hosts.map((host) => `Host: ${host}`),
    ...more,
    `Content-Length: ${body.length}`,
    'Connection: close',
  ]
  return new Promise<number>((resolve) => {
    const socket = connect(Number(new URL(issuer.issuer).port), '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString()
    })
    socket.on('error', () => {})
    socket.once('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)))
    socket.write(`${line} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n${body}`, 'latin1')
  })
}

const LINES = ['POST /a/mint', 'POST /a/sign', 'POST /a/rotate', 'GET /a/jwks', 'GET /a/requests']

describe('the dev issuer', () => {
  it.each([
    '127.0.0.1:7600',
    'localhost',
    '[::1]:1',
    'dev-issuer:7600',
    'DEV-issuer',
    'other.test:99',
  ])('accepts its host %s', async (host) => {
    expect(await ask([host])).toBe(200)
    expect(await ask([host], 'GET /a/jwks')).toBe(200)
  })

  it.each([
    'evil.example',
    'evil.example:7600',
    'localhost.evil.example',
    '10.0.0.1',
    'other.test',
  ])('answers 421 to %s, the host of a page after DNS rebinding', async (host) => {
    for (const line of LINES) expect(await ask([host], line), line).toBe(421)
  })

  it.each([
    [['x/a/mint?']],
    [['']],
    [[]],
    [['localhost', 'localhost']],
    [['a b']],
    [['a@localhost']],
  ])('answers 400 to the hosts %j', async (hosts) => {
    for (const line of LINES) expect(await ask(hosts, line), line).toBe(400)
  })

  it.each([
    ['http://127.0.0.1:7600/a/jwks?x', 'evil.example', 200],
    ['HTTP://Dev-Issuer/a/jwks', 'evil.example', 200],
    ['http://localhost', 'localhost', 404],
    ['http://evil.example/a/jwks', 'localhost', 421],
    ['http://a@localhost/a/jwks', 'localhost', 400],
    ['http://localhost/a/jwks', 'a/b', 400],
  ])('judges the absolute target %s, and not the host %s: %i', async (target, host, status) => {
    expect(await ask([host], `GET ${target}`)).toBe(status)
  })

  it.each(['/..', '/a/../b', '/.', '/a/.'])('has no issuer at %s', async (path) => {
    expect(await ask(['localhost'], `GET ${path}/jwks`)).toBe(400)
    expect(await ask(['localhost'], `POST ${path}/mint`)).toBe(400)
    const request = { provider: 'github-actions', audience: 'https://sts.example.com' }
    expect(() => issuer.mint(request, path.slice(1))).toThrow('has no `.` or `..`')
  })

  it.each(['/...', '/a.b', '/.well-known'])('has an issuer at %s', async (path) => {
    expect(await ask(['localhost'], `GET ${path}/jwks`)).toBe(200)
  })

  it('mints and signs nothing for a page of another origin, which may read its documents', async () => {
    for (const more of [
      ['Origin: https://evil.example'],
      ['Origin: null'],
      ['Origin: http://localhost:3000', 'Sec-Fetch-Site: same-site'],
      ['Sec-Fetch-Site: cross-site'],
    ]) {
      for (const line of LINES) {
        expect(await ask(['localhost'], line, more), line).toBe(line.startsWith('POST') ? 403 : 200)
      }
    }
    expect(await ask(['localhost'], 'POST /a/mint', ['Origin: http://localhost'])).toBe(200)
  })
})

it.each([
  ['::1', /^http:\/\/\[::1\]:\d+$/],
  ['[::1]', /^http:\/\/\[::1\]:\d+$/],
  ['localhost', /^http:\/\/localhost:\d+$/],
  ['0.0.0.0', /^http:\/\/127\.0\.0\.1:\d+$/],
])('publishes a reachable issuer URL when it listens on %s', async (host, url) => {
  const own = await startDevIssuer({ host })
  try {
    expect(own.issuer).toMatch(url)
    const response = await fetch(`${own.issuer}/a/.well-known/openid-configuration`)
    expect(await response.json()).toMatchObject({ issuer: `${own.issuer}/a` })
  } finally {
    await own.close()
  }
})
