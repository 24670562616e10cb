/**
 * A gateway for the verifier's tests: real HTTP on 127.0.0.1. It counts its requests. By default it
 * answers correctly. A test replaces the answer of a path with a slow, huge or false one.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach } from 'vitest'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

type AskedQuestion = { readonly authorization: string | undefined; readonly body: string }

export const OPENID_PATH = '/.well-known/openid-configuration'
export const OAUTH_PATH = '/.well-known/oauth-authorization-server'
export const KEYS_PATH = '/jwks.json'
export const INTROSPECTION_PATH = '/introspect'

export type Gateway = {
  readonly issuer: string
  /** How many requests each path has received since the last `reset`. */
  readonly asked: (path: string) => number
  readonly askedInAll: () => number
  readonly questions: readonly AskedQuestion[]
  /** Replaces the answer of one path. */
  readonly answer: (path: string, answer: Answer) => void
  /** Replaces the answer of every path. */
  readonly answerAll: (answer: Answer) => void
  readonly publishKeys: (keys: readonly unknown[]) => void
  /** Restores the default answers, with the published keys. */
  readonly reset: () => void
}

/** Starts a gateway for one test file. It closes at the end, and resets after each test. */
export async function startGateway(): Promise<Gateway> {
  const counts = new Map<string, number>()
  const answers = new Map<string, Answer>()
  const questions: AskedQuestion[] = []
  let everyAnswer: Answer | undefined
  let keys: readonly unknown[] = []

  const server = createServer((request, response) => {
    const path = request.url ?? ''
    counts.set(path, (counts.get(path) ?? 0) + 1)
    const answer = everyAnswer ?? answers.get(path) ?? defaults.get(path) ?? sendStatus(404)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const defaults = new Map<string, Answer>([
    [OPENID_PATH, (_, response) => sendJson(describe(issuer))(_, response)],
    [OAUTH_PATH, (_, response) => sendJson(describe(issuer))(_, response)],
    [KEYS_PATH, (_, response) => sendJson({ keys })(_, response)],
    [INTROSPECTION_PATH, recordQuestion(questions, sendJson({ active: true }))],
  ])

  function reset(): void {
    counts.clear()
    answers.clear()
    questions.length = 0
    everyAnswer = undefined
  }
  afterEach(reset)
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  return {
    issuer,
    asked: (path) => counts.get(path) ?? 0,
    askedInAll: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
    questions,
    answer: (path, answer) => answers.set(path, answer),
    answerAll: (answer) => {
      everyAnswer = answer
    },
    publishKeys: (published) => {
      keys = published
    },
    reset,
  }
}

/** The members of the gateway's metadata that a verifier reads. */
export function describe(issuer: string): Record<string, unknown> {
  return {
    issuer,
    jwks_uri: `${issuer}${KEYS_PATH}`,
    introspection_endpoint: `${issuer}${INTROSPECTION_PATH}`,
  }
}

export function sendJson(value: unknown): Answer {
  return sendText(JSON.stringify(value))
}

export function sendText(text: string): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(text)
  }
}

export function sendStatus(status: number, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(status, headers).end()
  }
}

/** Closes the connection without an answer, as a gateway that is down does. */
export const hangUp: Answer = (request) => {
  request.socket.destroy()
}

/** Accepts the request and never answers. */
export const staySilent: Answer = () => {}

function recordQuestion(questions: AskedQuestion[], answer: Answer): Answer {
  return (request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      questions.push({ authorization: request.headers.authorization, body })
      answer(request, response)
    })
  }
}
