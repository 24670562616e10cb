/** Temporary failures of a server in front of the gateway and of GitHub, and what the step reports. */
import { request as ask, createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { startJob } from './support/job.ts'

const { world, runner, inputs, idTokens } = await startJob()

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Answers a number of requests itself, and then forwards requests to the server behind it. */
function serveInFront(target: string, times: number, first: RequestListener): Promise<string> {
  let turn = 0
  return serve((request, response) => {
    turn += 1
    if (turn <= times) return void first(request, response)
    const { method, url = '/', headers } = request
    const { hostname, port } = new URL(target)
    const passed = ask({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    request.pipe(passed)
  })
}

const PAGE = '<html><title>503</title></html>'
const sentence = (log: string) => /title=Edgemint::(.*?)(?:%0A|\n)/.exec(log)?.[1]

describe('a gateway', () => {
  it.each<[string, RequestListener]>([
    ['behind a server that answers 503 with an HTML page', (_, r) => r.writeHead(503).end(PAGE)],
    ['behind a server that answers 530 without a body', (_, r) => r.writeHead(530).end()],
    ['behind a server that closes the connection', (request) => request.destroy()],
    ['that sends Retry-After', (_, r) => r.writeHead(429, { 'retry-after': '1' }).end(PAGE)],
  ])(
    '%s is tried again with a new token of the job until it returns a token',
    async (_name, first) => {
      const url = await serveInFront(world.url(), 2, first)
      const { exitCode, outputs } = await runner.main({ ...inputs, url })
      expect([exitCode, outputs.token === undefined]).toEqual([0, false])
      expect(idTokens.audiences.length).toBe(3)
    },
  )

  it('that stays unavailable is reported with status, server and tries', async () => {
    const url = await serve((_, r) => r.writeHead(502, { server: 'nginx/1.27' }).end(PAGE))
    const { log, exitCode } = await runner.main({ ...inputs, url, 'retry-seconds': '5' })
    expect(exitCode).toBe(1)
    expect(sentence(log)).toMatch(
      /^a server in front of the gateway answered \(status 502, server nginx\); \d tries in \d seconds$/,
    )
    expect(log).not.toContain('check url')
  })

  it.each(['/', ':443/', '//'])(
    'has one canonical URL, so that %s does not change the audience',
    async (end) => {
      const { audience: _, ...rest } = inputs
      const url = `HTTPS://STS.invalid${end}`
      await runner.main({ ...rest, url, 'retry-seconds': '0' })
      expect(idTokens.audiences).toEqual(['https://sts.invalid'])
    },
  )
})

describe('the token endpoint of GitHub', () => {
  const through = async (times: number, first: RequestListener) => {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: target = '' } = idTokens.environment
    const front = await serveInFront(target, times, first)
    return { ACTIONS_ID_TOKEN_REQUEST_URL: target.replace(/^http:\/\/[^/]+/, front) }
  }

  it.each<[string, number, RequestListener]>([
    ['an empty body', 2, (_, r) => r.writeHead(200).end()],
    ['an empty token', 2, (_, r) => r.writeHead(200).end('{"value":""}')],
    ['408', 2, (_, r) => r.writeHead(408).end()],
    ['500 and an HTML page', 2, (_, r) => r.writeHead(500).end(PAGE)],
    ['429 with Retry-After', 1, (_, r) => r.writeHead(429, { 'retry-after': '1' }).end()],
    ['401 once', 1, (_, r) => r.writeHead(401).end()],
  ])('is tried again after %s', async (_name, times, first) => {
    const { exitCode, outputs } = await runner.main(inputs, await through(times, first))
    expect([exitCode, outputs.token === undefined]).toEqual([0, false])
  })

  it.each<[string, RequestListener, RegExp]>([
    ['401', (_, r) => r.writeHead(401).end(), /^github-actions: the platform answered 401$/],
    ['403', (_, r) => r.writeHead(403).end(), /^github-actions: the platform answered 403$/],
    ['an HTML page', (_, r) => r.end(PAGE), /^github-actions: the answer has no value$/],
    [
      'a redirect',
      (_, r) => r.writeHead(302, { location: 'https://login.example.com/' }).end(),
      /^github-actions: the platform \(127\.0\.0\.1:\d+\) answered with a redirect, which is not/,
    ],
  ])('is reported at once after %s', async (_name, first, expected) => {
    const { log, exitCode } = await runner.main(inputs, await through(99, first))
    expect(exitCode).toBe(1)
    expect(sentence(log)).toMatch(expected)
  })
})

it('reports a redirect as an answer of the gateway', async () => {
  const url = await serve((_, r) => r.writeHead(301, { location: '/elsewhere' }).end())
  const { log } = await runner.main({ ...inputs, url })
  expect(sentence(log)).toBe('the gateway answered with a redirect, which is not followed')
})

it('does not let any field of the gateway’s answer begin a command', async () => {
  const hostile =
    '\n::add-mask::a\r##[add-path]/x ##vso[task.complete]y\u001b[2J%0A::error::z\u2028b'
  const body = {
    error: 'invalid_request',
    error_description: hostile,
    decision_id: hostile,
    explanation: [
      {
        rule: hostile,
        outcome: 'condition_failed',
        conditions: [{ claim: hostile, holds: false, expected: hostile, presented: hostile }],
      },
    ],
  }
  const url = await serve((_, r) => {
    r.statusMessage = '::stop-commands::x'
    r.writeHead(400, { server: '::add-mask::nginx' }).end(JSON.stringify(body))
  })
  const { log, stderr } = await runner.main({ ...inputs, url })
  expect(log.split('\n').length).toBe(2)
  expect(log.startsWith('::error title=Edgemint::')).toBe(true)
  expect(log).not.toMatch(/##\[|##vso\[|[\r\u2028]|[^5]%0A::/)
  expect([log.includes('\u001b'), stderr]).toEqual([false, ''])
})
