/**
 * An MCP server (streamable HTTP) that accepts only tokens of its gateway. A client without a token
 * gets the URL of the metadata (RFC 9728). The tool `deploy` needs an additional scope.
 */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createVerifier, describeResource, type VerifiedToken } from 'edgemint/verify'
import { requireToken, serveMetadata, tokenOf } from 'edgemint/verify/connect'
import express, { type Request, type Response } from 'express'

/** The issuer URL of the gateway, and the URL of this server in the trust document. */
const issuer = process.env.ISSUER ?? 'https://sts.example.com'
const audience = process.env.RESOURCE ?? 'https://mcp.example.com/mcp'
const port = Number(process.env.PORT ?? 8789)

// Clients request every scope that is listed here. A client that needs more learns it from the 403.
const resource = describeResource({
  resource: audience,
  authorizationServers: [issuer],
  scopes: ['deploy:read'],
  name: 'Deployments',
})
const verifier = createVerifier({
  issuer,
  audience,
  scopes: ['deploy:read'],
  resourceMetadata: resource.url,
})
const canRead = requireToken(verifier)
const canWrite = requireToken(verifier.narrow({ scopes: ['deploy:read', 'deploy:write'] }))

/** Tools that change something. */
const WRITES: ReadonlySet<unknown> = new Set(['deploy'])

/** Creates a server for each request. Without a session, callers share no state. */
function createServer({ subject, clientId }: VerifiedToken): McpServer {
  const server = new McpServer({ name: 'deployments', version: '1.0.0' })
  const say = (value: object) => ({
    content: [{ type: 'text' as const, text: JSON.stringify(value) }],
  })
  server.registerTool('list_deployments', { description: 'What is deployed.' }, () =>
    say({ deployments: ['api'], caller: subject }),
  )
  server.registerTool('deploy', { description: 'Deploys the main branch.' }, () =>
    say({ deployed: true, caller: subject, allowed_by: clientId }),
  )
  return server
}

async function serve(request: Request, response: Response): Promise<void> {
  const server = createServer(tokenOf(request))
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
  response.on('close', () => {
    void transport.close()
    void server.close()
  })
  await server.connect(transport)
  await transport.handleRequest(request, response, request.body)
}

const app = express()

app.use(serveMetadata(resource))

// The token is checked first, so the body of a refused request is not read.
app.post(
  new URL(audience).pathname,
  canRead,
  express.json(),
  (request, response, next) => {
    // Only a single, parsed message: otherwise a call of a tool could bypass this check.
    if (typeof request.body !== 'object' || Array.isArray(request.body)) response.sendStatus(400)
    else if (WRITES.has(request.body?.params?.name)) canWrite(request, response, next)
    else next()
  },
  serve,
)
app.all(new URL(audience).pathname, canRead, (_, response) => {
  response.setHeader('allow', 'POST').sendStatus(405)
})

const listener = app.listen(port, '127.0.0.1', () => {
  const address = listener.address()
  const ready = typeof address === 'object' && address !== null ? address.port : port
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${ready}` })}\n`)
})
