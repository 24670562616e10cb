/** Forwards one request. Streams both bodies and stores nothing. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { KeptToken } from '../token-keeper.ts'
import type { Refusal } from './admission.ts'
import type { Agents } from './agents.ts'
import { fieldsDown, fieldsUp, hasBody, setFields } from './headers.ts'
import { NO_TOKEN, refuse, UPSTREAM_DOWN, UPSTREAM_SLOW } from './respond.ts'
import type { Destination } from './routes.ts'
import { openRequest, TooSlow } from './upstream.ts'

export type TokenPort = {
  readonly take: () => Promise<KeptToken>
  readonly replace: (refused: KeptToken) => Promise<KeptToken | undefined>
}

export type ForwardPorts = {
  readonly tokens: TokenPort
  readonly agents: Agents
  readonly pseudonym: string
}

export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  destination: Destination,
  ports: ForwardPorts,
): Promise<void> {
  const isUnread = hasBody(request)
  let token: KeptToken
  try {
    token = await ports.tokens.take()
  } catch {
    refuse(response, NO_TOKEN, isUnread)
    return
  }
  // The client has disconnected meanwhile, so no event would end the request to the upstream.
  if (response.destroyed) return
  // Only a GET or HEAD without a body may be sent twice.
  const mayRepeat = !isUnread && (request.method === 'GET' || request.method === 'HEAD')
  try {
    const answer = await exchangeOnce(request, response, destination, token, ports, mayRepeat)
    const next = await replaceRefused(answer, token, ports, mayRepeat)
    if (next === undefined || response.destroyed) sendDown(answer, response)
    else {
      answer.resume()
      sendDown(await exchangeOnce(request, response, destination, next, ports, mayRepeat), response)
    }
  } catch (error) {
    refuse(response, describeFailure(error), isUnread)
  }
}

/**
 * Gets another token when the upstream answers 401, which means that it no longer accepts this one.
 * If the request cannot be repeated, the new token is only for the next request.
 */
async function replaceRefused(
  answer: IncomingMessage,
  token: KeptToken,
  { tokens }: ForwardPorts,
  mayRepeat: boolean,
): Promise<KeptToken | undefined> {
  if (answer.statusCode !== 401) return undefined
  const next = tokens.replace(token)
  return mayRepeat ? next : undefined
}

/** Resolves with the head of the upstream's answer. Rejects when there is no answer. */
async function exchangeOnce(
  request: IncomingMessage,
  response: ServerResponse,
  destination: Destination,
  token: KeptToken,
  ports: ForwardPorts,
  mayRepeat: boolean,
): Promise<IncomingMessage> {
  for (;;) {
    const sent = openRequest({
      destination,
      method: request.method ?? 'GET',
      fields: fieldsUp(request),
      token,
      pseudonym: ports.pseudonym,
      agent: ports.agents.forRequest(destination.upstream),
    })
    try {
      return await sendUp(request, response, sent)
    } catch (error) {
      // The upstream closed an idle connection while it was being reused. It has sent no answer.
      if (!mayRepeat || !sent.reusedSocket || error instanceof TooSlow) throw error
      if (response.destroyed) throw error
    }
  }
}

function sendUp(
  request: IncomingMessage,
  response: ServerResponse,
  sent: ClientRequest,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const leave = () => sent.destroy()
    sent.once('response', resolve)
    // Not `once`: a body that is still being sent may fail after the answer has begun.
    sent.on('error', reject)
    response.once('close', leave)
    sent.once('close', () => {
      response.off('close', leave)
      // After an early answer, the rest of the client's body must still be read.
      request.resume()
      // Node closes the request without an answer when the upstream upgrades without being asked.
      reject(new Error('the upstream gave no answer'))
    })
    if (hasBody(request)) {
      if (request.headers['transfer-encoding'] !== undefined)
        sent.setHeader('transfer-encoding', 'chunked')
      request.pipe(sent)
    } else {
      sent.end()
    }
  })
}

function sendDown(answer: IncomingMessage, response: ServerResponse): void {
  response.sendDate = false
  response.statusCode = answer.statusCode ?? 502
  response.statusMessage = answer.statusMessage ?? ''
  setFields(response, fieldsDown(answer))
  // Send the head now, because a stream of events may begin long before its first event.
  // `flushHeaders` would write fields as UTF-8 that were read as Latin-1.
  response.write(Buffer.alloc(0))
  // If the upstream breaks off, the client must not take the body for complete.
  answer.on('error', () => response.destroy())
  answer.pipe(response)
}

function describeFailure(error: unknown): Refusal {
  return error instanceof TooSlow ? UPSTREAM_SLOW : UPSTREAM_DOWN
}
