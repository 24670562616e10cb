/**
 * An API as a plain Worker: `withToken` wraps the handler, and the metadata tells clients which
 * gateway to use.
 */
import { createVerifier, describeResource } from 'edgemint/verify'
import { withToken } from 'edgemint/verify/fetch'

type Bindings = { readonly ISSUER: string; readonly AUDIENCE: string }
type Context = { waitUntil(work: Promise<unknown>): void }

// The bindings arrive with the first request. The verifier is kept, with the gateway's keys.
let api: ReturnType<typeof createApi> | undefined

function createApi({ ISSUER, AUDIENCE }: Bindings) {
  const resource = describeResource({ resource: AUDIENCE, authorizationServers: [ISSUER] })
  const verifier = createVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    scopes: ['deploy:read'],
    resourceMetadata: resource.url,
  })
  const serve = withToken(verifier, (_request, token, _env: Bindings, _context: Context) =>
    Response.json({ caller: token.subject }),
  )
  return { resource, serve }
}

export default {
  async fetch(request: Request, env: Bindings, context: Context): Promise<Response> {
    api ??= createApi(env)
    return api.resource.respond(request) ?? api.serve(request, env, context)
  },
}
