/**
 * The entry point `edgemint/verify/fastify`: the verifier as a hook for one route, and as a plugin
 * for all routes of a scope. It does not import Fastify, because its types are compatible with those
 * of Fastify.
 */
import type { VerifiedToken } from '../claims.ts'
import { demand } from '../demand.ts'
import type { VerifierOptions } from '../options.ts'
import type { ResourceDescription } from '../resource.ts'
import { asVerifier, type Verifier } from '../verifier.ts'
import {
  answerMetadata,
  demandResource,
  isRefusal,
  type NodeRequest,
  type PlainAnswer,
  rememberToken,
  verifyNodeRequest,
} from './node-request.ts'

export { tokenOf } from './node-request.ts'

/** The members of a `FastifyRequest` that the hook uses. The hook sets `token`. */
export type TokenRequest = { readonly raw: NodeRequest; token?: VerifiedToken | null | undefined }

/** The members of a `FastifyReply` that a refusal uses. */
export type RefusalReply = {
  readonly code: (status: number) => unknown
  readonly header: (name: string, value: string) => unknown
  readonly send: (body: string) => unknown
}

/** A hook for `onRequest`. It runs before the body is read. */
export type TokenHook = (request: TokenRequest, reply: RefusalReply) => Promise<unknown>

/** The members of a `FastifyInstance` that the plugin uses. */
export type HookableInstance = {
  readonly addHook: (name: 'onRequest', hook: TokenHook) => unknown
  readonly decorateRequest: (name: 'token', value: null) => unknown
  readonly hasRequestDecorator: (name: string) => boolean
}

/**
 * Passes a request on only if it has a valid token of the gateway, and sets `request.token`. Any
 * other request gets the answer of RFC 6750 §3: 400, 401 or 403, or 503 when the gateway is
 * unreachable.
 *
 * Takes the options of `createVerifier`, or a verifier. A verifier caches keys and revocation
 * answers. For routes with different scopes, create one verifier and use `narrow` for each route.
 *
 * @throws TypeError if an option is wrong. The message names the option.
 *
 * @example
 * const canRead = requireToken({ issuer, audience, scopes: ['deploy:read'] })
 * app.get('/deployments', { onRequest: canRead }, async (request) => tokenOf(request).subject)
 */
export function requireToken(guard: VerifierOptions | Verifier): TokenHook {
  const verifier = asVerifier(guard)
  return async function requireToken(request, reply) {
    const outcome = await verifyNodeRequest(verifier, request.raw, (name, value) =>
      reply.header(name, value),
    )
    if (!isRefusal(outcome)) {
      rememberToken(request, outcome)
      request.token = outcome
      return undefined
    }
    write(outcome, reply)
    // The reply tells Fastify that an asynchronous hook has answered.
    return reply
  }
}

/** Options of `guardRoutes`: those of `createVerifier`, or a verifier and no other option. */
export type GuardOptions =
  | (VerifierOptions & { readonly verifier?: undefined })
  | ({ readonly verifier: Verifier } & {
      readonly [Name in keyof VerifierOptions]?: undefined
    })

/**
 * A plugin that protects every route of the scope in which it is registered, and of nested scopes.
 * It takes the options of `createVerifier`, or a verifier as the option `verifier`.
 *
 * @throws TypeError when the app starts, if an option is wrong.
 *
 * @example
 * app.register(guardRoutes, { issuer, audience, scopes: ['deploy:read'] })
 */
export function guardRoutes(
  instance: HookableInstance,
  options: GuardOptions,
  done: (error?: Error) => void,
): void {
  let failure: Error | undefined
  try {
    const hook = requireToken(readGuard(options))
    // A nested scope inherits the decoration.
    if (!instance.hasRequestDecorator('token')) instance.decorateRequest('token', null)
    instance.addHook('onRequest', hook)
  } catch (error) {
    // An error thrown here would end the process. With `done`, the app's `ready` rejects with it.
    failure = error as Error
  }
  done(failure)
}

/** Refuses options beside a verifier, because nothing would apply them. */
function readGuard({ verifier, ...options }: GuardOptions): VerifierOptions | Verifier {
  if (verifier === undefined) return options as VerifierOptions
  const [other] = Object.keys(options)
  demand(other === undefined, `${other} cannot be used with verifier: use verifier.narrow`)
  return verifier
}

// Otherwise Fastify would give the plugin its own scope, and the hook would protect no other routes.
Object.assign(guardRoutes, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'edgemint-verify',
})

/** The members of a `FastifyInstance` that `serveMetadata` uses. */
export type RoutableInstance = {
  readonly route: (route: {
    readonly method: string[]
    readonly url: string
    readonly handler: (request: MetadataRequest, reply: RefusalReply) => Promise<unknown>
  }) => unknown
}

/** The members of a `FastifyRequest` that `serveMetadata` uses. */
export type MetadataRequest = { readonly method: string; readonly url: string }

/**
 * A plugin that serves the metadata of the API at its well-known path (RFC 9728 §3). Register it
 * outside of protected scopes, because clients read it before they have a token.
 *
 * @example
 * app.register(serveMetadata, { resource: describeResource({ resource, authorizationServers }) })
 */
export function serveMetadata(
  instance: RoutableInstance,
  { resource }: { readonly resource: ResourceDescription },
  done: (error?: Error) => void,
): void {
  let url: string
  try {
    demandResource(resource)
    url = toPattern(new URL(resource.url).pathname)
  } catch (error) {
    done(error as Error)
    return
  }
  instance.route({
    method: ['GET', 'OPTIONS'],
    url,
    handler: async (request, reply) => {
      const answer = await answerMetadata(resource, request.method, request.url)
      // A pattern matches more than one path, and another tenant can differ only in the query.
      write(answer ?? { status: 404, headers: [], body: '' }, reply)
      return reply
    },
  })
  done()
}

/** `*`, and escapes that Fastify does not decode. A pattern cannot contain them literally. */
const UNWRITABLE = /(?:\*|%(?:2[346ABCF]|3[ABDF]|40)).*/i

/**
 * Returns the pattern that matches a path. Fastify compares decoded paths, and in a pattern `:` begins
 * a parameter. From a character that no pattern can have, the pattern is a wildcard.
 */
function toPattern(path: string): string {
  return decodeURI(path.replace(UNWRITABLE, '*')).replaceAll(':', '::')
}

function write(answer: PlainAnswer, reply: RefusalReply): void {
  reply.code(answer.status)
  for (const [name, value] of answer.headers) reply.header(name, value)
  reply.send(answer.body)
}
