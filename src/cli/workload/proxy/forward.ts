/**
 * Forwards one request. Streams both bodies. With tokens that are bound to a key, it keeps a copy of a
 * small body until the upstream has answered.
 */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { asksForRepeat, makeCredentials } from '../../../client/in-house.ts'
import type { ProofKey } from '../../../client/index.ts'
import { keepReadable } from '../../../dev/early-answer/in-house.ts'
import type { KeptToken } from '../token-keeper.ts'
import type { Refusal } from './admission.ts'
import type { Agents } from './agents.ts'
import { type BodyCopy, copyBody } from './body-copy.ts'
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
  /** The key to which the tokens are bound. Undefined for bearer tokens. */
  readonly proofKey: ProofKey | undefined
}

/** `body`: a copy of a body that was sent before, to send it again. `copy`: where to copy it to. */
type BodySource = { readonly body?: Buffer | undefined; readonly copy?: BodyCopy | undefined }

/** One request of a client, and what is needed to send it once or twice. */
type Passage = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly destination: Destination
  readonly ports: ForwardPorts
  /** Only a GET or HEAD without a body may be sent twice without the upstream asking for it. */
  readonly mayRepeat: boolean
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
  const mayRepeat = !isUnread && (request.method === 'GET' || request.method === 'HEAD')
  const passage = { request, response, destination, ports, mayRepeat }
  try {
    const answer = await sendProven(passage, token)
    const next = await replaceRefused(answer, token, ports, mayRepeat)
    if (next === undefined || response.destroyed) sendDown(answer, response)
    else {
      answer.resume()
      sendDown(await sendProven(passage, next), response)
    }
  } catch (error) {
    refuse(response, describeFailure(error), isUnread)
  }
}

/** Sends the request again, once, if the upstream asks for a nonce (RFC 9449 §9). */
async function sendProven(passage: Passage, token: KeptToken): Promise<IncomingMessage> {
  const { request, response, destination, ports } = passage
  const copy = ports.proofKey !== undefined && hasBody(request) ? copyBody(request) : undefined
  const answer = await exchangeOnce(passage, token, { copy })
  if (!asksForNonce(answer, destination, ports)) return answer
  const body = copy === undefined ? undefined : await copy.whole()
  // The nonce is kept for the next request.
  if ((copy !== undefined && body === undefined) || response.destroyed) return answer
  answer.resume()
  const next = await exchangeOnce(passage, token, { body })
  asksForNonce(next, destination, ports)
  return next
}

/** Remembers the nonce of an answer. Returns whether the upstream asks for a proof with it. */
export function asksForNonce(
  answer: IncomingMessage,
  destination: Destination,
  { proofKey }: ForwardPorts,
): boolean {
  const get = (name: string) => {
    const value = answer.headers[name.toLowerCase()]
    return value === undefined ? null : String(value)
  }
  const read = { status: answer.statusCode ?? 0, headers: { get } }
  return asksForRepeat(urlOf(destination), read, { proofKey })
}

/** The URL that the upstream receives, for the proof. */
export function urlOf({ upstream, path }: Destination): string {
  return upstream.origin + path
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
  { request, response, destination, ports, mayRepeat }: Passage,
  { accessToken }: KeptToken,
  source: BodySource,
): Promise<IncomingMessage> {
  const { method = 'GET' } = request
  for (;;) {
    const target = { method, url: urlOf(destination) }
    // Each request needs its own proof.
    const credentials = await makeCredentials(target, accessToken, ports)
    const sent = openRequest({
      destination,
      method,
      fields: fieldsUp(request),
      credentials,
      pseudonym: ports.pseudonym,
      agent: ports.agents.forRequest(destination.upstream),
    })
    try {
      return await sendUp(request, response, sent, source)
    } catch (error) {
      // The upstream closed an idle connection while it was being reused. It has sent no answer.
      if (!mayRepeat || !sent.reusedSocket || !isClosed(error)) throw error
      if (response.destroyed) throw error
    }
  }
}

function sendUp(
  request: IncomingMessage,
  response: ServerResponse,
  sent: ClientRequest,
  { body, copy }: BodySource,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const leave = () => sent.destroy()
    sent.once('socket', keepReadable)
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
    if (body !== undefined) sent.end(body)
    else if (hasBody(request)) {
      if (request.headers['transfer-encoding'] !== undefined)
        sent.setHeader('transfer-encoding', 'chunked')
      copy?.start()
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
  // If the upstream breaks off, the client must not take the body for complete. It may have broken
  // off already, while another token was requested: `pipe` would then wait for ever.
  pipeline(answer, response, () => {})
}

function isClosed(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ECONNRESET' || code === 'EPIPE'
}

function describeFailure(error: unknown): Refusal {
  return error instanceof TooSlow ? UPSTREAM_SLOW : UPSTREAM_DOWN
}
