// Uses every grant type of the gateway with openid-client.
import { createPrivateKey } from 'node:crypto'
import * as openid from 'openid-client'

const { CLIENT_ID, CLIENT_KID, CLIENT_KEY, ISSUER, RESOURCE } = process.env
const parameters = { resource: RESOURCE, scope: 'deploy:read' }

function discover(clientId, authentication = openid.None()) {
  const execute = [openid.allowInsecureRequests]
  return openid.discovery(new URL(ISSUER), clientId, undefined, authentication, { execute })
}

const pkcs8 = createPrivateKey(CLIENT_KEY).export({ type: 'pkcs8', format: 'der' })
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
const any = await discover('deploy')
const owner = await discover(CLIENT_ID, openid.PrivateKeyJwt({ key, kid: CLIENT_KID }))
const answers = [
  await openid.genericGrantRequest(any, 'urn:ietf:params:oauth:grant-type:token-exchange', {
    ...parameters,
    subject_token: process.env.SUBJECT_TOKEN,
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
  }),
  await openid.genericGrantRequest(any, 'urn:ietf:params:oauth:grant-type:jwt-bearer', {
    ...parameters,
    assertion: process.env.SUBJECT_TOKEN_2,
  }),
  await openid.clientCredentialsGrant(any, {
    ...parameters,
    client_assertion: process.env.SUBJECT_TOKEN_3,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  }),
  await openid.clientCredentialsGrant(owner, parameters),
]
for (const answer of answers) {
  const { active } = await openid.tokenIntrospection(any, answer.access_token)
  if (answer.scope !== 'deploy:read' || !active) throw new Error('no valid token')
}
console.log('used four ways to a token and introspected each')
