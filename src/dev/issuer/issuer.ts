/**
 * An OpenID Connect issuer over HTTP that mints tokens like those of the platforms, for development
 * and tests. Every path of up to three segments is a separate issuer with its own keys. Everyone
 * who reaches it can mint tokens: keep it on a loopback address.
 */

import {
  createServer,
  type IncomingMessage,
  maxHeaderSize,
  type Server,
  type ServerResponse,
} from 'node:http'
import { OPENID_CONFIGURATION } from '../../protocol/paths.ts'
import { isJsonObject } from '../../web/json.ts'
import { readBounded } from '../../web/read-bounded.ts'
import { endAnswer } from '../early-answer/end-answer.ts'
import { answerUnreadable, listOpen } from '../early-answer/unreadable.ts'
import {
  CLOSE_MILLISECONDS,
  HEAD_MILLISECONDS,
  ISSUER_IDLE_MILLISECONDS,
  MAX_BODY_BYTES,
  MAX_REALMS,
  SILENCE_MILLISECONDS,
} from '../limits.ts'
import { parsePeopleBehaviour } from '../people/behaviour.ts'
import { type Asked, createPeople, PEOPLE_PATH, type People } from '../people/people.ts'
import { DEFAULT_PEOPLE, type Person } from '../people/person.ts'
import { listOwnHosts, reachableUrl, refuseRequest } from './admission.ts'
import { countConnections } from './descriptors.ts'
import { answerDiscovery, answerKeySet } from './issuer-documents.ts'
import {
  createRealm,
  MintRefused,
  type MintRequest,
  type Realm,
  type RealmRequests,
} from './issuer-realm.ts'
import { parseBehave, parseMint, parsePublish, parseRotate, parseSign } from './issuer-requests.ts'

/** Options of `startDevIssuer`. */
export type DevIssuerOptions = {
  /** 0, the default, picks a free port. */
  readonly port?: number
  /** 127.0.0.1 by default. */
  readonly host?: string
  /** Further hosts that requests may name in their `Host` header: `name` or `name:port`. */
  readonly allowHosts?: readonly string[]
  /** A second port on the same host for key sets. 0 picks a free port. None by default. */
  readonly keysPort?: number
  /** The people who can sign in at `<issuer>/people`. Three examples by default. */
  readonly people?: readonly Person[]
  /** Returns epoch seconds. The default is the clock of this machine. */
  readonly now?: () => number
}

/** A running dev issuer, with the functions that a test needs. */
export type DevIssuer = {
  /** The issuer URL of the root. `<issuer>/<path>` is the issuer at that path. */
  readonly issuer: string
  /** The host and port of `keysPort`, as in `key_hosts`. */
  readonly keyHost: string | undefined
  readonly mint: (request: MintRequest, path?: string) => Promise<string>
  /** Makes new keys. Removes the old keys unless `keepOld` is set. */
  readonly rotate: (path?: string, options?: { readonly keepOld: boolean }) => Promise<void>
  /** Returns how often the discovery document and the key set of an issuer were fetched. */
  readonly requests: (path?: string) => RealmRequests
  readonly close: () => Promise<void>
}

/** Programs remove these names from a URL (RFC 3986 §5.2.4), and so ask another issuer. */
const DOT_SEGMENT = /\/\.{1,2}(?=\/|$)/
const PATH = /^(?:\/[A-Za-z0-9._~-]{1,64}){0,3}$/

