/**
 * The door `edgemint/verify/fastify`: the verifier as a hook for one route, and as a plugin for all
 * routes of a scope. No types of Fastify are needed: its own fit by shape.
 */
import type { VerifiedToken } from '../claims.ts'
import type { VerifierOptions } from '../options.ts'
import type { ResourceDescription } from '../resource.ts'
import { asVerifier, type Verifier } from '../verifier.ts'
import {
  answerMetadata,
  isRefusal,
  type NodeRequest,
  type PlainAnswer,
  rememberToken,
  verifyNodeRequest,
} from './node-request.ts'

export { tokenOf } from './node-request.ts'

/** As much of a `FastifyRequest` as the hook needs; `token` is there once it passed. */
export type TokenRequest = { readonly raw: NodeRequest; token?: VerifiedToken | null | undefined }

/** As much of a `FastifyReply` as a refusal needs. */
export type RefusalReply = {
  readonly code: (status: number) => unknown
  readonly header: (name: string, value: string) => unknown
  readonly send: (body: string) => unknown
}

/** A hook for `onRequest`: nothing of the body has been read when it runs. */
export type TokenHook = (request: TokenRequest, reply: RefusalReply) => Promise<unknown>

/** As much of a `FastifyInstance` as the plugin needs. */
export type HookableInstance = {
  readonly addHook: (name: 'onRequest', hook: TokenHook) => unknown
  readonly decorateRequest: (name: 'token', value: null) => unknown
  readonly hasRequestDecorator: (name: string) => boolean
}

/**
 * Lets a request pass only with a valid token of the gateway, and sets `request.token`. Everyone
 * else gets the answer of RFC 6750 §3: 401, 403, 400, or 503 when the gateway cannot be asked.
 *
 * Takes the options of `createVerifier`, or a verifier. One verifier has one memory of keys and
 * answers: for routes with different scopes make one, and `narrow` it for each.
 *
 * @throws TypeError at once when an option is wrong; the sentence names it.
 *
 * @example
 * const canRead = requireToken({ issuer, audience, scopes: ['deploy:read'] })
 * app.get('/deployments', { onRequest: canRead }, async (request) => tokenOf(request).subject)
 */
export function requireToken(guard: VerifierOptions | Verifier): TokenHook {
  const verifier = asVerifier(guard)
  return async function requireToken(request, reply) {
    const outcome = await verifyNodeRequest(verifier, request.raw)
    if (!isRefusal(outcome)) {
      rememberToken(request, outcome)
      request.token = outcome
      return undefined
    }
    write(outcome, reply)
    // What tells Fastify that an asynchronous hook has answered.
    return reply
  }
}

/**
 * A plugin that guards every route of the scope it is registered in, and of the scopes inside.
 * Takes what `requireToken` takes; `verifier` stands for a verifier of your own.
 *
 * @throws TypeError when the app starts and an option is wrong.
 *
 * @example
 * app.register(guardRoutes, { issuer, audience, scopes: ['deploy:read'] })
 */
export function guardRoutes(
  instance: HookableInstance,
  options: VerifierOptions | { readonly verifier: Verifier },
  done: (error?: Error) => void,
): void {
  let failure: Error | undefined
  try {
    const hook = requireToken('verifier' in options ? options.verifier : options)
    // A scope inside another one has its decorations already.
    if (!instance.hasRequestDecorator('token')) instance.decorateRequest('token', null)
    instance.addHook('onRequest', hook)
  } catch (error) {
    // Thrown here it would end the process; given to Fastify it is what `ready` rejects with.
    failure = error as Error
  }
  done(failure)
}

// Otherwise Fastify gives the plugin a scope of its own, and its hook guards nothing outside it.
Object.assign(guardRoutes, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'edgemint-verify',
})

/** As much of a `FastifyInstance` as serving metadata needs. */
export type RoutableInstance = {
  readonly route: (route: {
    readonly method: string[]
    readonly url: string
    readonly handler: (request: MetadataRequest, reply: RefusalReply) => Promise<unknown>
  }) => unknown
}

/** As much of a `FastifyRequest` as serving metadata needs. */
export type MetadataRequest = { readonly method: string; readonly url: string }

/**
 * A plugin that serves the metadata of the API at its well-known path (RFC 9728 §3). Register it
 * outside of guarded scopes: clients that have no token yet ask for it.
 *
 * @example
 * app.register(serveMetadata, { resource: describeResource({ resource, authorizationServers }) })
 */
export function serveMetadata(
  instance: RoutableInstance,
  { resource }: { readonly resource: ResourceDescription },
  done: (error?: Error) => void,
): void {
  instance.route({
    method: ['GET', 'OPTIONS'],
    url: new URL(resource.url).pathname,
    handler: async (request, reply) => {
      const answer = await answerMetadata(resource, request.method, request.url)
      // The path of another tenant's identifier, told apart by its query alone.
      write(answer ?? { status: 404, headers: [], body: '' }, reply)
      return reply
    },
  })
  done()
}

function write(answer: PlainAnswer, reply: RefusalReply): void {
  reply.code(answer.status)
  for (const [name, value] of answer.headers) reply.header(name, value)
  reply.send(answer.body)
}
