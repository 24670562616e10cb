/**
 * An agent that uses the MCP server. It knows only the address of the local proxy and has no
 * credential. The proxy adds a valid token to each request.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

const [tool = 'list_deployments'] = process.argv.slice(2)
const url = new URL(process.env.MCP_URL ?? 'http://127.0.0.1:8080/mcp')

const agent = new Client({ name: 'agent', version: '1.0.0' })
try {
  await agent.connect(new StreamableHTTPClientTransport(url))
  const { tools } = await agent.listTools()
  const { content } = await agent.callTool({ name: tool })
  process.stdout.write(`${JSON.stringify({ tools: tools.map(({ name }) => name), content })}\n`)
} catch (error) {
  process.stderr.write(`agent: ${error instanceof Error ? error.message : 'failed'}\n`)
  process.exitCode = 1
} finally {
  await agent.close()
}
