// Uses every grant type of the gateway with oauth4webapi. Then validates, introspects and revokes an
// issued token.
import { createPrivateKey } from 'node:crypto'
import * as oauth from 'oauth4webapi'

const { CLIENT_ID, CLIENT_KID, CLIENT_KEY, ISSUER, RESOURCE } = process.env
const insecure = { [oauth.allowInsecureRequests]: true }
const JWT = 'urn:ietf:params:oauth:token-type:jwt'
const parameters = { resource: RESOURCE, scope: 'deploy:read' }

const issuer = new URL(ISSUER)
const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
const server = await oauth.processDiscoveryResponse(issuer, discovered)
const any = { client_id: 'ci' }

async function generic(grantType, more) {
  const request = { ...parameters, ...more }
  const answer = await oauth.genericTokenEndpointRequest(
    server,
    any,
    oauth.None(),
    grantType,
    request,
    insecure,
  )
  return oauth.processGenericTokenEndpointResponse(server, any, answer)
}

async function clientCredentials(client, authentication) {
  const answer = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    authentication,
    parameters,
    insecure,
  )
  return oauth.processClientCredentialsResponse(server, client, answer)
}

function platformToken(_server, client, body) {
  body.set('client_id', client.client_id)
  body.set('client_assertion', process.env.SUBJECT_TOKEN_3)
  body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
}

const pkcs8 = createPrivateKey(CLIENT_KEY).export({ type: 'pkcs8', format: 'der' })
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
const issued = [
  await generic('urn:ietf:params:oauth:grant-type:token-exchange', {
    subject_token: process.env.SUBJECT_TOKEN,
    subject_token_type: JWT,
  }),
  await generic('urn:ietf:params:oauth:grant-type:jwt-bearer', {
    assertion: process.env.SUBJECT_TOKEN_2,
  }),
  await clientCredentials({ client_id: 'deploy' }, platformToken),
  await clientCredentials({ client_id: CLIENT_ID }, oauth.PrivateKeyJwt({ key, kid: CLIENT_KID })),
]
for (const { access_token } of issued) {
  const headers = { authorization: `Bearer ${access_token}` }
  const api = new Request(`${RESOURCE}/deployments`, { headers })
  const claims = await oauth.validateJwtAccessToken(server, api, RESOURCE, insecure)
  if (claims.scope !== 'deploy:read') throw new Error('another scope')
}
const sent = await clientCredentials({ client_id: 'deploy' }, (_server, _client, body) => {
  body.set('client_assertion', 'a.b.c')
  body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
}).catch((error) => error.cause[0].parameters.error_description)
if (sent !== 'the client assertion was not accepted')
  throw new Error(`it does not say why: ${sent}`)
const [{ access_token }] = issued
const isActive = async () => {
  const answer = await oauth.introspectionRequest(server, any, oauth.None(), access_token, insecure)
  return (await oauth.processIntrospectionResponse(server, any, answer)).active
}
if (!(await isActive())) throw new Error('an issued token is not active')
const revoked = await oauth.revocationRequest(server, any, oauth.None(), access_token, insecure)
await oauth.processRevocationResponse(revoked)
if (await isActive()) throw new Error('a revoked token is active')
console.log(
  'used four ways to a token, validated each, read a refusal, introspected and revoked one',
)
