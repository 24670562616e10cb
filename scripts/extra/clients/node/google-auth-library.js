// Exchanges a token with the external account client of google-auth-library. It names the resource as
// its `audience`, and requests the scope of Google Cloud unless `scopes` says otherwise. Then gets a
// token with a file of credentials. GOOGLE_CLOUD_PROJECT keeps the library from asking Google for the
// project of the audience, with the issued token.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ExternalAccountClient, GoogleAuth } from 'google-auth-library'
import { decodeJwt } from 'jose'

const JWT = 'urn:ietf:params:oauth:token-type:jwt'
const { GOOGLE_NAME, GOOGLE_RESOURCE, ISSUER, RESOURCE } = process.env

async function exchange(audience, token, scopes) {
  let calls = 0
  const client = ExternalAccountClient.fromJSON({
    type: 'external_account',
    audience,
    subject_token_type: JWT,
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

async function exchangeWithFile(audience, token) {
  const folder = mkdtempSync(join(tmpdir(), 'google-auth-'))
  try {
    const [file, keyFilename] = ['token', 'google.json'].map((name) => join(folder, name))
    const types = { type: 'external_account', subject_token_type: JWT }
    const more = { token_url: `${ISSUER}/token`, credential_source: { file } }
    writeFileSync(file, process.env[token])
    writeFileSync(keyFilename, JSON.stringify({ ...types, audience, ...more }))
    process.env.GOOGLE_APPLICATION_CREDENTIALS = keyFilename
    process.env.GOOGLE_CLOUD_PROJECT = 'any'
    const client = await new GoogleAuth({ scopes: ['deploy:read'] }).getClient()
    return decodeJwt((await client.getAccessToken()).token)
  } finally {
    rmSync(folder, { recursive: true })
  }
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
const withFile = await exchangeWithFile(GOOGLE_NAME, 'SUBJECT_TOKEN_5')
if (withFile.aud !== GOOGLE_RESOURCE) throw new Error('another resource for the file')
const refusal = await exchange(RESOURCE, 'SUBJECT_TOKEN_4').catch((error) => error.message)
if (!/invalid_scope/.test(refusal)) throw new Error(`its scope was not refused: ${refusal}`)
console.log('exchanged with its own scope, a name of Google, scopes, and a file; cached the token')
