/**
 * GitHub's side of a job: the address at which the runner lets it ask for an OIDC token, in front of
 * the dev issuer. It wants the runner's own secret and keeps what it was asked.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach } from 'vitest'
import type { World } from '../../conformance/support/world.ts'
import { TOKEN_CANARY } from '../../support/canary/canary.ts'

/** Must never be seen again, whatever happens. */
export const RUNNER_SECRET = `secret-of-the-runner-${TOKEN_CANARY}`

export type IdTokens = {
  readonly environment: Readonly<Record<string, string>>
  /** The audiences that were asked for. */
  readonly audiences: readonly (string | null)[]
  /** Changes the claims of the tokens until the test ends. */
  readonly claim: (claims: Readonly<Record<string, unknown>>) => void
}

export async function serveIdTokens(world: World): Promise<IdTokens> {
  const audiences: (string | null)[] = []
  let claims: Readonly<Record<string, unknown>> = {}
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://runner')
    if (
      request.headers.authorization?.toLowerCase() !== `bearer ${RUNNER_SECRET}` ||
      url.searchParams.get('api-version') !== '2.0'
    ) {
      response.writeHead(401).end()
      return
    }
    const audience = url.searchParams.get('audience')
    audiences.push(audience)
    const value = await world.mint({ audience: audience ?? 'https://github.com/acme', claims })
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ count: value.length, value }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  afterEach(() => {
    audiences.length = 0
    claims = {}
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    environment: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: RUNNER_SECRET,
    },
    audiences,
    claim: (next) => {
      claims = next
    },
  }
}
