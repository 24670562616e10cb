/**
 * Connects to the MCP server of examples/mcp with the MCP TypeScript SDK, a workload's token and no
 * browser: by `jwt-bearer`, and by `client_credentials` with the provider of the SDK.
 */
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import { StaticPrivateKeyJwtProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { createWorkloadProvider } from './workload-provider.ts'

async function callTool(server: string, provider: OAuthClientProvider): Promise<string> {
  const client = new Client({ name: 'agent', version: '1.0.0' })
  try {
    await client.connect(
      new StreamableHTTPClientTransport(new URL(server), { authProvider: provider }),
    )
    const { content } = await client.callTool({ name: 'list_deployments' })
    return JSON.stringify(content)
  } finally {
    await client.close()
  }
}

export async function connectTypeScript(
  server: string,
  expectedIssuer: string,
  clientId: string,
  token: string,
): Promise<string> {
  const scope = 'deploy:read'
  const called = await callTool(server, createWorkloadProvider(clientId, token, scope))
  const provider = new StaticPrivateKeyJwtProvider({
    ...{ clientId, expectedIssuer, jwtBearerAssertion: token, scope },
  })
  if ((await callTool(server, provider)) !== called) throw new Error('another answer')
  return `called a tool by jwt-bearer and by client_credentials: ${called}`
}
