/** Forward-auth requests as proxies send them. */
import { bearer, send } from './gateway.ts'
import { API } from './trust.ts'

type Headers = Readonly<Record<string, string>>

/** `/verify` with a query, as nginx, Caddy, Traefik and Envoy's `path_override` send it. */
export function questionPath(resource = API, scope?: string): string {
  const scopes = scope === undefined ? '' : `&scope=${encodeURIComponent(scope)}`
  return `/verify?resource=${encodeURIComponent(resource)}${scopes}`
}

export function verify(
  token: string | undefined,
  options: {
    readonly resource?: string
    readonly scope?: string
    readonly method?: string
    readonly headers?: Headers
  } = {},
): Promise<Response> {
  const { resource, scope, method = 'GET', headers = {} } = options
  const authorization = token === undefined ? {} : bearer(token)
  return send(questionPath(resource, scope), { method, headers: { ...headers, ...authorization } })
}