/** Starts a dev issuer. Throws if the port is in use. */
export async function startDevIssuer(options: DevIssuerOptions = {}): Promise<DevIssuer> {
  const host = (options.host ?? '127.0.0.1').replace(/^\[|\]$/g, '')
  const hosts = [...listOwnHosts(host), ...(options.allowHosts ?? []).map(lowerCase)]
  const now = options.now ?? (() => Math.floor(Date.now() / 1000))
  const realms = new Map<string, Realm>()
  const limits = {
    // `refuseRequest` requires the header, and returns a message.
    requireHostHeader: false,
    headersTimeout: HEAD_MILLISECONDS,
    requestTimeout: SILENCE_MILLISECONDS,
    keepAliveTimeout: ISSUER_IDLE_MILLISECONDS,
  }
  const serve = () => {
    const made = createServer(limits, (request, response) => {
      const refusal = refuseRequest(request, hosts)
      if (refusal !== undefined) {
        response.setHeader('connection', 'close')
        sendJson(response, refusal.status, { error: refusal.message })
        return
      }
      answer(request, response).catch((error: unknown) => {
        const isRefusal = error instanceof MintRefused
        const message = isRefusal ? error.message : 'internal error of the dev issuer'
        sendJson(response, isRefusal ? 400 : 500, { error: message })
      })
    })
    made.maxConnections = countConnections()
    answerUnreadable(made, {
      maxHeadBytes: maxHeaderSize,
      noTunnel: 'the dev issuer is no proxy',
      allow: 'GET, HEAD, POST',
      open: listOpen(made),
    })
    return made
  }
  const server = serve()
  const issuer = reachableUrl(host, await listen(server, options.port ?? 0, host))
  const keyServer = options.keysPort === undefined ? undefined : serve()
  const keysOrigin =
    keyServer && reachableUrl(host, await listen(keyServer, options.keysPort ?? 0, host))

  function realmAt(path: string): Realm {
    const known = realms.get(path)
    if (known !== undefined) return known
    if (DOT_SEGMENT.test(path)) throw new MintRefused('the path of an issuer has no `.` or `..`')
    if (realms.size >= MAX_REALMS) throw new MintRefused(`at most ${MAX_REALMS} issuers`)
    const realm = createRealm(`${issuer}${path}`, now)
    realms.set(path, realm)
    return realm
  }

  const people = createPeople({
    issuer: `${issuer}${PEOPLE_PATH}`,
    realm: () => realmAt(PEOPLE_PATH),
    people: options.people ?? DEFAULT_PEOPLE,
    now,
    milliseconds: () => (options.now === undefined ? performance.now() : now() * 1000),
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? '/'
    const path = target.split('?', 1)[0] ?? '/'
    if (path.startsWith(`${PEOPLE_PATH}/`)) {
      const asked = {
        method: request.method ?? '',
        endpoint: path.slice(PEOPLE_PATH.length),
        query: target.slice(path.length),
      }
      if (people.serves(asked)) {
        await answerPeople(people, asked, request, response)
        return
      }
    }
    // Node sends no body for HEAD (RFC 9110 §9.3.2).
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const route = findRoute(`${method} ${path}`)
    if (route === undefined) {
      sendJson(response, 404, { error: 'not found' })
      return
    }
    const realm = realmAt(route.path)
    const extra = route.path === PEOPLE_PATH ? people.metadata : {}
    const read = async () => parseJson(await readBody(request))
    switch (route.endpoint) {
      case 'GET /jwks':
        await answerKeySet(realm, request, response)
        break
      case DISCOVERY:
        await answerDiscovery(realm, request, response, keysOrigin, extra)
        break
      case 'POST /mint':
        sendJson(response, 200, { token: await realm.mint(parseMint(await read())) })
        break
      case 'POST /rotate':
        await realm.rotate(parseRotate(await read()))
        sendJson(response, 200, await realm.keySet())
        break
      case 'POST /sign':
        sendJson(response, 200, await realm.sign(parseSign(await read())))
        break
      case 'POST /publish':
        realm.publish(parsePublish(await read()))
        sendJson(response, 200, await realm.keySet())
        break
      case 'POST /behave':
        sendJson(response, 200, behave(realm, await read()))
        break
      case 'GET /requests':
        sendJson(response, 200, realm.requests)
        break
    }
  }

  /** Members about people are only for their issuer. */
  function behave(realm: Realm, body: unknown): object {
    if (realm.issuer !== people.issuer || !isJsonObject(body)) {
      return Object.assign(realm.behaviour, parseBehave(body))
    }
    const { ofPeople, others } = parsePeopleBehaviour(body)
    Object.assign(realm.behaviour, parseBehave(others))
    return { ...realm.behaviour, ...Object.assign(people.behaviour, ofPeople) }
  }

  const prefix = (path: string | undefined) => (path === undefined ? '' : `/${path}`)
  return {
    issuer,
    keyHost: keysOrigin && new URL(keysOrigin).host,
    mint: (request, path) => realmAt(prefix(path)).mint(request),
    rotate: (path, rotation) => realmAt(prefix(path)).rotate(rotation ?? { keepOld: false }),
    requests: (path) => ({ ...realmAt(prefix(path)).requests }),
    close: async () => {
      await Promise.all([close(server), keyServer && close(keyServer)])
    },
  }
}

const lowerCase = (text: string) => text.toLowerCase()

const DISCOVERY = `GET ${OPENID_CONFIGURATION}` as const
const ENDPOINTS = [
  'POST /mint',
  'POST /rotate',
  'POST /sign',
  'POST /publish',
  'POST /behave',
  'GET /requests',
  'GET /jwks',
  DISCOVERY,
] as const

function findRoute(line: string) {
  const [method, path = ''] = line.split(' ', 2)
  for (const endpoint of ENDPOINTS) {
    const [wanted, suffix = ''] = endpoint.split(' ', 2)
    if (method !== wanted || !path.endsWith(suffix)) continue
    const realm = path.slice(0, -suffix.length)
    if (PATH.test(realm)) return { endpoint, path: realm }
  }
  return undefined
}

async function answerPeople(
  people: People,
  asked: Asked,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { authorization, cookie, 'content-type': contentType } = request.headers
  const body = await readBody(request)
  const answer = await people.answer({ ...asked, body, contentType, authorization, cookie })
  response.writeHead(answer.status, answer.headers)
  endAnswer(response, answer.body)
}

async function readBody(request: IncomingMessage): Promise<string> {
  // A destroyed request could not be read to its end.
  const chunks: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false })
  const bytes = await readBounded(chunks, MAX_BODY_BYTES)
  if (bytes === undefined) throw new MintRefused('the body is too large')
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new MintRefused('the body must be JSON')
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  endAnswer(response, JSON.stringify(body))
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** Closes a server. Open requests have a limited time to end. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const hurry = setTimeout(() => server.closeAllConnections(), CLOSE_MILLISECONDS)
    server.close(() => {
      clearTimeout(hurry)
      resolve()
    })
    server.closeIdleConnections()
  })
}
