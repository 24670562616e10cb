// Discovers the gateway as an authorization server with the MCP TypeScript SDK.
import { discoverAuthorizationServerMetadata } from '@modelcontextprotocol/sdk/client/auth.js'

const metadata = await discoverAuthorizationServerMetadata(process.env.ISSUER)
if (metadata?.issuer !== process.env.ISSUER) throw new Error('no metadata')
if (metadata.token_endpoint !== `${process.env.ISSUER}/token`) throw new Error('no token endpoint')
console.log('discovered the authorization server')
