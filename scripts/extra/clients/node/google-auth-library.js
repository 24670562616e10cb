// Exchanges a token with the external account client of google-auth-library. It names the resource as
// its `audience`, and requests the scope of Google Cloud unless `scopes` says otherwise.
import { ExternalAccountClient } from 'google-auth-library'
import { decodeJwt } from 'jose'

const { GOOGLE_NAME, GOOGLE_RESOURCE, ISSUER, RESOURCE } = process.env

async function exchange(audience, token, scopes) {
  let calls = 0
  const client = ExternalAccountClient.fromJSON({
    type: 'external_account',
    audience,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${ISSUER}/token`,
    subject_token_supplier: {
      async getSubjectToken() {
        calls += 1
        return process.env[token]
      },
    },
  })
  client.scopes = scopes
  const issued = await client.getAccessToken()
  await client.getAccessToken()
  if (calls !== 1) throw new Error(`${calls} exchanges for two calls`)
  return decodeJwt(issued.token)
}

const byDefault = await exchange(GOOGLE_RESOURCE, 'SUBJECT_TOKEN')
const byName = await exchange(GOOGLE_NAME, 'SUBJECT_TOKEN_2')
const withScopes = await exchange(RESOURCE, 'SUBJECT_TOKEN_3', ['deploy:read'])
if (byDefault.aud !== GOOGLE_RESOURCE || byName.aud !== GOOGLE_RESOURCE) {
  throw new Error('another resource')
}
if (withScopes.aud !== RESOURCE || withScopes.scope !== 'deploy:read') {
  throw new Error('another scope')
}
const refusal = await exchange(RESOURCE, 'SUBJECT_TOKEN_4').catch((error) => error.message)
if (!/invalid_scope/.test(refusal)) throw new Error(`its scope was not refused: ${refusal}`)
console.log(
  'exchanged with its own scope, with a name of Google, and with scopes; cached the token',
)
