/**
 * Writes docs/endpoints.md from the table of endpoints. A test compares the two. Run this after a
 * change to the table: `node scripts/endpoint-docs.ts`.
 */
import { writeFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { type Body, type Endpoint, listEndpoints, summaryOf } from './openapi/table.ts'

export const ENDPOINT_DOCS = new URL('../docs/endpoints.md', import.meta.url)

/** Returns the page that the table describes. */
export async function renderEndpointDocs(): Promise<string> {
  const endpoints = await listEndpoints()
  return [
    '# Endpoints',
    '',
    'Every path of a gateway, below its issuer URL. This page is generated from the table that the Worker serves.',
    '',
    '| endpoint | purpose | authentication | limit by address | CORS, any origin | cached |',
    '|---|---|---|---|---|---|',
    ...endpoints.map(renderEndpoint),
    '',
    '- A request with another method gets 405, and `Allow` lists the methods of the path. A path that serves GET also serves HEAD. Any other path gets 404.',
    '- **CORS**: a page reads these answers, also a 429 or 503 and its `Retry-After`, with a GET without headers of its own, such as `MCP-Protocol-Version`. With one, the browser asks first with OPTIONS, which the gateway refuses, and the page must ask again without it.',
    '- **Authentication**: the endpoint verifies the *subject token* or the *issued token* itself. *session* is the cookie of a person who signed in at the console. A scope means a valid token that this gateway issued for itself, with that scope. Without one the response is 401 or 403 ([errors.md](errors.md#the-admin-api)).',
    '- [grant-types.md](grant-types.md) has the parameters of `/token`, with a command for each grant type.',
    '- **Limit by address** counts requests before the body is read ([limits.md](limits.md#the-rate-limits-of-a-deployment)). Forward auth has no such limit, because all clients of a proxy share its addresses.',
    '- **Cached** is how long any cache can keep the response. Responses of the other endpoints have `no-store`, except those of `/verify` ([forward-auth.md](forward-auth.md)). An answer of `/spiffe/bundle` has `no-cache`: a cache must ask before it uses it again. An error is never cached.',
    '- While a setting is invalid, only the endpoints marked ° are served. The others return 503.',
    '- If the issuer URL has a path, `/.well-known/oauth-authorization-server` goes between its host and its path (RFC 8414 §3.1). `/health` is also served at the root of the host. `/.well-known/oauth-protected-resource` is served only there (RFC 9728 §3.1).',
    '',
    '## The console',
    '',
    'Every endpoint of the admin API is also below `/console/api`: `GET /admin/v1/trust` is `GET /console/api/v1/trust`. There only the cookie of a session authenticates, and only pages of the gateway may ask ([console.md](console.md#the-api-of-the-console)). `/admin/v1` reads no cookie.',
    '',
    '## Downscoping',
    '',
    '`POST /token` also exchanges a token of this gateway for a narrower one: with `subject_token_type=urn:ietf:params:oauth:token-type:access_token` ([downscoping.md](downscoping.md)). It takes an `actor_token` ([delegation.md](delegation.md)).',
    '',
    '## Bodies',
    '',
    '| endpoint | request | response |',
    '|---|---|---|',
    ...endpoints
      .filter(({ request, response }) => request !== undefined || response !== undefined)
      .map(
        (endpoint) =>
          `| ${nameOf(endpoint)} | ${renderBody(endpoint.request)} | ${renderBody(endpoint.response)} |`,
      ),
    '',
    'Error responses of the admin API are `application/problem+json` ([problems.md](problems.md)). `GET /admin/v1/openapi.json` describes the members of each body.',
    '',
  ].join('\n')
}

function renderEndpoint(endpoint: Endpoint): string {
  const { authentication, limit, cors, cache, isAlwaysServed } = endpoint
  const cells = [
    `${nameOf(endpoint)}${isAlwaysServed ? ' °' : ''}`,
    summaryOf(endpoint),
    /^[a-z]+:/.test(authentication) ? `\`${authentication}\`` : authentication.replace('_', ' '),
    limit === 'address' ? 'yes' : 'no',
    cors === 'any_origin' ? 'yes' : 'no',
    cache === 'by_route' ? '–' : `${cache} s`,
  ]
  return `| ${cells.join(' | ')} |`
}

function nameOf({ path, methods, isTree }: Endpoint): string {
  const name = methods === 'any' ? path : `${methods.join(', ')} ${path}`
  return isTree ? `\`${name}\`, \`${path}/…\`` : `\`${name}\``
}

/** Returns the media type, and the members if there is a schema. */
function renderBody(body: Body | undefined): string {
  if (body === undefined) return '–'
  const type = `\`${body.contentType}\``
  if (body.schema === undefined) return type
  const { properties = {} } = z.toJSONSchema(body.schema, { io: 'input', unrepresentable: 'any' })
  return `${type}: ${Object.keys(properties)
    .map((name) => `\`${name}\``)
    .join(', ')}`
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(ENDPOINT_DOCS, await renderEndpointDocs())
}
