/**
 * GitHub's token endpoint for a job, in front of the dev issuer. It requires the runner's secret and
 * records the requested audiences.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach } from 'vitest'
import type { World } from '../../conformance/support/world.ts'
import { TOKEN_CANARY } from '../../support/canary/canary.ts'

/** The runner's secret, which no output may contain. */
export const RUNNER_SECRET = `secret-of-the-runner-${TOKEN_CANARY}`

export type IdTokens = {
  readonly environment: Readonly<Record<string, string>>
  /** The requested audiences. */
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
